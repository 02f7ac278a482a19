"""The web studio: a page on this machine, and the API behind it.

app         all of it put together
guard       who may ask, and how much
schemas     what travels, as pydantic models (with `song_schemas`, `style_schemas`)
library     SQLite: migrations, transactions
projects    songs with their stems and all that was chosen for them
styles      the library of styles
intake      sound from the browser or from this machine onto the disk
contents    what a file holds, as stems
analysis    what was heard of each stem, kept on disk
listening   the job that listens; listened songs in memory
performance what is played: styles along the sections, then the edits
export      the files of a project
events      what changed, told to every tab
memory      freed memory goes back to the system
routes      the API, one resource a file
server      uvicorn on the loopback interface

Needs the extra `[studio]`.
"""

from __future__ import annotations

DEFAULT_PORT = 8765
