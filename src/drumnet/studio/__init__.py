"""The web studio: a page on this machine, and the API behind it.  Needs the extra `[studio]`.

schemas  what travels between the page and the server, as pydantic models
store    what is kept: songs with their stems and all that was chosen for them, styles
hear     sound comes in, and is listened to
play     what is played: the drummer's hits, then the edits; the files of an export
web      who may ask, the API, and uvicorn on the loopback interface
errors   what was wrong, in words
events   what changed, told to every tab
memory   freed memory goes back to the system
static   the page, as `npm run build` in `web/` makes it
"""

from __future__ import annotations

DEFAULT_PORT = 8765
