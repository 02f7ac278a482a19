"""`drumnet export`: what surrounds the graphs: floors, presets, style map, controls,
fills, styles, provenance.

In: a training run and the prepared songs.  Out: a checkpoint folder.  The
floor of the hits' probabilities is tuned on the valid split; the test split is
not touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from drumnet.corpus.halves import MELODIC_ROLES, HalvedSong, all_halved, halved
from drumnet.corpus.ticksong import SONGS_FILE, TickSong, TickStore
from drumnet.drummer import Drummer
from drumnet.errors import DataError, OutputError
from drumnet.hearing.conditioning import HEARD_ROLES, Conditioning
from drumnet.hits import PIECES, Piece
from drumnet.model.checkpoint import CONTROLS_FILE, MAP_FILE, Checkpoint, load_checkpoint
from drumnet.model.fill_bank import FILLS_FILE
from drumnet.model.network import Network
from drumnet.song.roles import Role
from drumnet.staging import new_files, staging
from drumnet.style.bank import STYLES_FILE
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.controls import fit_controls
from drumnet.training.drummer.fills import fit_fills
from drumnet.training.drummer.floors import best_floor, kit_floors, mean_f1, transferred
from drumnet.training.drummer.graphs import (
    Whitening,
    load_run,
    trained_steps,
    write_checkpoint,
    write_graphs,
)
from drumnet.training.drummer.model import GatedAutoencoder, Heard, Played
from drumnet.training.drummer.preset_names import name_presets
from drumnet.training.drummer.presets import drummers_kits, make_presets
from drumnet.training.drummer.style_bank import fit_style_bank
from drumnet.training.drummer.style_map import fit_style_map
from drumnet.workers import LocalWorkers, cores

#: Codes are whitened over at most this many training songs.
_MOST_CODES = 3_000
#: Presets are measured on this many valid songs, and named on so many.
_PRESET_SONGS, _NAMING_SONGS = 8, 16
_LEAST_PRESET_BEATS = 128
#: Stands in `model.json` until the floor is tuned.
_ANY_FLOOR = 0.5


def export(run: Path, prepared: Path, out: Path, *, name: str | None = None) -> Checkpoint:
    """Export a run to the folder `out`, whole or not at all.

    Args:
        prepared: the songs that it was trained on.
        name: of the weights; the folder's name if None.

    Raises:
        DataError: no trained run, or no songs.
        OutputError: `out` exists.
    """
    if out.exists():
        raise OutputError(f"'{out}' exists already: remove it, or name another folder")
    model, config = load_run(run)
    store = TickStore.load(prepared / SONGS_FILE)
    train = store.where(split="train", **({"open": True} if config.only_open else {}))
    valid = _songs_to_tune_on(store)
    if not valid:
        raise DataError(f"'{prepared}' has no songs in its valid split to tune on")
    codes = passage_codes(model, config, train)
    if len(codes) < 2:
        raise DataError(f"'{prepared}' has too few songs in its train split to know their codes")
    whitening = Whitening(codes)
    white = whitening.whiten(torch.from_numpy(codes).float()).numpy()
    label, num_pieces = name or out.name, len(config.model.pieces)
    facts: dict[str, object] = {
        "songs": len(train),
        "steps": trained_steps(run),
        "training": asdict(config),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with staging(out.parent) as hidden:
        folder = new_files(hidden)
        write_graphs(model, whitening, folder)
        # What is tuned is tuned on the graphs that users run, so they are loaded first.
        write_checkpoint(folder, label, config, [_ANY_FLOOR] * num_pieces, [], facts)
        network = Network(load_checkpoint(folder))
        played = transferred(network, valid)
        floor = best_floor(valid, played)
        facts["valid_transfer_f1"] = round(mean_f1(valid, played, floor), 4)
        long = preset_songs(valid, _PRESET_SONGS)
        band = band_to_tune_on(store)
        kits = drummers_kits(band, network.checkpoint.pieces)
        presets = make_presets(network, white, long, floor, kits)
        named = np.array([preset["code"] for preset in presets])
        style_map = fit_style_map(network, white, long, floor, named)
        style_map.save(folder / MAP_FILE)
        fit_controls(network, white, band).save(folder / CONTROLS_FILE)
        fit_fills(train).save(folder / FILLS_FILE)
        with LocalWorkers(cores()) as workers:
            fit_style_bank(network, train, workers=workers).save(folder / STYLES_FILE)
        floors = kit_floors(network, band, floor)
        by_row = [floors[piece] for piece in network.checkpoint.pieces]
        write_checkpoint(folder, label, config, by_row, [], facts)
        drummer = Drummer(Network(load_checkpoint(folder)))
        named_presets = name_presets(presets, drummer, preset_songs(band))
        write_checkpoint(folder, label, config, by_row, named_presets, facts)
        shutil.move(folder, out)
    return load_checkpoint(out)


def band_to_tune_on(store: TickStore) -> list[HalvedSong]:
    """The valid songs, of which no drums are heard."""
    band = [halved(song, MELODIC_ROLES) for song in _events_to_tune_on(store)]
    return [song for song in band if song.has_both_halves]


def preset_songs(songs: Sequence[HalvedSong], most: int = _NAMING_SONGS) -> list[HalvedSong]:
    """The first that are long enough to know presets by."""
    long = [song for song in songs if song.conditioning.num_beats >= _LEAST_PRESET_BEATS]
    return (long or list(songs))[:most]


def _songs_to_tune_on(store: TickStore) -> list[HalvedSong]:
    return all_halved(_events_to_tune_on(store))


def _events_to_tune_on(store: TickStore) -> list[TickSong]:
    bass = HEARD_ROLES.index(Role.BASS)
    events = store.where(split="valid", heard="events")
    return [song for song in events if song.present[bass]]


def passage_codes(
    model: GatedAutoencoder, config: TrainConfig, songs: Sequence[TickSong]
) -> NDArray[np.float64]:
    """(num_passages, code_size) codes before whitening, of a passage of each song.

    Passages are as long as in training: those of whole songs lie closer together
    than the codes that the decoder knows.
    """
    rows = [PIECES.index(Piece(name)) for name in config.model.pieces]
    rng = np.random.default_rng(0)
    length = config.passage_beats
    codes = []
    with torch.no_grad():
        for index in rng.permutation(len(songs))[:_MOST_CODES]:
            song = songs[int(index)]
            song = song.cut(int(rng.integers(max(1, song.num_beats - length + 1))), length)
            dense = song.dense_song()
            if not dense.velocity[rows].any():
                continue
            velocity = torch.from_numpy(dense.velocity[rows])[None]
            played = Played(velocity, torch.ones(1, len(rows)))
            # What is played is not heard as well.
            heard = halved(song, MELODIC_ROLES).conditioning
            mean, _ = model.encode(model.listen(_heard(heard)), played)
            codes.append(mean[0].numpy().astype(np.float64))
    return np.array(codes)


def _heard(song: Conditioning) -> Heard:
    """The same, as a batch of one."""
    present = song.present.astype(np.float32)
    fields = (song.strength, present, song.beat_in_bar, song.bar_length, song.bar)
    return Heard(*(torch.from_numpy(field)[None] for field in fields))
