"""Where the beats are.

grid        the beat grid: seconds <-> ticks
files       beats <-> files
evidence    a song -> what shows its pulse
network     evidence -> activations of beats and downbeats
decoding    activations -> beats, exactly even where one tempo explains them
pulse       the tempo of a production that keeps one, from its onsets alone
accents     beat or off-beat, by the whole song
bars        beats -> their numbers in the bar
taps        a listener's taps: where the beats are about
confidence  how sure all that is, in words
tracker     a song -> its grid: a fixed tempo, a file, or by ear
by_hand     a grid mended by hand
choice      the user's say on all that
click       beats to hear
picture     beats to see
"""
