"""One world of sound to train in: songs of notes in, stems as sound out.

In: MIDI songs, and what this machine has of instruments: General MIDI soundfonts, SFZ
banks, drum kits of Hydrogen and of several microphones, folders of one-shots, and our own
synthesised drums with their numbers drawn anew.  Out: the drums and the band as sound, with
what is struck when.  Knows nothing of networks.

`scores` are the notes, `playing` what players make of them; `strokes` and `instruments` are
the single sounds that they are played with, `sources` where these come from (`inventory`
collects them), `fluidsynth` the synthesiser that soundfonts need; `desk` is what stands
between the sound and the recording; `rendering` is the way through all of it, the band's part
of it is `accompaniment`, and `config` how much may vary.  `lmms` is
electronic music that comes with its own sound.
"""
