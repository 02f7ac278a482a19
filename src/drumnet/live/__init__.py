"""Drums in time with a transport: a DAW's, our own, or one that is shared over Ableton Link.

In: a song that was listened to, and a transport: where in the song it is, and when.  Out: MIDI
notes at the moments when they are due, beats and not seconds being what is played.  Pure apart
from `ports`, `priority`, `session` and the two processes: time is handed in.
"""
