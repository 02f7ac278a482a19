"""`/api/about`."""

from __future__ import annotations

from fastapi import APIRouter

from drumnet import __version__
from drumnet.grid import TICKS_PER_BEAT
from drumnet.kits.synth import Character
from drumnet.midi.keys import load_midi_map, map_names
from drumnet.song.roles import Role
from drumnet.studio.schemas.project import About, PlayerCard, Preset
from drumnet.studio.web.context import InStudio
from drumnet.style.code import CODE_SIZE
from drumnet.style.players import PLAYERS

router = APIRouter(tags=["about"])


@router.get("/about")
def about(studio: InStudio) -> About:
    """The server, its weights, and its limits."""
    return About(
        version=__version__,
        model=studio.drummer.checkpoint.name,
        pieces=list(studio.drummer.checkpoint.pieces),
        roles=list(Role),
        kits=list(Character),
        midi_maps={name: dict(load_midi_map(name)) for name in map_names()},
        presets=[
            Preset(
                name=preset.name,
                description=preset.description,
                measures=preset.measures,
                code=preset.code.tolist(),
                at=studio.map.place(preset.code.tolist()),
            )
            for preset in studio.drummer.presets.values()
        ],
        players=[PlayerCard(name=one.name, plays=one.said) for one in PLAYERS.values()],
        code_size=CODE_SIZE,
        ticks_per_beat=TICKS_PER_BEAT,
        max_upload_bytes=studio.config.max_upload_bytes,
        plays_live=studio.live is not None,
        folders=[str(folder) for folder in studio.places.allowed],
    )
