"""Where the beats are.

In: a song, or what is known of its beats.  Out: a `BeatGrid`.  Knows sound and songs,
no styles and no drums that are to be played.

evidence      a song -> what shows its pulse
network       evidence -> activations of beats and downbeats
decoding      activations -> beats, exactly even where one tempo explains them
steady_tempo  the tempo of a production that keeps one, from its onsets alone
tempo_warp    tempi that sway, made even to be heard
alignment     beats moved onto what is heard
phase         beat or off-beat, by the whole song
downbeats     beats -> their numbers in the bar
taps          a listener's taps: where the beats are about
confidence    how sure all that is, in words
tracker       a song -> its grid: a fixed tempo, a file, or by ear
beat_this     another tracker, if it is installed
by_hand       a grid mended by hand
choice        the user's say on all that
files         beats <-> files
click         beats to hear
picture       beats to see
"""
