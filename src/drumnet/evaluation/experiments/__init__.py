"""The experiments of the design, each from songs and players to rows of a report.

from_files   what a user gets: files through the public functions, at the defaults
recordings   the same with the truth handed over: what each ear costs
scores       F1 of every player: reconstruction, transfer, no code, wrong code
invariance   the same song at another tempo, or shifted
drift        the same song with a tempo that drifts
likeness     can what sampled styles play be told from real drums?
adherence    do the drums go with the bass, as real ones do?
nearness     how many edits from what was played, and is it nearer than copy-bar?
segments     the next four bars, scored as it is published
variety      do sampled styles give different music?
"""
