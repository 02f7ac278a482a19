"""What belongs to the song is no role: titles, models, mixes beside their stems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from conftest import SAMPLE_RATE
from numpy.typing import NDArray

from drumnet.song.guessing import guess_roles
from drumnet.song.roles import Role
from drumnet.song.song import load_song


@pytest.mark.parametrize(
    "title",
    ["Little Drummer Boy", "Kick Out the Jams", "All About That Bass", "Drums of War",
     "Piano Man", "While My Guitar Gently Weeps", "Hi-Hat Blues_htdemucs"],
)  # fmt: skip
def test_a_single_file_is_the_song(title: str) -> None:
    assert guess_roles([title]) == [None]


@pytest.mark.parametrize("name", ["bass", "05_BASS DI", "Bass Amp L", "bass_htdemucs_ft"])
def test_a_single_stem_that_says_nothing_but_what_it_is(name: str) -> None:
    assert guess_roles([name]) == [Role.BASS]
    drums = name.lower().replace("bass", "drums")
    assert guess_roles([drums]) == [Role.DRUMS]


@pytest.mark.parametrize("title", ["Little Drummer Boy", "Kick Me", "Ride", "Bass Culture"])
@pytest.mark.parametrize("form", ["{} - {}", "{}_({})", "1_{}_({})_bs_roformer", "{} [{}]"])
def test_a_title_before_two_stems_is_no_role(title: str, form: str) -> None:
    names = [form.format(title, part) for part in ("Vocals", "Bass")]
    assert guess_roles(names) == [Role.VOCALS, Role.BASS]


@pytest.mark.parametrize(
    "model",
    ["htdemucs_ft", "htdemucs_6s", "hdemucs_mmi", "bs_roformer", "model_bs_roformer_ep_317_sdr",
     "mel_band_roformer_karaoke", "mdx_extra_q", "UVR-MDX-NET-Voc_FT", "MDX23C", "Kim_Vocal_2",
     "spleeter", "umxhq", "BS-Roformer-SW", "kuielab_b_other"],
)  # fmt: skip
def test_the_name_of_a_separation_model_is_no_role(model: str) -> None:
    parts = {"vocals": Role.VOCALS, "drums": Role.DRUMS, "bass": Role.BASS, "other": Role.OTHER}
    for form in ("{0}_{1}", "Song ({0}) {1}", "{1}_{0}"):
        if form == "{1}_{0}" and model in ("kuielab_b_other", "UVR-MDX-NET-Voc_FT"):
            continue
        names = [form.format(part, model) for part in parts]
        assert guess_roles(names) == list(parts.values()), form
    assert guess_roles([f"Silent Night_{model}"]) == [None]


def test_titles_are_told_from_what_producers_call_several_stems() -> None:
    assert guess_roles(["Kick in", "Kick out"]) == [Role.KICK, Role.KICK]
    assert guess_roles(["Drums Kick", "Drums Snare"]) == [Role.KICK, Role.SNARE]
    assert guess_roles(["Synth Bass", "Synth Lead"]) == [Role.BASS, Role.KEYS]
    assert guess_roles(["Bass", "Bass DI"]) == [Role.BASS, Role.BASS]


def bounced(folder: Path, kind: str) -> NDArray[np.float64]:
    """What a producer calls a mix of the stems in a folder."""
    stems = {path.stem: soundfile.read(path)[0] for path in sorted(folder.glob("*.wav"))}
    gains = dict.fromkeys(stems, 0.7)
    if kind == "faders":
        gains = dict(zip(stems, (0.9, 0.4, 0.7, 0.5), strict=True))
    elif kind == "no drums":
        gains |= {"kick in": 0.0, "snare top": 0.0}
    total = sum(gains[name] * samples for name, samples in stems.items())
    if kind == "mastered":
        total = np.tanh(2 * total / np.abs(total).max())
    elif kind == "late":
        total = np.concatenate([np.zeros(1105), total])
    return np.asarray(total)


@pytest.mark.parametrize("kind", ["plain", "faders", "no drums", "mastered", "late"])
@pytest.mark.parametrize("name", ["preview", "Rough Mix 3", "Little Drummer Boy"])
def test_a_mix_beside_its_stems_is_left_out(
    kind: str, name: str, stems: Path, tmp_path: Path, run: Callable[..., object]
) -> None:
    soundfile.write(tmp_path / "mix.wav", bounced(stems, kind), SAMPLE_RATE)
    (tmp_path / "mix.wav").rename(stems / f"{name}.wav")
    song = load_song([stems])
    assert [one.name for one in song.left_out] == [name]
    assert [stem.name for stem in song.stems] == ["Bass DI", "keys", "kick in", "snare top"]


def test_it_is_said_that_a_mix_is_left_out(stems: Path, run: Callable[..., object]) -> None:
    soundfile.write(stems / "preview.wav", bounced(stems, "plain"), SAMPLE_RATE)
    printed = run("beats", stems, "--bpm", 120)
    assert "left out preview is the sum of the others" in printed.stdout  # type: ignore[attr-defined]
    said = load_song([stems], [("other", stems / "preview.wav")])
    assert [stem.name for stem in said.stems][-1] == "preview" and not said.left_out


def test_what_is_no_sum_of_others_stays(stems: Path) -> None:
    """Another sound of that name, a copy of one stem, a stem beside its double."""
    noise = np.random.default_rng(0).standard_normal(16 * SAMPLE_RATE) * 0.1
    soundfile.write(stems / "mix.wav", noise, SAMPLE_RATE)
    (stems / "Lead 1.wav").write_bytes((stems / "keys.wav").read_bytes())
    (stems / "Lead 2.wav").write_bytes((stems / "keys.wav").read_bytes())
    assert not load_song([stems]).left_out


def test_one_bad_file_among_stems_is_left_out_as_asked(
    stems: Path, tmp_path: Path, run: Callable[..., Any]
) -> None:
    """Not named `.wav` for nothing, and one that is damaged behind its header."""
    (stems / "notes.wav").write_text("no sound")
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * SAMPLE_RATE)
    soundfile.write(tmp_path / "pad.flac", samples, SAMPLE_RATE)
    data = bytearray((tmp_path / "pad.flac").read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    (stems / "pad.flac").write_bytes(data)
    refused = run("beats", stems, "--bpm", 120)
    assert refused.exit_code == 1 and "notes.wav" in refused.stderr
    done = run("generate", stems, "-o", tmp_path / "out", "--bpm", 120, "--no-mix", "--skip-bad")
    assert done.exit_code == 0, done.output
    left = [line for line in done.stdout.splitlines() if line.startswith("  left out")]
    assert len(left) == 2 and "notes.wav" in left[0] and "pad.flac" in left[1]
