"""Hits to sound.

In: a drum track, a kit, and the song's stems.  Out: blocks of samples: the drums, each
piece, the song with its drums.  Knows kits and songs, not how hits were found.
"""
