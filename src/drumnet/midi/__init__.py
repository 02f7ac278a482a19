"""Standard MIDI Files.

In: files, drum tracks, beat grids.  Out: their notes with their tempo maps, and files that
any DAW reads, with the keys of many instruments.  Knows hits and beats, no songs.
"""
