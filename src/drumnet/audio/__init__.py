"""Sound: files and samples.

In: paths.  Out: `AudioSource`s that hand out their samples in blocks, spectra of them,
and WAV files.  Knows nothing of music.
"""
