"""The drummer keeps to the song, the style and the seed.

What any weights must do is asked of the tiny ones that the tests train; what
a musician expects, of those that are shipped.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio
from drumnet.beats.tracker import FixedTempo
from drumnet.drummer import Drummer
from drumnet.errors import DrumnetError, StyleError
from drumnet.grid import BeatGrid
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.metrics import tick_counts
from drumnet.playing.listening import Listening
from drumnet.settings import Arrange, Feel, Settings
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem
from drumnet.style.code import StyleCode
from drumnet.style.passages import Passages

NUM_BARS = 16
#: Bar patterns, in ticks: four on the floor, rock, a dotted one, funk, half time.
PATTERNS = ([0, 12, 24, 36], [0, 24], [0, 18, 24], [0, 6, 30, 42], [0, 27])
#: Bass lines that have nothing to do with them, and one that pushes.
BASS, OTHER_BASS = [0, 6, 12, 18, 24, 30, 36, 42], [0, 18, 36]


def grid_at(bpm: float, start_s: float = 0.0, num_bars: int = NUM_BARS) -> BeatGrid:
    """Beats of `num_bars` bars, and of one more in which the last notes fade."""
    index = np.arange(4 * num_bars + 5)
    return BeatGrid(start_s + index * 60 / bpm, index % 4 + 1)


def every_bar(pattern: list[int], num_bars: int = NUM_BARS) -> NDArray[np.int64]:
    return (np.arange(num_bars)[:, None] * 48 + np.array(pattern)).reshape(-1)


def song_on(grid: BeatGrid, bass: list[int] = BASS, *more: Stem) -> Song:
    """A bass and a backbeat, given as events."""

    def stem(role: Role, pattern: list[int]) -> Stem:
        times = grid.ticks_to_seconds(every_bar(pattern, grid.num_ticks // 48 - 1))
        return Stem(role.value, role, Onsets(times, np.ones(len(times), np.float32)))

    return Song((stem(Role.BASS, bass), stem(Role.SNARE, [12, 36]), *more))


def kicks(grid: BeatGrid, pattern: list[int]) -> DrumTrack:
    ticks = every_bar(pattern, grid.num_ticks // 48 - 1)
    times = grid.ticks_to_seconds(ticks)
    return DrumTrack(
        tuple(Hit(float(t), int(k), Piece.KICK, 110) for t, k in zip(times, ticks, strict=True))
    )


def agreement(
    grid: BeatGrid, wanted: DrumTrack, played: DrumTrack, piece: Piece = Piece.KICK
) -> float:
    """F1 of a piece's ticks."""
    ticks = [np.array([hit.tick for hit in track.of(piece)]) for track in (wanted, played)]
    return tick_counts(*ticks).f_measure


# ------------------------------------------------------------------ any weights


@pytest.fixture(scope="module")
def tiny(tiny_weights: Path) -> Drummer:
    return Drummer(tiny_weights)


@pytest.fixture(scope="module")
def listening(tiny: Drummer) -> Listening:
    grid = grid_at(120)
    return tiny.listen(song_on(grid), grid)


def test_the_same_seed_gives_the_same_hits(tiny: Drummer, listening: Listening) -> None:
    one = tiny.play(listening, seed=4, temperature=0.8)
    assert tiny.play(listening, seed=4, temperature=0.8) == one
    assert tiny.play(listening, seed=5, temperature=0.8) != one
    grid = grid_at(120)
    again = Drummer(tiny.checkpoint.folder)
    assert again.play(again.listen(song_on(grid), grid), seed=4, temperature=0.8) == one


def test_a_song_may_be_played_to_without_listening_first(tiny: Drummer) -> None:
    song = song_on(grid_at(120))
    assert tiny.play(song, seed=4) == tiny.play(tiny.listen(song), seed=4)


def notes_of(track: DrumTrack) -> list[tuple[int, str]]:
    return sorted((hit.tick, hit.piece.value) for hit in track)


def test_without_variation_a_given_style_plays_the_same_notes_with_any_seed(
    tiny: Drummer, listening: Listening
) -> None:
    """Only how they are performed is another."""
    style = tiny.sample_style(1)
    one, other = (tiny.play(listening, style, seed=seed, variation=0) for seed in (1, 2))
    assert notes_of(one) == notes_of(other) and one != other
    drawn = tiny.sample_style(1, listening)
    assert tiny.play(listening, drawn, seed=1) == tiny.play(listening, seed=1), "drawn with it"


def test_with_variation_the_notes_are_the_seeds(tiny: Drummer, listening: Listening) -> None:
    style = tiny.sample_style(1)
    one, same, other = (tiny.play(listening, style, seed=s, variation=1) for s in (1, 1, 2))
    assert one == same and notes_of(one) != notes_of(other)
    assert notes_of(one) != notes_of(tiny.play(listening, style, seed=1, variation=0))


def test_hits_lie_within_the_song_at_its_ticks_and_apart(tiny: Drummer) -> None:
    """Weights of charts, which nobody played, play nearly on the ticks."""
    grid = grid_at(97.0, start_s=-0.4)
    song = song_on(grid_at(97.0, start_s=0.2))
    listening = tiny.listen(song, grid)
    for seed in range(5):
        track = tiny.play(listening, seed=seed, density=2.0)
        onsets = np.array([hit.onset_s for hit in track])
        ticks = np.array([hit.tick for hit in track])
        assert len(track) > 10
        assert onsets.min() >= 0 and onsets.max() < song.duration_s
        assert all(60 <= hit.velocity <= 127 for hit in track)
        places = listening.beats.seconds_to_ticks(onsets)
        assert np.abs(places - ticks).max() <= 0.5
        for piece in Piece:
            assert (np.diff([hit.tick for hit in track.of(piece)]) >= 2).all()


def test_at_another_tempo_the_same_ticks_are_played(tiny: Drummer) -> None:
    """The model never sees seconds."""
    tracks, codes = [], []
    for bpm in (120, 96, 108, 132, 144):
        grid = grid_at(bpm)
        listening = tiny.listen(song_on(grid), grid)
        hits = [hit for hit in tiny.play(listening, seed=2) if hit.tick < 48 * NUM_BARS]
        tracks.append([(hit.tick, hit.velocity) for hit in hits])
        codes.append(tiny.extract_style(listening, kicks(grid, PATTERNS[2])).code)
    assert all(track == tracks[0] for track in tracks)
    np.testing.assert_allclose(codes, np.broadcast_to(codes[0], (5, 16)), atol=1e-5)


def test_density_is_the_number_of_hits(tiny: Drummer, listening: Listening) -> None:
    style = tiny.extract_style(listening, kicks(listening.beats, PATTERNS[0]))
    kick = [Piece.KICK]
    once = len(tiny.play(listening, style, pieces=kick))
    # Hits that are equally likely are played alike: a quarter of a hit a bar is left open.
    assert len(tiny.play(listening, style, pieces=kick, density=0.5)) == pytest.approx(
        once / 2, abs=NUM_BARS / 4
    )
    assert len(tiny.play(listening, style, density=0.0)) == 0


def test_pieces_that_are_not_wanted_are_not_played(tiny: Drummer, listening: Listening) -> None:
    """The kick comes first: whatever else is wanted, it is the same kick."""
    plain = Settings(seed=1, temperature=1.0, arrange=Arrange.NONE)
    whole = tiny.play(listening, settings=plain)
    alone = tiny.play(listening, settings=plain, pieces=[Piece.KICK])
    assert {hit.piece for hit in alone} == {Piece.KICK} < {hit.piece for hit in whole}
    assert alone.hits == whole.of(Piece.KICK).hits


def test_hits_that_are_given_are_played_to_and_not_played_again(
    tiny: Drummer, listening: Listening
) -> None:
    given = kicks(listening.beats, PATTERNS[3])
    wanted = [Piece.SNARE, Piece.CLOSED_HAT]
    found = tiny.play(listening, seed=1, density=2.0, pieces=wanted, given=given)
    assert {hit.piece for hit in found} <= set(wanted) and len(found)
    same = tiny.play(listening, seed=1, density=2.0, pieces=[Piece.KICK, *wanted], given=given)
    ticks = [hit.tick for hit in same.of(Piece.KICK)]
    assert ticks == [hit.tick for hit in given], "the kick is as it was given"
    assert [hit.velocity for hit in same.of(Piece.KICK)] == [hit.velocity for hit in given]


def test_the_kick_that_is_replaced_is_not_heard(tiny: Drummer, listening: Listening) -> None:
    grid = grid_at(120)
    played = [
        Stem("kick", Role.KICK, Onsets(np.array([0.1, 0.7]), np.ones(2, np.float32))),
        Stem("drums", Role.DRUMS, Onsets(np.array([0.3]), np.ones(1, np.float32))),
    ]
    with_drums = tiny.listen(song_on(grid, BASS, *played), grid)
    assert tiny.play(with_drums, seed=3) == tiny.play(listening, seed=3)


def test_beats_that_are_not_given_are_tracked(tiny: Drummer) -> None:
    tracked = Drummer(tiny.checkpoint.folder, FixedTempo(120, 4, 0.0))
    found = tracked.listen(song_on(grid_at(120))).beats
    given = tiny.listen(song_on(grid_at(120)), grid_at(120)).beats
    np.testing.assert_allclose(found.beats_s[: 4 * NUM_BARS], given.beats_s[: 4 * NUM_BARS])


def test_the_grid_covers_the_song(tiny: Drummer) -> None:
    """Four beats of grid, for a song of 16 bars that begins before them."""
    few = BeatGrid(4.0 + np.arange(5) * 0.5, np.array([1, 2, 3, 4, 1]))
    beats = tiny.listen(song_on(grid_at(120)), few).beats
    assert beats.beats_s[0] <= 0.0 and beats.beats_s[-1] >= 31.0
    np.testing.assert_allclose(np.diff(beats.beats_s), 0.5)
    assert beats.beat_in_bar[np.searchsorted(beats.beats_s, 3.99)] == 1


def test_presets_are_styles_of_these_weights(tiny: Drummer, listening: Listening) -> None:
    assert list(tiny.presets)
    for name, preset in tiny.presets.items():
        style = tiny.style(name)
        np.testing.assert_array_equal(style.code, preset.code)
        tiny.play(listening, style)
    first = next(iter(tiny.presets))
    with pytest.raises(StyleError, match=f"no style is called 'polka': choose {first}"):
        tiny.style("polka")


def test_a_style_is_found_by_its_name_in_its_file_or_at_random(
    tiny: Drummer, tmp_path: Path
) -> None:
    first = next(iter(tiny.presets))
    assert tiny.find_style(first) == tiny.style(first)
    saved = tiny.sample_style(3)
    saved.save(tmp_path / "mine.json")
    assert tiny.find_style(tmp_path / "mine.json") == saved == tiny.find_style("random", seed=3)
    with pytest.raises(StyleError, match=f"'polka' is neither .* choose from {first}.*'random'"):
        tiny.find_style("polka")
    with pytest.raises(StyleError, match="cannot be read as a style"):
        tiny.find_style(tmp_path / "none.json")


def test_the_neutral_style_is_the_middle_of_all(tiny: Drummer, listening: Listening) -> None:
    neutral = tiny.neutral_style()
    assert not neutral.code.any() and neutral.habits is None
    one, other = (tiny.play(listening, neutral, seed=seed, variation=0) for seed in (1, 2))
    assert len(one) and notes_of(one) == notes_of(other)


def test_a_network_plays_as_the_weights_that_it_is_of(tiny: Drummer, listening: Listening) -> None:
    assert Drummer(tiny.network).play(listening, seed=4) == tiny.play(listening, seed=4)


def test_what_was_heard_before_is_not_heard_again(tiny: Drummer) -> None:
    """Of a song whose conditioning is kept nothing but its length is needed."""
    song = song_on(grid_at(120))
    heard = tiny.listen(song, grid_at(120))
    again = tiny.listen_to(heard.conditioning, heard.beats, song.duration_s)
    np.testing.assert_array_equal(again.context, heard.context)
    assert tiny.play(again, seed=4) == tiny.play(heard, seed=4)


def test_a_style_is_of_the_pieces_and_the_beats_that_are_known(
    tiny: Drummer, listening: Listening
) -> None:
    """Kicks of the first half alone; and that there is no snare is a part of the style, if
    it is known."""
    whole = kicks(listening.beats, PATTERNS[1])
    half = DrumTrack(tuple(hit for hit in whole if hit.tick < 24 * NUM_BARS))
    code, same = (
        tiny.extract_style(listening, drums, beats=slice(0, 2 * NUM_BARS)).code
        for drums in (whole, half)
    )
    np.testing.assert_array_equal(code, same)
    assert not np.array_equal(code, tiny.extract_style(listening, half).code)
    without = tiny.extract_style(listening, whole, pieces=(Piece.KICK, Piece.SNARE)).code
    assert not np.array_equal(without, tiny.extract_style(listening, whole).code)
    with pytest.raises(StyleError, match="no hit"):
        tiny.extract_style(listening, half, beats=slice(2 * NUM_BARS, None))


def test_what_the_weights_cannot_do_is_refused(tiny: Drummer, listening: Listening) -> None:
    foreign = StyleCode(np.zeros(16, np.float32), "default@00000000")
    with pytest.raises(StyleError, match="belongs to the weights 'default@00000000', these are"):
        tiny.play(listening, foreign)
    kick_alone = Drummer(tiny.checkpoint.folder)
    checkpoint = replace(kick_alone.checkpoint, pieces=(Piece.KICK,))
    kick_alone.checkpoint = kick_alone.network.checkpoint = checkpoint
    with pytest.raises(DrumnetError, match="play kick, not snare: ask for --pieces kick"):
        kick_alone.play(listening, pieces=[Piece.SNARE])
    with pytest.raises(DrumnetError, match="a density of -1 makes no sense"):
        tiny.play(listening, density=-1.0)
    for drums in (DrumTrack(), DrumTrack((Hit(500.0, 0, Piece.KICK),))):
        with pytest.raises(StyleError, match=r"have no hit of kick, snare, .* within the song"):
            tiny.extract_style(listening, drums)
    with pytest.raises(StyleError, match="have no hit of kick within the song"):
        kick_alone.extract_style(listening, DrumTrack((Hit(1.0, 24, Piece.SNARE),)))


# ------------------------------------------------------------------ the shipped weights


@pytest.fixture(scope="module")
def heard(drummer: Drummer) -> Listening:
    grid = grid_at(112)
    return drummer.listen(song_on(grid), grid)


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_a_bar_that_repeats_is_held(drummer: Drummer, heard: Listening, pattern: list[int]) -> None:
    """The style of drums, played to their own song, is those drums."""
    drums = kicks(heard.beats, pattern)
    style = drummer.extract_style(heard, drums)
    assert agreement(heard.beats, drums, drummer.play(heard, style)) >= 0.8


def test_most_bars_that_repeat_are_held_exactly(drummer: Drummer, heard: Listening) -> None:
    scores = []
    for pattern in PATTERNS:
        drums = kicks(heard.beats, pattern)
        played = drummer.play(heard, drummer.extract_style(heard, drums))
        scores.append(agreement(heard.beats, drums, played))
    assert np.mean(scores) >= 0.93


def test_a_chorus_is_played_as_the_chorus_was(drummer: Drummer) -> None:
    """Eight bars of verse, eight of chorus, twice: the bass goes otherwise, and so does
    the kick. Played to the song, each has its own kick; without habits less so."""
    grid = grid_at(112, num_bars=32)
    beats, is_chorus = np.arange(33) * 48, (np.arange(33) // 8) % 2 == 1

    def both(verse: list[int], chorus: list[int]) -> NDArray[np.int64]:
        bars = [s + np.array(chorus if c else verse) for s, c in zip(beats, is_chorus, strict=True)]
        return np.concatenate(bars)

    def onsets(ticks: NDArray[np.int64]) -> Onsets:
        return Onsets(grid.ticks_to_seconds(ticks), np.ones(len(ticks), np.float32))

    bass = Stem("bass", Role.BASS, onsets(both([0, 24], BASS)))
    snare = Stem("snare", Role.SNARE, onsets(both([24], [12, 36])))
    heard = drummer.listen(Song((bass, snare)), grid)
    ticks = both([0, 30], [0, 12, 24, 36])
    times = grid.ticks_to_seconds(ticks)
    drums = DrumTrack(
        tuple(Hit(float(t), int(k), Piece.KICK, 110) for t, k in zip(times, ticks, strict=True))
    )
    style = drummer.extract_style(heard, drums)
    assert style.habits and style.habits.passages and len(style.habits.passages) >= 4
    without = replace(style, habits=None)
    own, plain = (agreement(grid, drums, drummer.play(heard, s)) for s in (style, without))
    assert own > max(0.9, plain)
    half = Settings(feel=Feel.HALF_TIME)
    assert drummer.play(heard, style, half) != drummer.play(heard, without, half)


def test_weights_that_take_one_code_a_song_give_no_passages_and_take_none() -> None:
    grid = grid_at(112, num_bars=32)
    drummer = Drummer("open")
    heard = drummer.listen(song_on(grid), grid)
    style = drummer.extract_style(heard, kicks(grid, PATTERNS[1]))
    assert style.habits is not None and style.habits.passages is None
    passages = Passages(np.zeros((2, 192), np.float32), np.ones((2, 16), np.float32))
    habits = replace(style.habits, passages=passages)
    with pytest.raises(StyleError, match="follow no habits"):
        drummer.play(heard, replace(style, habits=habits))


def test_a_style_is_taken_to_the_same_song_at_another_tempo(
    drummer: Drummer, heard: Listening
) -> None:
    style = drummer.extract_style(heard, kicks(heard.beats, PATTERNS[2]))
    ticks = [hit.tick for hit in drummer.play(heard, style)]
    for share in (0.8, 0.9, 1.1, 1.2):
        grid = grid_at(112 * share)
        moved = drummer.listen(song_on(grid), grid)
        assert [hit.tick for hit in drummer.play(moved, style)] == ticks
        code = drummer.extract_style(moved, kicks(grid, PATTERNS[2])).code
        np.testing.assert_allclose(code, style.code, atol=1e-3)


def test_a_song_that_begins_later_has_nearly_the_same_code(
    drummer: Drummer, heard: Listening
) -> None:
    codes = [drummer.extract_style(heard, kicks(heard.beats, p)).code for p in PATTERNS]
    late = grid_at(112, start_s=7 * 60 / 112)
    moved = drummer.listen(song_on(late), late)
    for index, pattern in enumerate(PATTERNS):
        code = drummer.extract_style(moved, kicks(late, pattern)).code
        gaps = [float(np.linalg.norm(code - other)) for other in codes]
        assert int(np.argmin(gaps)) == index


def test_styles_differ(drummer: Drummer, heard: Listening) -> None:
    """Sampled styles play different bars, some of them with many times the kicks."""
    tracks = [drummer.play(heard, seed=seed, pieces=[Piece.KICK]) for seed in range(24)]
    assert len({tuple(hit.tick for hit in track) for track in tracks}) >= 16
    density = np.array([len(track) for track in tracks]) / NUM_BARS
    assert density.max() >= 3 * max(density.min(), 0.25)
    assert 1.0 <= np.median(density) <= 8.0


def test_on_the_way_from_one_style_to_another_the_drums_change_gradually(
    drummer: Drummer, heard: Listening
) -> None:
    one, other = (
        drummer.extract_style(heard, kicks(heard.beats, pattern)) for pattern in PATTERNS[:2]
    )
    first, last = drummer.play(heard, one), drummer.play(heard, other)
    assert drummer.play(heard, one.interpolate(other, 0.0)) == first
    near = drummer.play(heard, one.interpolate(other, 0.1))
    far = drummer.play(heard, one.interpolate(other, 0.9))
    assert agreement(heard.beats, first, near) > agreement(heard.beats, first, far)
    assert agreement(heard.beats, last, far) > agreement(heard.beats, last, near)


def test_presets_do_what_their_names_say(drummer: Drummer, heard: Listening) -> None:
    assert len(drummer.presets) == 12
    kicks = {
        name: len(drummer.play(heard, drummer.style(name), pieces=[Piece.KICK]))
        for name in drummer.presets
    }
    sparse = [kicks[name] for name in kicks if name.endswith("sparse-kick")]
    busy = [kicks[name] for name in kicks if name.endswith("busy-kick")]
    assert np.mean(busy) > 1.5 * np.mean(sparse)


def test_a_style_is_found_by_the_name_that_it_had(drummer: Drummer) -> None:
    for find in (drummer.style, drummer.find_style):
        assert find("busy-independent-5") == find("double-bass-metal")


def test_to_silence_the_drums_follow_the_beats(drummer: Drummer) -> None:
    silence = Song((Stem("mix", Role.OTHER, Audio(np.zeros((2, 16 * 8000), np.float32), 8000)),))
    listening = drummer.listen(silence, grid_at(120, num_bars=8))
    tracks = [drummer.play(listening, seed=seed) for seed in range(8)]
    takes = [np.array([hit.tick for hit in track]) for track in tracks if len(track)]
    assert sum(map(len, takes)) >= 8
    for ticks in takes:
        straight, shuffled = (np.mean(ticks % step == 0) for step in (3, 4))
        assert max(straight, shuffled) > 0.8, "on sixteenths, or on triplets"


def test_the_drums_follow_a_drifting_tempo(drummer: Drummer) -> None:
    """The same ticks as at a steady tempo, each at its place between the beats; the
    second that the last note sounds is not as many of them."""
    rng = np.random.default_rng(1)
    steps = 0.5 * np.exp(np.cumsum(rng.normal(0, 0.01, 4 * NUM_BARS + 4)))
    drifting = BeatGrid(np.append(0.0, np.cumsum(steps)), grid_at(120).beat_in_bar)
    steady = grid_at(120)
    played = [
        drummer.play(drummer.listen(song_on(grid, OTHER_BASS), grid), seed=3)
        for grid in (steady, drifting)
    ]
    tracks = [[hit for hit in track if hit.tick < 48 * NUM_BARS] for track in played]
    ticks = [[hit.tick for hit in track] for track in tracks]
    assert ticks[0] == ticks[1] and len(ticks[0]) > 8
    places = [
        grid.seconds_to_ticks([hit.onset_s for hit in track])
        for grid, track in zip((steady, drifting), tracks, strict=True)
    ]
    np.testing.assert_allclose(places[1], places[0], atol=1e-3)
    assert np.abs(places[1] - np.array(ticks[1])).mean() <= 0.75, "as loosely as people play"


# ------------------------------------------------------------------ a whole kit


@pytest.fixture(scope="module")
def kits(drummer: Drummer) -> list[DrumTrack]:
    """Eight styles to a bass alone."""
    grid = grid_at(112)
    song = Song(tuple(stem for stem in song_on(grid).stems if stem.role is Role.BASS))
    listening = drummer.listen(song, grid)
    return [drummer.play(listening, seed=seed) for seed in range(8)]


def ticks_of(track: DrumTrack, *pieces: Piece) -> NDArray[np.int64]:
    return np.array([hit.tick for hit in track if hit.piece in pieces], dtype=np.int64)


def test_a_kit_has_a_kick_a_snare_and_a_cymbal_that_keeps_time(kits: list[DrumTrack]) -> None:
    timekeepers = (Piece.CLOSED_HAT, Piece.OPEN_HAT, Piece.RIDE, Piece.CRASH)
    for pieces in ((Piece.KICK,), (Piece.SNARE,), timekeepers):
        often = [len(ticks_of(track, *pieces)) >= NUM_BARS for track in kits]
        assert np.mean(often) >= 0.6, "at least once a bar in most styles"


def test_the_snare_is_mostly_on_the_backbeat_and_the_kick_is_not(kits: list[DrumTrack]) -> None:
    """Two of the 48 ticks of a bar are beats 2 and 4; turnarounds may have fills."""
    ticks = (
        np.concatenate([ticks_of(track, piece) for track in kits])
        for piece in (Piece.SNARE, Piece.KICK)
    )
    snare, kick = (of_piece[of_piece // 48 % 4 != 3] % 48 for of_piece in ticks)
    backbeat = [float(np.isin(ticks, (12, 36)).mean()) for ticks in (snare, kick)]
    assert backbeat[0] > 0.4 and backbeat[0] > 2 * backbeat[1]
    assert np.mean(kick == 0) > 2 / 16, "the kick marks the first beat"


def test_two_hands_play_it(kits: list[DrumTrack]) -> None:
    for track in kits:
        hands = [piece for piece in Piece if piece is not Piece.KICK]
        _, at_once = np.unique(ticks_of(track, *hands), return_counts=True)
        assert at_once.max() <= 2
        both = np.intersect1d(ticks_of(track, Piece.OPEN_HAT), ticks_of(track, Piece.CLOSED_HAT))
        assert both.size == 0


def test_a_person_plays_near_the_beat_and_neither_on_it_nor_all_alike(
    kits: list[DrumTrack],
) -> None:
    """Within a tick (45 ms) for the most part, and not one loudness for everything."""
    grid = grid_at(112)
    for track in kits:
        gap_s = [hit.onset_s - float(grid.ticks_to_seconds(hit.tick)) for hit in track]
        assert np.quantile(np.abs(gap_s), 0.8) < 0.045 and np.std(gap_s) > 0.001
        assert len({hit.velocity for hit in track}) >= 10


def test_the_style_of_a_whole_kit_is_taken_over(drummer: Drummer, heard: Listening) -> None:
    """A rock beat with 8ths on the hat, and one with the ride: each is played nearer to
    itself than to the other."""

    def beat(timekeeper: Piece) -> DrumTrack:
        bar = {Piece.KICK: [0, 24], Piece.SNARE: [12, 36], timekeeper: list(range(0, 48, 6))}
        return DrumTrack(
            tuple(
                Hit(float(heard.beats.ticks_to_seconds(tick)), int(tick), piece, 100)
                for piece, pattern in bar.items()
                for tick in every_bar(pattern)
            )
        )

    for own, other in ((Piece.CLOSED_HAT, Piece.RIDE), (Piece.RIDE, Piece.CLOSED_HAT)):
        drums = beat(own)
        played = drummer.play(heard, drummer.extract_style(heard, drums))
        for piece in (Piece.KICK, Piece.SNARE, own):
            assert agreement(heard.beats, drums, played, piece) > 0.7
        assert len(played.of(other)) < 0.5 * len(played.of(own))
