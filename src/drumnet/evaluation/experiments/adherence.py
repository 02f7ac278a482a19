"""Do the drums go with the bass?  The experiment of `metrics.adherence`.

In: takes.  Out: for every player the phi coefficient with the bass given the
position in the bar, and its place between another song's drums (0) and the
song's own (1).  Songs without a bass are left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumnet.corpus.halves import HalvedSong
from drumnet.evaluation.players import another
from drumnet.evaluation.report.model import HIGHER, NEITHER, REAL_PLAYER, Row
from drumnet.evaluation.statistics import resampled_sums
from drumnet.evaluation.takes import Takes
from drumnet.grid import TICKS_PER_BEAT
from drumnet.metrics.adherence import ADHERENCE, Covariation, adherence, covariation
from drumnet.metrics.patterns import CLEAR_ONSET
from drumnet.song.roles import Role

PHI = "phi"
MISMATCHED = "another song's drums"
_Sums = list[Covariation]


def _sums(songs: list[HalvedSong], ticks: list[NDArray[np.int64]]) -> _Sums:
    """How hits go with each song's bass, over its second half."""
    found = []
    for song, hits in zip(songs, ticks, strict=True):
        second = slice(song.half_tick, None)
        drums, bass = (np.zeros(song.num_ticks, dtype=np.int64) for _ in range(2))
        drums[hits] = 1
        bass[song.onset_ticks(Role.BASS, CLEAR_ONSET)] = 1
        found.append(covariation(drums[second], bass[second], song.bar_position[second]))
    return found


def _mismatched(songs: list[HalvedSong]) -> list[NDArray[np.int64]]:
    """The second half of another song's drums on each song's ticks, downbeat on
    downbeat; another song has the same bar length where there is one."""
    laid = []
    for index, song in enumerate(songs):
        metre = song.conditioning.bar_length[song.half_beat]
        alike = [i for i, s in enumerate(songs) if s.conditioning.bar_length[s.half_beat] == metre]
        choice = alike if len(alike) > 1 else list(range(len(songs)))
        place = choice.index(index)
        other = songs[choice[another(place, len(choice))]]
        start, begin = (_first_downbeat(one) for one in (other, song))
        hits = other.hits[other.hits >= start] - start + begin
        laid.append(hits[hits < song.num_ticks])
    return laid


def _first_downbeat(song: HalvedSong) -> int:
    """The tick of the second half's first downbeat."""
    downbeats = np.flatnonzero(song.conditioning.beat_in_bar[song.half_beat :] == 0)
    return song.half_tick + (int(downbeats[0]) * TICKS_PER_BEAT if downbeats.size else 0)


def _table(sums: _Sums) -> NDArray[np.float64]:
    return np.array([(one.together, one.drums, one.bass) for one in sums])


def adherence_rows(section: str, takes: Takes, experiment: str = "transfer") -> list[Row]:
    """Every player, the real drums and those of another song."""
    with_bass = [
        index
        for index, song in enumerate(takes.songs)
        if song.onset_ticks(Role.BASS, CLEAR_ONSET).size
    ]
    if len(with_bass) < 2:
        return []
    songs = [takes.songs[index] for index in with_bass]
    real = _sums(songs, [song.second_half_hits for song in songs])
    wrong = _sums(songs, _mismatched(songs))
    rows = [
        _phi_row(section, experiment, REAL_PLAYER, real),
        _phi_row(section, experiment, MISMATCHED, wrong),
    ]
    for player in takes.played:
        ticks = takes.ticks(player)
        sums = _sums(songs, [ticks[index] for index in with_bass])
        rows.append(_phi_row(section, experiment, player, sums))
        rows.append(_adherence_row(section, experiment, player, sums, real, wrong))
    return rows


def _phi_row(section: str, experiment: str, player: str, sums: _Sums) -> Row:
    pooled = sum(sums, Covariation()).phi
    return Row(section, experiment, player, PHI, "", pooled, better=NEITHER)


def _adherence_row(
    section: str, experiment: str, player: str, played: _Sums, real: _Sums, wrong: _Sums
) -> Row:
    kinds = (played, real, wrong)
    value = adherence(*(sum(one, Covariation()).phi for one in kinds))
    drawn = resampled_sums(np.concatenate([_table(one) for one in kinds], axis=1))
    phis = [
        drawn[:, at] / np.sqrt(np.maximum(drawn[:, at + 1] * drawn[:, at + 2], 1e-12))
        for at in (0, 3, 6)
    ]
    if np.isnan(value):
        return Row(section, experiment, player, ADHERENCE, better=HIGHER)
    scale = phis[1] - phis[2]
    # Resamples in which real drums go with the bass as others do tell nothing.
    told = scale != 0
    low, high = np.quantile((phis[0] - phis[2])[told] / scale[told], (0.025, 0.975))
    return Row(
        section, experiment, player, ADHERENCE, "", value, float(low), float(high), better=HIGHER
    )
