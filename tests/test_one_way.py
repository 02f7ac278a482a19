"""There is one way to play: what is measured is what the command writes, what the studio
answers, and what `Drummer.play` gives, hit by hit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from click.testing import CliRunner

from drumnet.beats.files import write_beats
from drumnet.cli.main import main
from drumnet.corpus.grooves import NUM_STEPS, Tap, silent_window, tap_onsets
from drumnet.corpus.halves import halved_heard
from drumnet.drummer import Drummer
from drumnet.evaluation.experiments.from_files import (
    GIVEN,
    KICK_STEM,
    Case,
    played_track,
    taken_style,
)
from drumnet.evaluation.grooves import DrummerTaps
from drumnet.evaluation.half_songs import half_songs
from drumnet.evaluation.players import HalfDrummer, second_half
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Piece
from drumnet.hits_csv import read_hits, track_of, write_hits
from drumnet.playing.given import Keep
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage
from drumnet.settings import FillPlace, Fills, PieceSettings, Settings
from drumnet.song.song import load_song

#: The song has a snare and a kick of its own; the kick is played anew.
PLAYED = tuple(piece for piece in Piece if piece is not Piece.SNARE)
PIECES = ",".join(piece.value for piece in PLAYED)
NO_SNARE = {Piece.SNARE: PieceSettings(muted=True)}

Hits = list[tuple[int, str, int]]


def hits_of(track: DrumTrack) -> Hits:
    return sorted((hit.tick, hit.piece.value, hit.velocity) for hit in track)


@pytest.fixture
def listening(song: Any, song_folder: Path, drummer: Drummer) -> Listening:
    """The song on the beats that the studio has found in it."""
    page, project_id = song
    beats = page.get(f"/projects/{project_id}")["beats"]
    grid = BeatGrid(np.array(beats["times_s"]), np.array(beats["beat_in_bar"]))
    return drummer.listen(load_song(song_folder), grid)


@pytest.fixture
def beats_file(listening: Listening, tmp_path: Path) -> Path:
    path = tmp_path / "beats.tsv"
    write_beats(path, listening.beats)
    return path


@pytest.fixture
def command(
    song_folder: Path, beats_file: Path, listening: Listening, tmp_path: Path
) -> Callable[..., Hits]:
    """What `drumnet generate` writes to hits.csv."""

    def run(*options: object, song: bool = True) -> Hits:
        out = tmp_path / "out"
        asked = ["generate", *([song_folder] if song else []), "-o", out, "--no-mix"]
        asked += ["--beats", beats_file] if song else []
        told = CliRunner().invoke(main, [str(one) for one in (*asked, *options)])
        assert told.exit_code == 0, told.output
        return hits_of(track_of(read_hits(out / "hits.csv"), listening.beats))

    return run


def asked_of(page: Any, project_id: str, **request: Any) -> Hits:
    """What the studio answers."""
    hits = page.hits(project_id, **request)
    return sorted((hit["tick"], hit["piece"], hit["velocity"]) for hit in hits)


WAYS: tuple[tuple[Settings, tuple[str, ...], dict[str, Any]], ...] = (
    (Settings(seed=5), (), {}),
    (Settings(seed=5, variation=0.0), ("--variation", "0"), {"variation": 0.0}),
    (
        Settings(
            seed=5, complexity=0.8, intensity=0.7, temperature=0.4, swing=0.4, humanize=0.5,
            follow_bass=2.0, fills=Fills(place=FillPlace.EVERY_4, length_beats=3),
        ),
        (
            "--complexity", "0.8", "--intensity", "0.7", "--temperature", "0.4",
            "--swing", "0.4", "--humanize", "0.5", "--follow-bass", "2", "--fills", "4",
            "--fill-length", "3",
        ),
        {
            "complexity": 0.8, "intensity": 0.7, "temperature": 0.4, "swing": 0.4,
            "humanize": 0.5, "follow_bass": 2.0,
            "fills": {"place": "4", "length_beats": 3},
        },
    ),
)  # fmt: skip


@pytest.mark.parametrize(("settings", "options", "said"), WAYS)
def test_a_song_is_played_in_one_way(
    drummer: Drummer,
    listening: Listening,
    song_folder: Path,
    command: Callable[..., Hits],
    song: Any,
    tmp_path: Path,
    settings: Settings,
    options: tuple[str, ...],
    said: dict[str, Any],
) -> None:
    page, project_id = song
    style = drummer.style(next(iter(drummer.presets)))
    style.save(tmp_path / "style.json")
    wanted = hits_of(drummer.play(listening, style, settings, pieces=PLAYED))
    assert len(wanted) > 20
    shared = ("--pieces", PIECES, "--style", tmp_path / "style.json", "--seed", 5)
    assert command(*shared, *options) == wanted
    request = {"style": {"code": style.code.tolist()}, "settings": {"seed": 5, **said}}
    assert asked_of(page, project_id, **request) == wanted

    halves = halved_heard(
        load_song(song_folder), listening.beats, np.zeros(0), {"name": "the song"}
    )
    measured = HalfDrummer(drummer, PLAYED, settings)
    seeded = measured.play(halves, style)
    own = replace(settings, seed=crc32(b"the song", settings.seed))
    alone = drummer.play(listening, style, own, pieces=PLAYED)
    until_s = listening.duration_s  # what is measured ends with the last beat, after the song
    within = DrumTrack(tuple(hit for hit in seeded if hit.onset_s < until_s))
    assert hits_of(within) == hits_of(second_half(halves, alone))


def test_sections_are_played_in_one_way(
    drummer: Drummer,
    listening: Listening,
    command: Callable[..., Hits],
    song: Any,
    tmp_path: Path,
) -> None:
    page, project_id = song
    names = list(drummer.presets)[:3]
    styles = [drummer.style(name) for name in names]
    settings = Settings(seed=5, fills=Fills(place=FillPlace.SECTIONS), pieces=NO_SNARE)
    starts = (0, 12, 20)
    wanted = hits_of(
        drummer.play(
            listening,
            passages=[Passage(*part, settings) for part in zip(starts, styles, strict=True)],
        )
    )
    assert {tick // 48 for tick, _, _ in wanted} >= {0, 3, 5}
    bars = [int(listening.beats.bar_number[start]) for start in starts]
    rows = [f"{bar}\tpart{bar}\t{name}\n" for bar, name in zip(bars, names, strict=True)]
    (tmp_path / "sections.tsv").write_text("".join(rows))
    shared = ("--pieces", PIECES, "--seed", 5, "--fills", "sections")
    assert command(*shared, "--sections", tmp_path / "sections.tsv", "--style", names[0]) == wanted
    sections = [
        {"name": name, "start_beat": start, "style": {"code": style.code.tolist()}}
        for name, start, style in zip(names, starts, styles, strict=True)
    ]
    request = {
        "style": {"code": styles[0].code.tolist()},
        "sections": sections,
        "settings": {"seed": 5, "fills": {"place": "sections"}},
    }
    assert asked_of(page, project_id, **request) == wanted


def test_kept_hits_are_played_to_in_one_way(
    drummer: Drummer,
    listening: Listening,
    command: Callable[..., Hits],
    song: Any,
    tmp_path: Path,
) -> None:
    page, project_id = song
    style = drummer.style(next(iter(drummer.presets)))
    before = drummer.play(listening, drummer.style(list(drummer.presets)[4]), pieces=PLAYED)
    write_hits(tmp_path / "kept.csv", before, listening.beats)
    kept = track_of(read_hits(tmp_path / "kept.csv"), listening.beats)
    keep = Keep(kept, bars=frozenset({3, 4}))
    settings = Settings(seed=5)
    wanted = hits_of(drummer.play(listening, style, settings, pieces=PLAYED, keep=keep))
    held = [hit for hit in hits_of(kept) if 96 <= hit[0] < 192]
    assert held and [hit for hit in wanted if 96 <= hit[0] < 192] == held
    shared = ("--pieces", PIECES, "--style", next(iter(drummer.presets)), "--seed", 5)
    options = ("--keep", tmp_path / "kept.csv", "--keep-bars", "3-4")
    assert command(*shared, *options) == wanted
    grid = listening.beats
    hits = [
        {
            "tick": hit.tick,
            "shift_ticks": float(grid.seconds_to_ticks(hit.onset_s)) - hit.tick,
            "piece": hit.piece.value,
            "velocity": hit.velocity,
        }
        for hit in kept
        if 96 <= hit.tick < 192
    ]
    locks = [{"start_tick": 96, "end_tick": 192, "piece": None, "hits": hits}]
    request = {
        "style": {"code": style.code.tolist()},
        "settings": {"seed": 5},
        "edits": {"locks": locks},
    }
    assert asked_of(page, project_id, **request) == wanted


def test_a_tap_is_played_in_one_way(
    drummer: Drummer, command: Callable[..., Hits], tmp_path: Path
) -> None:
    velocity = np.zeros(NUM_STEPS, np.float32)
    velocity[[0, 2, 4, 7, 8, 10, 12, 14, 16, 19, 20, 24, 28, 30]] = 0.8
    velocity[::8] = 1.0
    tap = Tap(velocity, np.zeros(NUM_STEPS, np.float32))
    conditioning, grid = silent_window()
    listening = drummer.listen_to(conditioning, grid, float(grid.beats_s[-1]) + 1.0)
    rhythm = tap_onsets(tap, grid)
    track = drummer.play(listening, rhythm=rhythm)
    assert {hit.tick for hit in track} == set(3 * np.flatnonzero(velocity))
    take = DrummerTaps(drummer, "drumnet").play([tap])[0]
    rows = {piece: row for row, piece in enumerate(Piece)}
    assert {(rows[hit.piece], hit.tick // 3) for hit in track} == set(
        zip(*np.nonzero(take.struck), strict=True)
    )
    write_beats(tmp_path / "beats.tsv", grid)
    lines = [f"{time_s:.6f},{round(127 * level)}\n" for time_s, level in
             zip(rhythm.times_s, rhythm.strengths, strict=True)]  # fmt: skip
    (tmp_path / "taps.csv").write_text("time_s,velocity\n" + "".join(lines))
    played = command(
        "--rhythm", tmp_path / "taps.csv", "--beats", tmp_path / "beats.tsv", "--pieces", "kit",
        song=False,
    )  # fmt: skip
    assert played  # on other ticks than the window's: the song begins before the first beat


def test_what_is_measured_from_files_is_what_the_commands_write(
    drummer: Drummer, recordings: Path, tmp_path: Path
) -> None:
    """A style from the first half's kick stem, played to the second half with its snare."""
    first, second = half_songs(recordings / "mdb_tresillo", tmp_path / "halves")
    case = Case("kick", KICK_STEM, GIVEN, snare=True)
    settings = Settings(seed=3)
    style = taken_style(drummer, first, case)
    measured = played_track(drummer, second, case, style, settings)

    def run(*args: object) -> None:
        result = CliRunner().invoke(main, list(map(str, args)), prog_name="drumnet")
        assert result.exit_code == 0, result.output

    songs = [half.heard(one_mix=False, snare=True) for half in (first, second)]
    beats = [half.folder / "beats.tsv" for half in (first, second)]
    code, out = tmp_path / "style.json", tmp_path / "out"
    run("style", "extract", *songs[0], "--kick", first.kick, "--beats", beats[0], "-o", code)
    asked = ("--pieces", "kick", "--style", code, "--beats", beats[1], "--seed", 3)
    run("generate", *songs[1], *asked, "-o", out)
    grid = second.grid.covering(second.duration_s)
    assert len(measured)
    assert hits_of(measured) == hits_of(track_of(read_hits(out / "hits.csv"), grid))
