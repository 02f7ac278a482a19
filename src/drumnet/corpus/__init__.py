"""Songs whose drums are known, to train on and to measure with.

reading       a corpus of MIDI files, or the Groove MIDI Dataset -> `TickSong`s
ticksong      what is known of a song, tick by tick, and a store of many
subdivisions people's drumming on the subdivisions that they meant
arrays        the store's file format
"""
