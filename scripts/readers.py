"""All that reads files of users, for the scripts and tests that give them damaged ones.

In: the name of a reader.  Out: what its file is called, what reads it, and small valid files of
its kind (`tests/faults/seeds/NAME/`, made by `reader_seeds.py`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from drumnet.arrays import read_arrays
from drumnet.audio.source import open_audio
from drumnet.beats.files import read_beats
from drumnet.corpus.grooves import groove_entries
from drumnet.corpus.reading import read_manifest
from drumnet.corpus.ticksong import TickStore
from drumnet.evaluation.report.file import read_report
from drumnet.graph import Session
from drumnet.hits_csv import read_hits
from drumnet.kits.loading import load_kit
from drumnet.midi.keys import load_midi_map
from drumnet.midi.read import read_drum_track, read_midi
from drumnet.model.checkpoint import GRAPHS, Checkpoint, load_checkpoint
from drumnet.model.fill_bank import FillBank
from drumnet.playing.section_file import read_sections
from drumnet.song.onsets import read_midi_parts, read_onset_table, read_rhythm
from drumnet.song.roles import Role
from drumnet.song.song import load_song
from drumnet.style.bank import StyleBank
from drumnet.style.code import StyleCode
from drumnet.style.directions import Controls
from drumnet.style.map import StyleMap

SEEDS = Path(__file__).resolve().parents[1] / "tests" / "faults" / "seeds"


@dataclass(frozen=True)
class Reader:
    """Args:
    file: what its input is called.
    read: gives a value, or raises a `DrumnetError`.
    beside: seeds of others, by the names that its input calls them by.
    """

    file: str
    read: Callable[[Path], Any]
    beside: Mapping[str, str] = field(default_factory=dict)

    def place(self, folder: Path, data: bytes) -> Path:
        """Its input in a folder, with what belongs beside it."""
        for name, seed in self.beside.items():
            shutil.copy(SEEDS / seed, folder / name)
        (folder / self.file).write_bytes(data)
        return folder / self.file


def seeds_of(name: str) -> list[Path]:
    """The valid files of a reader."""
    return sorted((SEEDS / name).iterdir())


def _sound(path: Path) -> None:
    """To its end, without keeping it: a header may promise hours."""
    for _ in open_audio(path).blocks():
        pass


def _stems(path: Path) -> None:
    for stem in load_song(path).stems:
        assert stem.duration_s >= 0


def _midi(path: Path) -> None:
    read_midi(path).beat_grid().covering(60.0)
    read_midi_parts(path)
    read_drum_track(path)


def _times(path: Path) -> None:
    read_rhythm(path)
    read_onset_table(path, Role.KICK)


def _checkpoint(path: Path) -> None:
    """As what the weights say of themselves, with hashes that match."""
    found = load_checkpoint(path.parent)
    assert len(found.presets) >= 0


def _presets(path: Path) -> None:
    _ = Checkpoint(path.parent, "fuzzed", (), (), {}).presets


def _graph(path: Path) -> None:
    """A graph, and what it makes of something else than it is made for."""
    numbers = np.ones((1, 4), np.float32)
    Session(path).run(None, {"x": numbers}, (1, 4))


def _training_config(path: Path) -> None:
    from drumnet.training.drummer.config import TrainConfig

    TrainConfig.load(path)


def _prepared_songs(path: Path) -> None:
    for song in TickStore.load(path):
        song.dense_song()
        song.conditioning()


def _hearings(path: Path) -> None:
    from drumnet.training.drummer.simulate import HearingBank

    HearingBank.load(path)


def _beat_songs(path: Path) -> None:
    from drumnet.training.beats.songs import load_songs

    load_songs(path)


def _beat_clip(path: Path) -> None:
    from drumnet.training.beats.render import Clip

    Clip.load(path)


def _strokes(path: Path) -> None:
    from drumnet.training.band.strokes import StrokeKit

    StrokeKit.load(path)


def _drum_clips(path: Path) -> None:
    from drumnet.training.transcription.prepare import load_clips

    clips = path.parent / "work" / "clips"
    clips.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, clips / "train_0000.npz")
    load_clips(clips.parent, "train")


def _state(path: Path) -> None:
    from drumnet.training.saved import saved_state

    saved_state(path, ("step",))


_KICK = {"kick.wav": "wav/kick.wav"}
#: The smallest weights.
_WEIGHTS = {
    "presets.json": "presets/presets.json",
    **{f"{graph}.onnx": "graph/decode.onnx" for graph in GRAPHS},
}

READERS: Mapping[str, Reader] = {
    "wav": Reader("a.wav", _sound),
    "flac": Reader("a.flac", _sound),
    "aiff": Reader("a.aiff", _sound),
    "ogg": Reader("a.ogg", _sound),
    "mp3": Reader("a.mp3", _sound),
    "m4a": Reader("a.m4a", _sound),
    "mka": Reader("a.mka", _stems),
    "stem_mp4": Reader("a.stem.mp4", _stems),
    "midi": Reader("a.mid", _midi),
    "beats": Reader("beats.tsv", lambda path: read_beats(path).covering(60.0)),
    "times": Reader("taps.csv", _times),
    "hits": Reader("hits.csv", read_hits),
    "sections": Reader("sections.tsv", read_sections),
    "midi_map": Reader("map.csv", load_midi_map),
    "style": Reader("style.json", StyleCode.load),
    "sfz": Reader("kit.sfz", load_kit, beside=_KICK),
    "hydrogen": Reader("kit.h2drumkit", load_kit),
    "drumkit_xml": Reader("drumkit.xml", load_kit, beside=_KICK),
    "arrays": Reader("a.npz", lambda path: read_arrays(path, "arrays", dict)),
    "model": Reader("model.json", _checkpoint, beside=_WEIGHTS),
    "presets": Reader("presets.json", _presets),
    "graph": Reader("decode.onnx", _graph),
    "style_map": Reader("map.npz", StyleMap.load),
    "controls": Reader("controls.npz", Controls.load),
    "fills": Reader("fills.npz", FillBank.load),
    "styles": Reader("styles.npz", StyleBank.load),
    "training_config": Reader("config.json", _training_config),
    "state": Reader("state.pt", _state),
    "prepared_songs": Reader("songs.npz", _prepared_songs),
    "hearings": Reader("hearings.npz", _hearings),
    "beat_songs": Reader("songs.npz", _beat_songs),
    "beat_clip": Reader("clip.npz", _beat_clip),
    "strokes": Reader("kit.npz", _strokes),
    "drum_clips": Reader("shard.npz", _drum_clips),
    "manifest": Reader("manifest.json", lambda path: read_manifest(path.parent)),
    "groove": Reader("info.csv", lambda path: groove_entries(path.parent, "test")),
    "report": Reader("report.json", read_report),
}
