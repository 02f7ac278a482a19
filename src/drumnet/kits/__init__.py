"""Kits from files.

`loading` is the way in: a name, a folder or a file becomes a `Kit`.  `folder`
reads folders of one-shots, `sfz` and `sfz_text` SFZ instruments, `hydrogen`
Hydrogen drum kits, `soundfont` SoundFonts; `regions` is what the formats share:
samples with the velocities and the turns that they are for.
"""
