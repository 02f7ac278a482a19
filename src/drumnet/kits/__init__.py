"""The sounds of drums.

In: the name of an embedded kit, a folder or a file.  Out: a `Kit`: for each piece its
one-shots, by how hard it is struck.  Knows pieces and sound, nothing of songs.

`loading` is the way in; `kit` and `one_shots` are what a kit is, `synth` the embedded
kits; `folder` reads folders of one-shots, `sfz` and `sfz_text` SFZ instruments, `hydrogen`
Hydrogen drum kits, `soundfont` SoundFonts; `regions` is what the formats share.
"""
