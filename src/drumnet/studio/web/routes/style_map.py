"""`/api/style-map`: the map behind the pad."""

from __future__ import annotations

from fastapi import APIRouter, Response

from drumnet.studio.schemas.song import Style, StyleChoice
from drumnet.studio.schemas.style import AtPoint, OfCode, StyleMap
from drumnet.studio.web.context import InStudio

router = APIRouter(prefix="/style-map", tags=["style map"])


@router.get("", response_model=StyleMap)
def style_map(studio: InStudio) -> Response:
    """Density, axes and islands."""
    return Response(studio.map.described().model_dump_json(), media_type="application/json")


@router.post("/code")
def code_at(body: AtPoint, studio: InStudio) -> Style:
    """The style at a place."""
    return studio.map.understood(StyleChoice(at=body.at))


@router.post("/position")
def position_of(body: OfCode, studio: InStudio) -> Style:
    """Where a code is on the map."""
    return studio.map.understood(StyleChoice(code=body.code))
