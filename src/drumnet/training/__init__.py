"""Training: songs in, weights out.  Needs the `[train]` extra.

corpus, multitrack, soundfont   songs of each kind -> TickSong
ticksong                        what training knows of a song, and its store
simulate                        onset strength as audio would have given it
batches                         random passages of random songs
model, loop                     the network in PyTorch, and its training
graphs                          its weights as ONNX graphs
presets, export                 those with named styles and a tuned floor: a checkpoint
"""
