"""Projects that a DAW opens.

In: a song, the drums that were played to it, and their sounds as files.  Out: a DAWproject, or
a project of REAPER, with tempo, markers, tracks and levels.  Knows songs and MIDI, not how
drums are played or rendered.
"""
