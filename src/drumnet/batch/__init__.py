"""Many songs: a list of them in, a folder of results for each and one table of all out.

manifest   a folder, or a table, of songs -> its rows
request    what is asked for one song, and the hash of all that goes into it
song       a request -> its results, in the process that makes them
places     where results go: a folder, or a URL
summary    what was made of the songs -> summary.csv, .parquet and .html
run        all of it, on any number of workers
"""
