"""The report of an evaluation: its file, its page, and two of them compared.

model       `Report`: what was measured
file        `Report` <-> report.json
page        `Report` -> report.html, one file that needs nothing else
plots       the page's plots, as SVG
maps        the map of the codes, as SVG
patterns    songs bar by bar, what was played above what the model plays, as SVG
words       what a section, a player and a metric are, in a sentence each
groups      songs by genre, tempo, density, metre and kind
goals       targets that are wanted of several settings at once
joining     a report, and parts of it measured again, as one
compare     two reports -> what got better or worse beyond noise
"""
