"""The training of the network that plays.

multitrack, rendered               recordings, and songs rendered to sound -> `corpus.TickSong`
prepare                            every kind of song -> a store of `TickSong`s
simulate                           onset strength as audio would have given it
rhythms                            songs in other metres, swung, on other grids
windows, excerpts, tasks, batches  random excerpts of random songs, and what they are for
config, model, losses, loop        the network in PyTorch, and its training
starting, growing                  a run that goes on from another
graphs                             its weights as ONNX graphs
chart_faults, style_prior           which songs give styles, and which of these fit a song
floors, presets, style_map, controls, fills, style_bank, export
                                   those with all that lies beside them: a checkpoint
"""
