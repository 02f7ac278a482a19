"""Each control does what it says, on the built-in song with the shipped weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from fixtures.imitator import Imitator
from fixtures.networks import activations_of, checkpoint_of
from numpy.typing import NDArray

from drumnet.demo.song import demo_song
from drumnet.drummer import Drummer
from drumnet.evaluation.controls import HATS, STRUMMING, Take, following
from drumnet.grid import BeatGrid
from drumnet.hearing.feel import on_beats_of
from drumnet.hits import DrumTrack, Hit, Piece
from drumnet.metrics.patterns import is_syncopated
from drumnet.model.network import GivenHits, Network, OnsetActivations
from drumnet.playing.given import Keep
from drumnet.playing.guidance import GuidedDecoder
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage
from drumnet.settings import Arrange, Feel, PieceSettings, Settings
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem
from drumnet.style.code import CODE_SIZE, CodePath, StyleCode
from drumnet.style.directions import Controls

NUM_STYLES = 5
#: As the style plays, whatever happens in the song.
PLAIN = Settings(arrange=Arrange.NONE)
NUM_BARS = 16


@pytest.fixture(scope="module")
def demo(drummer: Drummer) -> Listening:
    built_in = demo_song()
    return drummer.listen(built_in.song, built_in.beats)


@pytest.fixture(scope="module")
def styles(drummer: Drummer) -> list[StyleCode]:
    return [drummer.sample_style(seed) for seed in range(NUM_STYLES)]


Mean = Callable[[Settings, Callable[[DrumTrack], float]], float]


@pytest.fixture(scope="module")
def mean(drummer: Drummer, demo: Listening, styles: list[StyleCode]) -> Mean:
    """What settings make of a measure, on average over styles."""

    def of(settings: Settings, measure: Callable[[DrumTrack], float]) -> float:
        return float(np.mean([measure(drummer.play(demo, style, settings)) for style in styles]))

    return of


def density(track: DrumTrack) -> float:
    return len(track) / NUM_BARS


def velocity(track: DrumTrack) -> float:
    return float(np.mean([hit.velocity for hit in track])) if len(track) else 0.0


def syncopation(track: DrumTrack) -> float:
    """Share of hits off the beat that nothing resolves."""
    rows = [np.array([hit.tick for hit in track.of(piece)]) for piece in track.pieces]
    return float(sum(is_syncopated(row).sum() for row in rows) / max(len(track), 1))


def of_piece(piece: Piece, **settings: float | bool) -> Settings:
    pieces = {piece: PieceSettings(**settings)}  # type: ignore[arg-type]
    return replace(PLAIN, pieces=pieces)


def ticks(track: DrumTrack, pieces: Iterable[Piece] = Piece) -> set[tuple[int, Piece]]:
    return {(hit.tick, hit.piece) for hit in track.of(pieces)}


# ------------------------------------------------------------------ what the network is asked


class Asked(Imitator):
    """A network of two pieces that remembers the codes that it decoded."""

    def __init__(self) -> None:
        self.checkpoint = checkpoint_of((Piece.KICK, Piece.SNARE))
        self.codes: list[NDArray[np.float32]] = []

    def decode(
        self, context: NDArray[Any], code: NDArray[Any], given: GivenHits | None = None
    ) -> OnsetActivations:
        self.codes.append(code)
        return activations_of(np.zeros((2, 12 * context.shape[1]), np.float32))


UNIT = np.eye(CODE_SIZE, dtype=np.float32)
#: Complexity is the first number, of the snare alone the second.
CONTROLS = Controls(UNIT[0], UNIT[2], np.stack([UNIT[3], UNIT[1]]), np.array(9.0, np.float32))


def codes_asked(code: CodePath, settings: Settings) -> list[NDArray[np.float32]]:
    """The codes that kick and snare are decoded of, one after the other."""
    network, context = Asked(), np.zeros((1, 8), np.float32)
    leans = np.zeros((2, 96), np.float32)
    decode = GuidedDecoder(cast(Network, network), context, code, leans, settings, CONTROLS, {})
    decode((Piece.KICK, Piece.SNARE), GivenHits.nothing(2, 8))
    return network.codes


def test_what_no_setting_asks_for_is_decoded_once_and_as_it_is() -> None:
    (code,) = codes_asked(CodePath(UNIT[5]), Settings())
    np.testing.assert_array_equal(code, UNIT[5])


def test_a_control_moves_the_code_and_it_departs_along_the_song_as_before() -> None:
    departures = np.random.default_rng(0).standard_normal((8, CODE_SIZE)).astype(np.float32)
    (code,) = codes_asked(CodePath(UNIT[5], departures), Settings(complexity=1.0))
    np.testing.assert_allclose(code - departures, np.tile(UNIT[5] + UNIT[0], (8, 1)), atol=1e-6)


def test_a_pieces_own_complexity_moves_its_code_alone() -> None:
    kick, snare = codes_asked(CodePath(UNIT[5]), of_piece(Piece.SNARE, complexity=1.0))
    np.testing.assert_array_equal(kick, UNIT[5])
    np.testing.assert_allclose(snare, UNIT[5] + UNIT[1], atol=1e-6)


# ------------------------------------------------------------------ the pad


def test_complex_is_denser_and_more_syncopated_than_simple(mean: Mean) -> None:
    along = (0.0, 0.25, 0.5, 0.75, 1.0)
    dense = [mean(replace(PLAIN, complexity=x), density) for x in along]
    assert dense == sorted(dense) and dense[-1] > 1.8 * dense[0]
    off_beat = [mean(replace(PLAIN, complexity=x), syncopation) for x in along]
    assert off_beat[0] < off_beat[2] < max(off_beat[3:])


def test_loud_is_louder_than_soft(mean: Mean) -> None:
    force = [mean(Settings(intensity=x), velocity) for x in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert force == sorted(force) and force[-1] > force[0] + 25


def test_every_corner_of_the_pad_does_both(mean: Mean) -> None:
    corner = {
        (x, y): [
            mean(replace(PLAIN, complexity=x, intensity=y), one) for one in (density, velocity)
        ]
        for x in (0.0, 1.0)
        for y in (0.0, 1.0)
    }
    for y in (0.0, 1.0):
        assert corner[1.0, y][0] > 1.4 * corner[0.0, y][0]
    for x in (0.0, 1.0):
        assert corner[x, 1.0][1] > corner[x, 0.0][1] + 20


def test_the_pad_stays_in_style(drummer: Drummer, demo: Listening) -> None:
    """A style that is played more complex is more like itself than like the others."""
    styles = [drummer.style(name) for name in drummer.presets]

    def alike(one: DrumTrack, other: DrumTrack) -> float:
        a, b = ticks(one), ticks(other)
        return 2 * len(a & b) / max(len(a) + len(b), 1)

    plain = [drummer.play(demo, style, PLAIN) for style in styles]
    for settings in (replace(PLAIN, complexity=0.75), replace(PLAIN, intensity=0.25)):
        moved = [drummer.play(demo, style, settings) for style in styles]
        own = np.mean([alike(a, b) for a, b in zip(moved, plain, strict=True)])
        others = [alike(a, b) for i, a in enumerate(moved) for j, b in enumerate(plain) if i != j]
        assert own > np.mean(others) + 0.15


# ------------------------------------------------------------------ single pieces


def test_an_amount_is_the_number_of_hits_of_a_piece(mean: Mean) -> None:
    def kicks(track: DrumTrack) -> float:
        return density(track.of(Piece.KICK))

    once = mean(PLAIN, kicks)
    assert mean(of_piece(Piece.KICK, amount=0.0), kicks) == 0
    # Hits that are equally likely are played alike.
    assert mean(of_piece(Piece.KICK, amount=0.5), kicks) == pytest.approx(once / 2, abs=0.5)
    assert mean(of_piece(Piece.KICK, amount=2.0), kicks) > 1.5 * once


@pytest.mark.parametrize("piece", [Piece.LOW_TOM, Piece.CRASH])
def test_more_than_none_is_some(mean: Mean, piece: Piece) -> None:
    """A piece that the style leaves out comes in when much of it is wanted."""

    def measure(track: DrumTrack) -> float:
        return density(track.of(piece))

    often = [mean(of_piece(piece, amount=x), measure) for x in (0.0, 1.0, 8.0)]
    assert often[0] == 0 and often[2] > often[1]


@pytest.mark.parametrize("piece", [Piece.KICK, Piece.SNARE])
def test_a_piece_alone_gets_busier(mean: Mean, piece: Piece) -> None:
    def measure(track: DrumTrack) -> float:
        return density(track.of(piece))

    busy = [mean(of_piece(piece, complexity=x), measure) for x in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert busy == sorted(busy) and busy[-1] > 1.3 * busy[0]


def test_a_muted_piece_is_as_if_there_were_none(
    drummer: Drummer, demo: Listening, styles: list[StyleCode]
) -> None:
    without = [piece for piece in Piece if piece is not Piece.SNARE]
    for style in styles:
        muted = drummer.play(demo, style, of_piece(Piece.SNARE, muted=True))
        assert muted == drummer.play(demo, style, PLAIN, pieces=without)
        assert Piece.SNARE not in muted.pieces


# ------------------------------------------------------------------ following


def test_the_kick_follows_the_bass_as_closely_as_is_wanted(
    drummer: Drummer, demo: Listening
) -> None:
    styles = [drummer.sample_style(seed) for seed in range(3 * NUM_STYLES)]
    close = []
    for follow in (0.0, 1.0, 2.0, 4.0):
        settings = replace(PLAIN, follow_bass=follow)
        takes = [Take(drummer.play(demo, style, settings), demo) for style in styles]
        close.append(following(takes, [Piece.KICK], [Role.BASS]))
    assert close == sorted(close) and close[-1] > close[0] + 0.1


def test_the_hats_follow_the_strumming_as_closely_as_is_wanted(
    drummer: Drummer, demo: Listening
) -> None:
    """On average: there are styles whose hats keep time whatever is strummed."""
    styles = [drummer.sample_style(seed) for seed in range(3 * NUM_STYLES)]
    hats = {piece: PieceSettings(amount=2.0) for piece in HATS}
    close = []
    for follow in (0.0, 4.0):
        settings = replace(PLAIN, follow_strumming=follow, pieces=hats)
        takes = [Take(drummer.play(demo, style, settings), demo) for style in styles]
        close.append(following(takes, HATS, STRUMMING))
    assert close[1] > close[0]


def test_following_is_of_its_own_piece(drummer: Drummer, demo: Listening) -> None:
    """The snare is composed to another kick, but is not itself guided."""
    one, other = (
        drummer.play(demo, settings=Settings(follow_bass=x, seed=2), pieces=[Piece.SNARE])
        for x in (1.0, 4.0)
    )
    assert one == other


# ------------------------------------------------------------------ time


def test_swing_moves_what_is_off_the_beat_and_nothing_else(
    drummer: Drummer, demo: Listening, styles: list[StyleCode]
) -> None:
    for style in styles:
        straight, swung = (
            drummer.play(demo, style, Settings(swing=x, humanize=0.0)) for x in (0.0, 1.0)
        )
        assert [(h.tick, h.piece, h.velocity) for h in sorted_by_tick(straight)] == [
            (h.tick, h.piece, h.velocity) for h in sorted_by_tick(swung)
        ]
        for one, other in zip(sorted_by_tick(straight), sorted_by_tick(swung), strict=True):
            late = demo.beats.seconds_to_ticks(other.onset_s) - one.tick
            assert -1e-6 <= late <= 2 + 1e-6
            assert one.tick % 12 or abs(late) < 1e-6


def sorted_by_tick(track: DrumTrack) -> list[Hit]:
    return sorted(track, key=lambda hit: (hit.tick, hit.piece.value))


def test_quantised_is_on_the_ticks(drummer: Drummer, demo: Listening) -> None:
    for hit in drummer.play(demo, settings=Settings(humanize=0.0, seed=1)):
        assert demo.beats.seconds_to_ticks(hit.onset_s) == pytest.approx(hit.tick, abs=1e-6)


@pytest.mark.parametrize("feel", [Feel.HALF_TIME, Feel.DOUBLE_TIME])
def test_half_time_feel_is_a_song_of_half_the_tempo(
    drummer: Drummer, demo: Listening, feel: Feel
) -> None:
    """The same strokes at the same times as if the beats had been counted so, nearly: onsets
    were heard on the song's ticks."""
    beats = demo.beats
    counted = beats.half_time() if feel is Feel.HALF_TIME else beats.double_time()
    recounted = drummer.listen(demo_song().song, counted)
    exact = Settings(humanize=0.0, variation=0.0)
    same, total = 0, 0
    for style in map(drummer.style, drummer.presets):
        felt = drummer.play(demo, style, replace(exact, feel=feel))
        other = drummer.play(recounted, style, exact)
        one, two = ({(round(h.onset_s, 3), h.piece) for h in t} for t in (felt, other))
        same, total = same + 2 * len(one & two), total + len(one) + len(two)
        assert all(abs(beats.seconds_to_ticks(hit.onset_s) - hit.tick) <= 0.51 for hit in felt)
    assert same / total > 0.85, "how late a stem is, is told by either pulse"


def test_half_time_feel_departs_where_the_song_does(drummer: Drummer, demo: Listening) -> None:
    """Habits are of what is heard, not of how it is counted."""
    beats = demo.beats
    of_beat = np.arange(beats.num_beats - 1, dtype=np.float32)[:, None]
    for pulse, step in ((beats.half_time(), 2.0), (beats.double_time(), 0.5)):
        found = on_beats_of(of_beat, beats, pulse, pulse.num_beats - 1)
        wanted = np.floor(step * np.arange(pulse.num_beats - 1))
        assert found[:, 0].tolist() == wanted.tolist()
    style, exact = drummer.sample_style(3), Settings(humanize=0.0, feel=Feel.HALF_TIME)
    plain = drummer.play(demo, replace(style, habits=None), exact)
    assert style.habits and drummer.play(demo, style, exact) != plain


# ------------------------------------------------------------------ what is there already


def test_kept_bars_and_pieces_stay_to_the_byte(drummer: Drummer, demo: Listening) -> None:
    take = drummer.play(demo, seed=1)
    keep = Keep(take, frozenset({Piece.KICK}), frozenset({5, 6}))
    again = drummer.play(demo, seed=2, settings=Settings(complexity=0.8, swing=0.5), keep=keep)

    def kept(track: DrumTrack) -> list[Hit]:
        return [h for h in track if h.piece is Piece.KICK or h.tick // 48 in (4, 5)]

    assert kept(again) == kept(take)
    assert again != take


def test_what_is_kept_is_played_to(drummer: Drummer, demo: Listening) -> None:
    """The rest of a kit is another to another kick."""
    styles = [drummer.sample_style(seed) for seed in range(3)]
    differ = []
    for style in styles:
        takes = []
        for pattern in (range(0, 768, 12), range(0, 768, 48)):
            kick = tuple(
                Hit(float(demo.beats.ticks_to_seconds(t)), t, Piece.KICK, 110) for t in pattern
            )
            keep = Keep(DrumTrack(kick))
            takes.append(ticks(drummer.play(demo, style, keep=keep)) - ticks(DrumTrack(kick)))
        differ.append(takes[0] != takes[1])
    assert any(differ)


def test_given_hits_are_not_played_again(drummer: Drummer, demo: Listening) -> None:
    given = drummer.play(demo, seed=1, pieces=[Piece.KICK, Piece.SNARE])
    rest = [piece for piece in Piece if piece not in (Piece.KICK, Piece.SNARE)]
    track = drummer.play(demo, seed=1, pieces=rest, given=given)
    assert not set(track.pieces) & {Piece.KICK, Piece.SNARE}
    whole = drummer.play(demo, seed=1, given=given)
    assert whole == DrumTrack((*track, *given)), "as they are, where they are asked for"


def test_a_tapped_rhythm_is_played(drummer: Drummer, demo: Listening) -> None:
    """Each of its strokes, by whatever piece, and nothing else."""
    rng = np.random.default_rng(0)
    bar = np.sort(rng.choice(np.arange(0, 48, 3), 6, replace=False))
    tapped = (48 * np.arange(NUM_BARS)[:, None] + bar).reshape(-1)
    rhythm = Onsets(demo.beats.ticks_to_seconds(tapped), np.full(len(tapped), 0.8, np.float32))
    for style in (None, drummer.sample_style(1), drummer.sample_style(2)):
        track = drummer.play(demo, style, rhythm=rhythm)
        assert sorted({hit.tick for hit in track}) == tapped.tolist()
        assert len(track.pieces) > 1


def test_a_rhythm_without_a_song_is_enough(drummer: Drummer) -> None:
    """Four on the floor, tapped: every beat is played, and as most would."""
    grid = BeatGrid.constant(120.0, 16.0)
    taps = Onsets(grid.beats_s[:32], np.full(32, 0.8, np.float32))
    song = Song((Stem("tap", Role.DRUMS, taps),))
    listening = drummer.listen(song, grid)
    track = drummer.play(listening, seed=1, rhythm=taps)
    assert {hit.tick for hit in track} == {12 * beat for beat in range(32)}
    assert track == drummer.play(listening, drummer.neutral_style(), seed=2, rhythm=taps)


def test_passages_have_styles_and_settings_of_their_own(drummer: Drummer, demo: Listening) -> None:
    style = drummer.sample_style(1)
    loud = Settings(intensity=1.0, complexity=0.9)
    soft = Settings(intensity=0.0, complexity=0.1, pieces={Piece.KICK: PieceSettings(muted=True)})
    track = drummer.play(demo, passages=[Passage(0, style, loud), Passage(32, style, soft)])
    halves = [
        DrumTrack(tuple(hit for hit in track if (hit.tick >= 32 * 12) == late))
        for late in (False, True)
    ]
    assert velocity(halves[0]) > velocity(halves[1]) + 20
    assert len(halves[0]) > len(halves[1])
    assert Piece.KICK in halves[0].pieces and Piece.KICK not in halves[1].pieces


def test_a_passage_is_played_the_same_whatever_follows(drummer: Drummer, demo: Listening) -> None:
    one, other = drummer.sample_style(1), drummer.sample_style(2)
    tracks = [
        drummer.play(demo, passages=[Passage(0, one, Settings()), Passage(32, next_, Settings())])
        for next_ in (one, other)
    ]
    first = [[hit for hit in track if hit.tick < 32 * 12] for track in tracks]
    assert first[0] == first[1]
