"""What is played.

In: a song that was listened to, a style, settings, and what of the drums is there already.
Out: a drum track.  Knows the network and styles, no files and no kits.

listening     a song that was heard
given         what is known: hits that are given, kept or locked
guidance      settings -> what the network is asked
peak_picking  probabilities -> ticks that are played
variation     bars that differ as a drummer's do
composing     pieces one after the other -> a pattern
tapping       a tapped rhythm -> a pattern
arrangement   the form of a song -> what becomes likelier where
choosing      many takes -> the best, each unlike the others
extracting    drums that are there -> their style
fills         fills between the parts of a song
performing    a pattern -> hits: swing, timing, velocity
passages      parts of a song with styles and settings of their own
section_file  sections.tsv
"""
