"""Training: songs in, weights out.  Needs the `[train]` extra.

multitrack, soundfont   recordings, and songs rendered to sound -> `corpus.TickSong`
prepare                 every kind of song -> a store of `TickSong`s
simulate                onset strength as audio would have given it
rhythms                 songs in other metres, swung, on other grids
batches                 random passages of random songs
model, loop             the network in PyTorch, and its training
graphs                  its weights as ONNX graphs
presets, export         those with named styles and a tuned floor: a checkpoint
"""
