"""The built-in songs, and takes of one of them.

In: nothing, and a folder.  Out: songs that are composed and rendered when they are asked
for (`song`), and what `drumnet demo` plays to the first of them (`takes`).  `song` lies
beneath the drummer, `takes` on top of the jobs.
"""
