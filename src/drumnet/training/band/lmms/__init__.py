"""Electronic music with its notes: projects of LMMS, rendered track by track.

In: LMMS projects (`.mmp`, `.mmpz`), and LMMS itself as a command.  Out: excerpts: the drums as
sound, what is struck in them when, and the band beside them.  The projects that Debian's
`lmms-common` brings have open licences, project by project (`/usr/share/doc/lmms-common`).

`project` reads a file, `drums` says what of it is struck, `rendering` makes sound of its tracks
and checks it against the notes, `excerpts` keeps what holds.
"""

from drumnet.training.band.lmms.excerpts import LmmsExcerpt, lmms_excerpts, make_excerpts

__all__ = ["LmmsExcerpt", "lmms_excerpts", "make_excerpts"]
