#!/usr/bin/env python3
"""DrumNet in HARP, which sends the tracks of a DAW to programs and takes back what they make of
them: a Gradio endpoint on this machine.

HARP (https://github.com/TEAMuP-dev/HARP) opens the address that is printed. A song goes in; the
drums, the song with them, and their MIDI come back, with a label where each section begins.
PyHARP (BSD 3-Clause; the package of that name on PyPI is something else) brings Gradio 5.28,
PyTorch and much else, so give it an environment of its own:

    pip install git+https://github.com/TEAMuP-dev/pyharp.git@v0.3.0
    pip install .
    scripts/harp_endpoint.py --port 7860
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr
from pyharp import AudioLabel, LabelList, ModelCard, build_endpoint

from drumnet import Drummer, generate
from drumnet.errors import DrumnetError
from drumnet.generation import Generated
from drumnet.settings import Settings, setting
from drumnet.style.code import RANDOM
from drumnet.take_files import MIDI_FILE, MIX_FILE

#: Seconds that Gradio keeps its copies of what came and went, looked at as often.
_KEEPS_S = 3600

CARD = ModelCard(
    name="DrumNet",
    description="Listens to a song without drums and plays the drums that fit it.",
    author="The DrumNet contributors",
    tags=["drums", "accompaniment", "MIDI"],
)
_DRUMS_FILE = "drums.wav"


class Endpoint:
    """Plays to what comes in.

    Args:
        folder: for what comes back.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._drummer = folder, Drummer()

    @property
    def styles(self) -> list[str]:
        """`random`, and the named ones."""
        return [RANDOM, *self._drummer.presets]

    def play(
        self, song: str, style: str, complexity: float, intensity: float, seed: float
    ) -> tuple[str, str, str, LabelList]:
        """The drums, the song with them, their MIDI, and labels where sections begin."""
        settings = Settings(complexity=complexity, intensity=intensity, seed=int(seed))
        out = tempfile.mkdtemp(dir=self._folder)
        try:
            made = generate(
                song, out, style, settings=settings, pieces="kit", sections="auto",
                model=self._drummer, overwrite=True,
            )  # fmt: skip
        except DrumnetError as fault:
            raise gr.Error(str(fault), print_exception=False) from fault
        drums, mix, midi = (str(Path(out) / name) for name in (_DRUMS_FILE, MIX_FILE, MIDI_FILE))
        return drums, mix, midi, _labels(made)


def _labels(made: Generated) -> LabelList:
    labels = LabelList()
    for section in made.sections:
        start_s = max(0.0, float(made.beats.beats_s[section.start_beat]))
        labels.append(AudioLabel(t=start_s, label=section.name))
    return labels


def _dial(name: str) -> gr.Slider:
    """A setting of the table as a slider."""
    least, most = setting(name).limits
    default = getattr(Settings(), name)
    return gr.Slider(least, most, default, step=0.01, label=name, info=setting(name).help)


def page(endpoint: Endpoint) -> gr.Blocks:
    """What HARP reads; it is also a page in a browser."""
    keeps = (_KEEPS_S, _KEEPS_S)
    with gr.Blocks(title=CARD.name, analytics_enabled=False, delete_cache=keeps) as blocks:
        inputs: list[Any] = [
            gr.Audio(type="filepath", label="Song").harp_required(True),
            gr.Dropdown(endpoint.styles, value=RANDOM, label="style"),
            _dial("complexity"),
            _dial("intensity"),
            gr.Slider(0, 1000, 0, step=1, label="seed", info="Other drums of the same style."),
        ]
        outputs: list[Any] = [
            gr.Audio(type="filepath", label="Drums").set_info("The drums alone."),
            gr.Audio(type="filepath", label="Mix").set_info("The song with the drums."),
            gr.File(type="filepath", label="MIDI", file_types=[".mid", ".midi"]).set_info(
                "The drums, with the song's tempo."
            ),
            gr.JSON(label="Sections"),
        ]
        build_endpoint(CARD, inputs, outputs, endpoint.play)
    return blocks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--port", type=int, default=7860)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="drumnet-harp-") as folder:
        blocks = page(Endpoint(Path(folder)))
        blocks.queue().launch(
            server_name="127.0.0.1", server_port=asked.port, allowed_paths=[folder]
        )


if __name__ == "__main__":
    main()
