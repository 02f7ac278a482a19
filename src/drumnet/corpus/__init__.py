"""Songs whose drums are known, to train on and to measure with.

In: MIDI files, performances, recordings with annotations.  Out: songs on ticks.  Knows what
is heard of songs and how beats are found, no model and no metric.

reading       a corpus of MIDI files, or the Groove MIDI Dataset -> `TickSong`s
ticksong      what is known of a song, tick by tick, and a store of many
subdivisions  people's drumming on the subdivisions that they meant
halves        songs cut in halves, to learn a style from one and play it to the other
"""
