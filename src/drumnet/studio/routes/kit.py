"""`/api/kit`: the one-shots."""

from __future__ import annotations

from fastapi import APIRouter, Response

from drumnet.studio.context import InStudio
from drumnet.studio.style_schemas import Kit

router = APIRouter(prefix="/kit", tags=["kit"])


@router.get("")
def kit(studio: InStudio) -> Kit:
    """Which samples there are."""
    return studio.kit.described()


@router.get(
    "/{sample}.wav",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}}},
)
def kit_sample(sample: str, studio: InStudio) -> Response:
    """A one-shot, 32-bit float."""
    return Response(
        studio.kit.wav(sample),
        media_type="audio/wav",
        headers={"Cache-Control": "private, max-age=3600"},
    )
