"""A song as the drummer gets it.

In: folders and files, sound, MIDI or tables of times.  Out: a `Song` of stems, each with
its role (`song`, `roles`) and what of the kit is played anew, and stems that are events
(`onsets`).  Only headers are read here: the sound stays on disk.  Knows no beats to play to.
"""
