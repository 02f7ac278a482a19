"""How good the drums are.  Needs the `[evaluation]` extra.

metrics       what is played against what is wanted -> scores, as in mir_eval
statistics    intervals and differences beyond noise, by bootstrap over songs
passages      songs cut in halves, from a corpus or from recordings
players       what can be measured: the model in each experiment ...
baselines     ... and simple drummers to compare with, `nearest` among them
segments      four bars of a song, and who plays them having heard those before
takes         what players play to songs, and its F1
timed         songs in seconds: faster, shifted, drifting; `altered`: recordings
half_songs    recordings cut in two songs, each a folder of files as a user has them
patterns      what a drum pattern measurably does: the measures of named styles
experiments   songs and players -> rows of a report
data          a corpus in the forms that users have it in
request       what is to be measured; `stages`: how; `runner`: all of it, resumed
targets       what is wanted of the figures
facts         what a report says of the songs themselves
report        report.json, report.html, two reports compared
tuning        the floor of the hits' probabilities, from valid songs
"""
