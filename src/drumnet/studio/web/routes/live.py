"""`/api/live`: what is played to a DAW."""

from __future__ import annotations

from fastapi import APIRouter, status

from drumnet.studio.errors import ConflictError
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/live", tags=["live"])


@router.post("/fill", status_code=status.HTTP_204_NO_CONTENT)
def ask_fill(studio: InStudio) -> None:
    """A fill before the DAW's next bar, once."""
    if studio.live is None:
        raise ConflictError("the studio does not play live: start it with drumnet studio --live")
    studio.live.ask_fill()
