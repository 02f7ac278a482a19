"""Kits to a tapped rhythm, where it can be said what is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.corpus.ticksong import PIECES, TickSong, tick_song
from drumnet.errors import DataError
from drumnet.evaluation.experiments.groove import TIMING, VELOCITY, groove_rows
from drumnet.evaluation.groove.network import NetworkTaps, given_one, tap_chances
from drumnet.evaluation.groove.players import KitTake, NearestTap, RockBeat, rock_beat
from drumnet.evaluation.groove.windows import (
    NUM_STEPS,
    Tap,
    Window,
    groove_entries,
    groove_windows,
    grooves_sha256,
    windows,
)
from drumnet.evaluation.report.model import Row
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import Conditioning
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.model.checkpoint import load_checkpoint
from drumnet.model.network import GivenHits, Network, OnsetActivations

#: Ticks of a bar.
ROCK = {
    Piece.KICK: (0, 24),
    Piece.SNARE: (12, 36),
    Piece.CLOSED_HAT: tuple(range(0, 48, 6)),
}
LOUD = {Piece.KICK: 110, Piece.SNARE: 120, Piece.CLOSED_HAT: 60}


def performance(
    bar: Mapping[Piece, Sequence[float]], num_bars: int = 4, name: str = "a", bpm: float = 120.0
) -> TickSong:
    """A bar that is played again and again, on ticks that need not be whole."""
    grid = BeatGrid.constant(bpm, num_bars * 4 * 60 / bpm)
    hits = [
        Hit(float(grid.ticks_to_seconds(48 * b + tick)), 0, piece, LOUD.get(piece, 100))
        for b in range(num_bars)
        for piece, ticks in bar.items()
        for tick in ticks
        if b or tick >= 0
    ]
    return tick_song({"name": name, "bpm": bpm}, {}, DrumTrack(tuple(hits)), grid)


class Oracle:
    """Plays what was played to the tap, which it knows by heart."""

    name = "oracle"

    def __init__(self, known: Sequence[Window]) -> None:
        self._known = {window.tap.velocity.tobytes(): window for window in known}

    def play(self, taps: Sequence[Tap]) -> list[KitTake]:
        found = [self._known[tap.velocity.tobytes()] for tap in taps]
        return [KitTake(one.struck, one.velocity, one.offset) for one in found]


def figures(rows: Sequence[Row]) -> dict[tuple[str, str], float | None]:
    return {(row.metric, row.setting): row.value for row in rows}


# ------------------------------------------------------------------ windows


def test_a_window_begins_on_every_bar_and_has_two() -> None:
    assert len(windows(performance(ROCK, num_bars=4))) == 3
    assert len(windows(performance(ROCK, num_bars=1))) == 0


def test_a_window_holds_what_was_played_on_16ths() -> None:
    (window,) = windows(performance(ROCK, num_bars=2))
    np.testing.assert_array_equal(window.struck, rock_beat())
    assert window.velocity[PIECES.index(Piece.SNARE)].max() == pytest.approx(120 / 127)
    assert window.step_ms == 125.0


def test_a_late_backbeat_stays_on_its_16th_and_is_told_as_late() -> None:
    """1.2 ticks late, where a tick more would be the next 16th's."""
    late = {**ROCK, Piece.SNARE: (13.2, 37.2)}
    (window,) = windows(performance(late, num_bars=2))
    np.testing.assert_array_equal(window.struck, rock_beat())
    snare = PIECES.index(Piece.SNARE)
    assert window.offset[snare, 4::8].tolist() == pytest.approx([0.4] * 4, abs=0.01)
    assert not window.offset[PIECES.index(Piece.KICK)].any()


def test_the_last_bar_counts_where_half_of_it_is_played() -> None:
    half = {Piece.KICK: (0, 30)}
    bars = performance(half, num_bars=3)
    assert len(windows(bars)) == 2
    assert len(windows(performance({Piece.KICK: (0, 12)}, num_bars=3))) == 1


def test_silence_is_no_window() -> None:
    first_bar_alone = performance({Piece.KICK: (0,)}, num_bars=1)
    long = performance({Piece.KICK: (0,)}, num_bars=6)
    assert windows(first_bar_alone) == []
    assert all(window.struck.any() for window in windows(long))


def test_the_tap_is_as_loud_and_as_late_as_the_loudest_piece() -> None:
    late = {**ROCK, Piece.SNARE: (12.9, 36.9)}
    tap = windows(performance(late, num_bars=2))[0].tap
    assert tap.struck[::2].all() and not tap.struck[1::2].any()
    assert tap.velocity[4] == pytest.approx(120 / 127), "snare and hat: the snare's"
    assert tap.offset[4] == pytest.approx(0.3, abs=0.01)
    assert tap.velocity[2] == pytest.approx(60 / 127), "a hat alone"
    assert tap.offset[2] == 0.0


# ------------------------------------------------------------------ scores


def test_what_was_played_scores_one_and_has_no_error() -> None:
    known = windows(performance(ROCK)) + windows(performance({Piece.RIDE: (0, 18)}, name="b"))
    found = figures(groove_rows(known, Oracle(known)))
    played = {row: value for row, value in found.items() if row[0] in ("micro F1", "16th F1")}
    assert set(played.values()) == {1.0}
    assert found[VELOCITY, ""] == 0.0 and found[TIMING, ""] == 0.0
    assert ("micro F1", "ride") in found and ("micro F1", "crash") not in found


def test_the_tap_of_a_kick_alone_is_a_kick_alone() -> None:
    known = windows(performance({Piece.KICK: (0, 18, 30)}))
    found = figures(groove_rows(known, Oracle(known)))
    assert found["micro F1", "all pieces"] == 1.0
    assert [row for row in found if row[0] == "micro F1"] == [
        ("micro F1", "all pieces"), ("micro F1", "kick")
    ]  # fmt: skip


def test_a_fixed_rock_beat_is_right_of_a_rock_beat_and_wrong_of_a_shuffle() -> None:
    rock = figures(groove_rows(windows(performance(ROCK)), RockBeat()))
    assert rock["micro F1", "all pieces"] == 1.0
    assert rock[TIMING, ""] == 0.0, "it is as late as the tap"
    other = figures(groove_rows(windows(performance({Piece.RIDE: (3, 15)})), RockBeat()))
    assert other["micro F1", "all pieces"] == 0.0


def test_half_of_the_hits_and_no_other_is_two_thirds() -> None:
    """12 of 24 hits a window: 2 * 12 / (24 + 12)."""
    double = {**ROCK, Piece.KICK: (0, 6, 18, 24, 30, 36), Piece.RIDE: tuple(range(0, 48, 6))}
    found = groove_rows(windows(performance(double)), RockBeat())
    value = figures(found)["micro F1", "all pieces"]
    assert value == pytest.approx(2 * 12 / (24 + 12))


def test_errors_of_timing_are_in_milliseconds() -> None:
    """The hat is a third of a 16th late, the kick on it is not; the tap is the
    kick's. At 120 bpm a 16th has 125 ms."""
    bar = {Piece.KICK: (0, 12, 24, 36), Piece.CLOSED_HAT: (1, 13, 25, 37)}
    found = figures(groove_rows(windows(performance(bar)), RockBeat()))
    assert found[TIMING, ""] == pytest.approx(125 / 3 / 2, abs=0.3)
    assert found[VELOCITY, ""] == pytest.approx(50 / 127 / 2, abs=1e-3)


def test_the_nearest_tap_gives_its_own_kit() -> None:
    ride = {Piece.KICK: (0, 24), Piece.SNARE: (12, 36), Piece.RIDE: (0, 9, 18, 27, 36, 45)}
    known = windows(performance(ROCK, num_bars=2)) + windows(performance(ride, num_bars=2))
    player = NearestTap(known)
    for window in known:
        softer = Tap(window.tap.velocity * np.float32(0.95), window.tap.offset)
        (take,) = player.play([softer])
        np.testing.assert_array_equal(take.struck, window.struck)


def test_intervals_are_over_performances_not_over_their_windows() -> None:
    """One of two performances is right: from none of them right to both."""
    right = windows(performance(ROCK, num_bars=40, name="right"))
    wrong = windows(performance({Piece.RIDE: (3, 15, 21)}, num_bars=40, name="wrong"))
    (row,) = (r for r in groove_rows(right + wrong, RockBeat()) if r.metric == "16th F1")
    assert row.per_song == (1.0, 0.0)
    assert (row.low, row.value, row.high) == (0.0, 0.5, 1.0)


# ------------------------------------------------------------------ a network


class Drilled:
    """A network that knows of a tap: what is loud is a snare, what is soft a hat,
    and that it may be a ride instead."""

    checkpoint = SimpleNamespace(name="drilled", pieces=PIECES)

    def listen(self, heard: Conditioning) -> NDArray[np.float32]:
        assert not heard.present.any() and heard.bar_length.tolist() == [4] * 8
        return np.zeros((1, heard.num_beats), np.float32)

    def decode(
        self, listened: NDArray[Any], code: NDArray[Any], given: GivenHits
    ) -> OnsetActivations:
        assert not code.any() and given.known.tolist() == [[False] * 8] * 9 + [[True] * 8]
        tap, chance = given.velocity[-1], np.full((9, 96), 0.02, np.float32)
        chance[PIECES.index(Piece.SNARE), tap > 0.7] = 0.8
        chance[PIECES.index(Piece.CLOSED_HAT), (tap > 0) & (tap <= 0.7)] = 0.6
        chance[PIECES.index(Piece.RIDE), (tap > 0) & (tap <= 0.7)] = 0.3
        velocity = np.full((9, 96), 0.3, np.float32)
        velocity[PIECES.index(Piece.SNARE)] = 0.9
        nothing = np.zeros((9, 96), np.float32)
        return OnsetActivations(chance, velocity, nothing, nothing, nothing)


@pytest.fixture
def drilled() -> Network:
    return cast(Network, Drilled())


def test_thresholds_part_what_is_right_from_what_is_not(drilled: Network) -> None:
    """Soft strokes are hats in these performances, so the ride stays away; in others
    both are struck, and it is played."""
    hats = windows(performance({Piece.SNARE: (12, 36), Piece.CLOSED_HAT: (0, 6, 18, 24)}))
    both = windows(
        performance({Piece.SNARE: (12, 36), Piece.CLOSED_HAT: (0, 6), Piece.RIDE: (0, 6)})
    )
    for tuned, ride in ((hats, False), (both, True)):
        player = NetworkTaps(drilled, tuned, "drilled", workers=1)
        softly = np.zeros(NUM_STEPS, np.float32)
        softly[::4], softly[4::8] = 0.45, 0.95
        (take,) = player.play([Tap(softly, np.zeros(NUM_STEPS, np.float32))])
        assert take.struck[PIECES.index(Piece.SNARE), 4::8].all()
        assert take.struck[PIECES.index(Piece.CLOSED_HAT), ::8].all()
        assert take.struck[PIECES.index(Piece.RIDE)].any() == ride


def test_whichever_bar_a_tap_begins_with_each_is_played_alike() -> None:
    """The shipped weights would tell a first bar from a second."""
    rng, bar = np.random.default_rng(0), NUM_STEPS // 2
    loud = np.where(rng.random(NUM_STEPS) < 0.5, rng.uniform(0.2, 0.9, NUM_STEPS), 0)
    late = np.where(loud > 0, rng.uniform(-0.3, 0.3, NUM_STEPS), 0)
    first, second = (
        Tap(np.roll(loud, by).astype(np.float32), np.roll(late, by).astype(np.float32))
        for by in (0, bar)
    )
    network = Network(load_checkpoint("default"))
    one, other = tap_chances(network, [first], 1), tap_chances(network, [second], 1)
    np.testing.assert_allclose(one.hit, np.roll(other.hit, bar, axis=2), atol=1e-5)
    np.testing.assert_allclose(one.velocity, np.roll(other.velocity, bar, axis=2), atol=1e-5)
    halves = one.hit[0, :, :bar], one.hit[0, :, bar:]
    assert np.abs(halves[0] - halves[1]).max() > 0.2, "the bars themselves are not alike"


def test_a_network_plays_where_it_is_tapped_and_nowhere_else(drilled: Network) -> None:
    known = windows(performance(ROCK))
    player = NetworkTaps(drilled, known, "drilled", workers=1)
    tap = Tap(np.zeros(NUM_STEPS, np.float32), np.zeros(NUM_STEPS, np.float32))
    tap.velocity[[3, 10]] = 0.01, 1.0
    tap.offset[3] = -0.25
    (take,) = player.play([tap])
    assert np.flatnonzero(take.struck.any(axis=0)).tolist() == [3, 10]
    assert (take.offset[:, 3] == np.float32(-0.25)).all(), "as early as the tap"
    assert (take.velocity <= tap.velocity).all(), "and never louder"
    assert take.velocity[PIECES.index(Piece.SNARE), 10] == pytest.approx(1.0), "the loudest"


def test_chances_are_told_given_that_something_is_hit() -> None:
    """Two pieces of one half each: one of them is hit in 3 of 4 cases, so it is
    either in 2 of 3."""
    tapped = np.ones((1, 1), dtype=bool)
    chance = np.array([[[0.5], [0.5]]], dtype=np.float32)
    assert given_one(chance, tapped).ravel().tolist() == pytest.approx([2 / 3, 2 / 3])
    certain = np.array([[[0.2], [0.0]]], dtype=np.float32)
    assert given_one(certain, tapped).ravel().tolist() == pytest.approx([1.0, 0.0])
    assert not given_one(chance, ~tapped).any()


# ------------------------------------------------------------------ files


@pytest.fixture(scope="module")
def grooves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_grooves(tmp_path_factory.mktemp("groove"))


def write_grooves(folder: Path) -> Path:
    """Two performances a split, of four bars each, and a fill that is none of them."""
    import mido

    lines = ["drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,"
             "audio_filename,duration,split"]  # fmt: skip
    for split in ("train", "validation", "test"):
        for kind, number in (("beat", 0), ("beat", 1), ("fill", 2)):
            name = f"{split}_{kind}_{number}.mid"
            track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(100))])
            events = [
                (bar * 1920 + 40 * tick, piece.midi_key)
                for bar in range(4)
                for piece, ticks in ROCK.items()
                for tick in ticks
                if number == 0 or piece is not Piece.SNARE
            ]
            now = 0
            for at, key in sorted(events):
                for kind_of, velocity in (("note_on", 90), ("note_off", 0)):
                    wait = at - now if kind_of == "note_on" else 0
                    track.append(
                        mido.Message(kind_of, channel=9, note=key, velocity=velocity, time=wait)
                    )
                now = at
            mido.MidiFile(tracks=[track], ticks_per_beat=480).save(folder / name)
            lines.append(f"drummer1,s,{name},rock/indie,100,{kind},4-4,{name},,9.6,{split}")
    (folder / "info.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_beats_in_four_are_read_and_fills_are_not(grooves: Path) -> None:
    entries = groove_entries(grooves, "valid")
    assert [entry["midi_filename"] for entry in entries] == [
        "validation_beat_0.mid", "validation_beat_1.mid"
    ]  # fmt: skip
    found = [window for entry in entries for window in groove_windows(grooves, entry)]
    assert len(found) == 6 and {window.bpm for window in found} == {100.0}
    np.testing.assert_array_equal(found[0].struck, rock_beat())
    assert not found[-1].struck[PIECES.index(Piece.SNARE)].any()


def test_the_hash_is_of_what_was_played(grooves: Path, tmp_path: Path) -> None:
    other = write_grooves(tmp_path)
    assert grooves_sha256(grooves) == grooves_sha256(other)
    file = other / "test_beat_1.mid"
    file.write_bytes(file.read_bytes()[:-4] + b"\x00\xff\x2f\x00")
    (other / "test_beat_0.mid").write_bytes((other / "train_beat_1.mid").read_bytes())
    assert grooves_sha256(grooves) != grooves_sha256(other)


def test_what_is_no_groove_data_set_is_told(grooves: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no readable info\.csv .*Groove MIDI Dataset"):
        groove_entries(tmp_path, "test")
    (tmp_path / "info.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match=r"no readable info\.csv"):
        groove_entries(tmp_path, "test")
    head, *rest = (grooves / "info.csv").read_text().splitlines()
    (tmp_path / "info.csv").write_text(head + "\n" + rest[0] + "\n")
    with pytest.raises(DataError, match="lists no beat in 4/4 of the split 'test'"):
        groove_entries(tmp_path, "test")
    with pytest.raises(DataError, match="is missing: download"):
        (tmp_path / "info.csv").write_text((grooves / "info.csv").read_text())
        grooves_sha256(tmp_path)
