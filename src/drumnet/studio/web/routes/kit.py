"""`/api/kits`: the one-shots."""

from __future__ import annotations

from fastapi import APIRouter, Response

from drumnet.kits.synth import Character
from drumnet.studio.schemas.style import Kit
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/kits/{kit}", tags=["kits"])


@router.get("")
def get_kit(kit: Character, studio: InStudio) -> Kit:
    """Which samples there are."""
    return studio.kits.samples(kit).described()


@router.get(
    "/{sample}.wav",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}}},
)
def kit_sample(kit: Character, sample: str, studio: InStudio) -> Response:
    """A one-shot, 32-bit float."""
    return Response(
        studio.kits.samples(kit).wav(sample),
        media_type="audio/wav",
        headers={"Cache-Control": "private, max-age=3600"},
    )
