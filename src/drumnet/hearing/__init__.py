"""What is heard of a song's stems, on ticks.

In: a song and its beats.  Out: onset strength of each stem (`onset_strength`) and when its
onsets are (`attacks`), all of it on ticks (`conditioning`), the same on another pulse
(`feel`), the parts of the song (`sections`, by its bars as `bar_patterns`), what the whole
band does at once (`together`), and all of that as the song's `form`.  Knows songs and beats, no
network and no style.
"""
