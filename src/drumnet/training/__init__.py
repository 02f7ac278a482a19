"""Songs in, weights out.  Needs the extra `[train]`.

drummer        the network that plays: songs on ticks -> a folder of weights
beats          the network that hears beats
transcription  the network that hears drums
run            a run with an average of the weights, saved and resumed: of the two that hear
residual       the block that those two are made of
soundfont      notes to sound, by FluidSynth
band           one world of sound to train in: songs in, stems as sound out
"""
