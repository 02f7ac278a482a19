"""A file that leads a browser to the studio.

What a program is started with, everybody on the machine can see, and a browser may have been
started with the first address that it opened.  So the address, which has the token in it, goes
into a file that only the user can read, and the browser is started with the name of the file.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

_FILE = "open.html"


def opening_file(data: Path, address: str) -> Path:
    """A page that goes on to an address; in the data folder.

    Raises:
        OSError: it cannot be written.
    """
    file = data.resolve() / _FILE
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    goes_on = f'<meta http-equiv="refresh" content="0;url={escape(address)}">'
    file.write_text(f"<!doctype html><title>DrumNet studio</title>{goes_on}", encoding="utf-8")
    return file
