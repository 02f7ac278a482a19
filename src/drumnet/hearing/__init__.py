"""What is heard of a song's stems, on ticks.

In: a song and its beats.  Out: onset strength of each stem (`onset_strength`) and when its
onsets are (`attacks`), all of it on ticks (`conditioning`), the same on another pulse
(`feel`), and the parts of the song (`sections`).  Knows songs and beats, no network and no style.
"""
