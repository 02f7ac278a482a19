"""What is played.

In: a project.  Out: what `Drummer.play` plays to it (`performance`) with what was done by
hand (`edits`), and the files of an export (`export`).
"""
