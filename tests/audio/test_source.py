"""Sound goes through files, rates and channels unharmed; bad files give one clear line."""

from __future__ import annotations

import os
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from drumnet.audio.source import (
    Audio,
    AudioFile,
    mono_blocks,
    open_audio,
    read_audio,
    write_wav,
)
from drumnet.audio.stretches import overlapping_blocks
from drumnet.errors import AudioError, OutputError

RATE = 44_100


def clicks(times_s: tuple[float, ...], duration_s: float, rate: int = RATE) -> NDArray[np.float32]:
    """(1, n): bursts of 2 ms at the given times."""
    samples = np.zeros((1, round(duration_s * rate)), dtype=np.float32)
    for time_s in times_s:
        samples[0, round(time_s * rate) :][: rate // 500] = 0.8
    return samples


def first_loud_s(samples: NDArray[np.float32], rate: int, after_s: float) -> float:
    start = round(after_s * rate)
    return (start + int(np.argmax(np.abs(samples[0, start:]) > 0.3))) / rate


@pytest.mark.parametrize(
    ("suffix", "subtype", "error"),
    [
        ("wav", "PCM_U8", 1 / 100),
        ("wav", "PCM_16", 1 / 30_000),
        ("wav", "PCM_24", 1e-6),
        ("wav", "FLOAT", 0),
        ("wav", "DOUBLE", 0),
        ("aiff", "PCM_S8", 1 / 100),
        ("aiff", "DOUBLE", 0),
        ("flac", "PCM_24", 1e-6),
        ("ogg", "VORBIS", 0.1),
        ("mp3", "MPEG_LAYER_III", 0.1),
    ],
)
def test_every_format_gives_the_samples_that_were_written(
    tmp_path: Path, suffix: str, subtype: str, error: float
) -> None:
    time_s = np.arange(RATE) / RATE
    tones = [0.5 * np.sin(2 * np.pi * hz * time_s) for hz in (220, 330)]
    samples = np.array(tones, dtype=np.float32)
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, samples.T, RATE, subtype=subtype)
    audio = read_audio(path)
    assert (audio.sample_rate, audio.samples.shape) == (RATE, (2, RATE))
    middle = slice(2000, -2000)  # lossy coders are rough at the ends
    np.testing.assert_allclose(audio.samples[:, middle], samples[:, middle], atol=error)


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (48_000, 8), (192_000, 2)])
def test_a_click_stays_at_its_time_at_any_rate(tmp_path: Path, rate: int, channels: int) -> None:
    path = tmp_path / "click.wav"
    soundfile.write(path, np.repeat(clicks((1.0,), 2.0, rate), channels, axis=0).T, rate)
    for out_rate in (rate, 16_000, 44_100):
        mono = np.concatenate(list(mono_blocks(open_audio(path), out_rate, block_s=0.3)))
        assert mono.shape == (2 * out_rate,)
        assert first_loud_s(mono[None], out_rate, 0.0) == pytest.approx(1.0, abs=0.001)


def test_blocks_do_not_change_the_sound() -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (2, 30_001)).astype(np.float32)
    audio = Audio(noise, RATE)
    whole = audio.mono().resampled(16_000).samples[0]
    parts = np.concatenate(list(mono_blocks(audio, 16_000, block_s=0.01)))
    assert len(parts) == round(30_001 * 16_000 / RATE)
    np.testing.assert_allclose(parts, whole[: len(parts)], atol=1e-4)
    np.testing.assert_array_equal(np.concatenate(list(audio.blocks(777)), axis=1), noise)


def test_silence_is_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silence.wav", np.zeros(RATE), RATE)
    assert not read_audio(tmp_path / "silence.wav").samples.any()


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    minute = np.zeros((2, RATE * 60), dtype=np.float32)
    write_wav(path, (minute for _ in range(4)), RATE, 2, "PCM_16")
    tracemalloc.start()
    total = sum(len(block) for block in mono_blocks(open_audio(path), 16_000, block_s=5.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == 4 * 60 * 16_000
    assert peak < 16e6  # the samples alone are 85 MB


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 5000)).astype(np.float32)
    blocks = [samples[:, :1234], samples[:, 1234:]]
    write_wav(tmp_path / "out.wav", blocks, 48_000, 2)
    audio = read_audio(tmp_path / "out.wav")
    assert audio.sample_rate == 48_000
    np.testing.assert_allclose(audio.samples, samples, atol=2**-23)
    assert soundfile.info(tmp_path / "out.wav").subtype == "PCM_24"


def test_over_full_scale_is_clipped_not_wrapped(tmp_path: Path) -> None:
    write_wav(tmp_path / "loud.wav", [np.array([[1.5, -1.5]])], RATE, 1)
    np.testing.assert_allclose(read_audio(tmp_path / "loud.wav").samples, [[1, -1]], atol=1e-6)


def test_a_fault_while_writing_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[NDArray[np.float32]]:
        yield np.zeros((1, 100), dtype=np.float32)
        raise AudioError("a stem broke")

    with pytest.raises(AudioError, match="a stem broke"):
        write_wav(tmp_path / "mix.wav", broken(), RATE, 1)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot write"):
        write_wav(tmp_path / "file" / "mix.wav", [], RATE, 1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_samples_that_are_not_finite_are_told_with_their_time(tmp_path: Path, bad: float) -> None:
    samples = np.zeros((8 * RATE, 2))
    samples[5 * RATE + 4410, 1] = bad
    soundfile.write(tmp_path / "bad.wav", samples, RATE, subtype="DOUBLE")
    with pytest.raises(AudioError, match=r"bad\.wav' holds samples that are not finite.* 5\.10 s"):
        read_audio(tmp_path / "bad.wav")
    with pytest.raises(AudioError, match=r"not finite .* at 5\.10 s"):
        list(mono_blocks(open_audio(tmp_path / "bad.wav"), 16_000))


def header_only_wav(path: Path, rate: int, channels: int, frames: int) -> None:
    soundfile.write(path, np.zeros((frames, channels)), rate)


def test_unusable_files_give_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("these are the lyrics " * 50)
    (tmp_path / "text.mp3").write_text("these are the lyrics " * 50)
    (tmp_path / "noise.raw").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "head.wav").write_bytes(b"RIFF\x24\0\0\0WAVEfmt ")
    header_only_wav(tmp_path / "none.wav", RATE, 2, 0)
    header_only_wav(tmp_path / "slow.wav", 4_000, 1, 10)
    header_only_wav(tmp_path / "fast.wav", 384_000, 1, 10)
    header_only_wav(tmp_path / "wide.wav", RATE, 9, 10)
    said = {
        "missing.wav": "no such file",
        ".": "is a folder",
        "empty.wav": "is empty",
        "text.wav": "no sound file that can be read",
        "text.mp3": "no sound file that can be read",
        "noise.raw": "no sound file that can be read",
        "head.wav": "no sound file that can be read",
        "none.wav": "holds no sound",
        "slow.wav": "sample rate of 4000 Hz",
        "fast.wav": "sample rate of 384000 Hz",
        "wide.wav": "9 channels",
    }
    for name, words in said.items():
        with pytest.raises(AudioError, match=words) as caught:
            open_audio(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, RATE * 2)
    for suffix in ("flac", "wav"):
        path = tmp_path / f"cut.{suffix}"
        soundfile.write(path, noise, RATE)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match=r"damaged or cut off after (0\.9|1\.0) s"):
        read_audio(tmp_path / "cut.flac")
    assert read_audio(tmp_path / "cut.wav").duration_s == pytest.approx(1.0, abs=0.01)


def test_odd_mp3_files_do_not_chatter(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """libmpg123 says what it dislikes on the process's stderr: that is kept off."""
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "whole.mp3", rng.uniform(-0.5, 0.5, RATE * 4), RATE)
    whole = (tmp_path / "whole.mp3").read_bytes()
    (tmp_path / "tagged.mp3").write_bytes(whole + bytes(len(whole) // 2))
    assert read_audio(tmp_path / "tagged.mp3").duration_s == pytest.approx(4.0, abs=0.1)
    (tmp_path / "cut.mp3").write_bytes(whole[: len(whole) // 2])
    assert read_audio(tmp_path / "cut.mp3").duration_s == pytest.approx(4.0, abs=0.1)
    (tmp_path / "noise.mp3").write_bytes(b"\xff\xfb\x90\0" + rng.bytes(50_000))
    with pytest.raises(
        AudioError, match=r"noise\.mp3' is no sound file that can be read \(damaged"
    ):
        open_audio(tmp_path / "noise.mp3")
    os.write(2, b"stderr works")
    assert capfd.readouterr().err == "stderr works"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every file name is Unicode")
def test_file_names_that_the_locale_cannot_spell(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/B\xe4ss.wav"))
    write_wav(path, [clicks((0.1,), 0.5)], RATE, 1)
    assert read_audio(path).duration_s == 0.5


@pytest.mark.parametrize("name", ["a.m4a", "a.mov", "a.mp4", "a.mkv"])
def test_without_pyav_the_extra_is_named(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    (tmp_path / name).write_bytes(b"\0\0\0\x20ftypM4A ")
    with pytest.raises(AudioError, match=r"pip install 'drumnet\[video\]'"):
        open_audio(tmp_path / name)


def encoded(path: Path, samples: NDArray[np.float32], codec: str) -> AudioFile:
    """Write sound with PyAV, mono samples on both channels of a stereo track."""
    import av

    stereo = np.ascontiguousarray(np.repeat(samples, 2, axis=0))
    with av.open(str(path), "w", format="adts" if path.suffix == ".aac" else None) as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(stereo, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE, 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return open_audio(path)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.m4a", "aac"), ("a.mp4", "aac"), ("a.mov", "aac"), ("a.mkv", "aac"), ("a.aac", "aac"),
     ("b.m4a", "alac"), ("b.mkv", "flac")],
)  # fmt: skip
def test_sound_of_video_lies_at_its_time(tmp_path: Path, name: str, codec: str) -> None:
    pytest.importorskip("av")
    file = encoded(tmp_path / name, clicks((1.0, 2.5), 4.0), codec)
    assert (file.sample_rate, file.num_channels) == (RATE, 2)
    assert file.duration_s == pytest.approx(4.0, abs=0.05)
    blocks = list(file.blocks(10_000))
    assert max(block.shape[1] for block in blocks) <= 10_000
    samples = np.concatenate(blocks, axis=1)
    assert samples.shape == (2, file.num_samples)
    assert first_loud_s(samples, RATE, 0.5) == pytest.approx(1.0, abs=0.003)
    assert first_loud_s(samples, RATE, 2.0) == pytest.approx(2.5, abs=0.003)


def test_a_video_without_sound_and_no_video_at_all(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    (tmp_path / "text.m4a").write_text("these are the lyrics " * 50)
    with pytest.raises(AudioError, match="no sound or video file that can be read"):
        open_audio(tmp_path / "text.m4a")
    with av.open(str(tmp_path / "mute.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame(16, 16, "yuv420p")
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    with pytest.raises(AudioError, match="has no sound track"):
        open_audio(tmp_path / "mute.mp4")


def test_audio_in_memory_is_checked_and_kept() -> None:
    with pytest.raises(AudioError, match=r"expected \(channels, samples\)"):
        Audio(np.zeros(5, dtype=np.float32), RATE)
    with pytest.raises(AudioError, match="not finite"):
        Audio(np.array([[0, np.nan]], dtype=np.float32), RATE)
    own = np.zeros((1, 5), dtype=np.float32)
    with pytest.raises(ValueError, match="read-only"):
        Audio(own, RATE).samples[0, 0] = 1
    own[0, 0] = 1  # the caller's array stays the caller's
    assert Audio(own, RATE).duration_s == 5 / RATE


def test_windows_go_on_from_block_to_block_the_first_centred_on_0() -> None:
    rate, size, hop = 1_000, 64, 10
    noise = np.random.default_rng(0).standard_normal((1, 70 * rate)).astype(np.float32)
    whole = np.pad(noise[0], size // 2)
    wanted = np.lib.stride_tricks.sliding_window_view(whole, size)[::hop]
    stretches = list(overlapping_blocks(Audio(noise, rate), rate, size, hop))
    assert len(stretches) > 2
    found = [np.lib.stride_tricks.sliding_window_view(one, size)[::hop] for one in stretches]
    np.testing.assert_array_equal(np.concatenate(found), wanted)


def test_floats_keep_what_is_beyond_full_scale_and_no_date(tmp_path: Path) -> None:
    """libsndfile writes the seconds since 1970 into a WAV of floats."""
    sound = np.array([[0.25, -1.75, 0.5]], np.float32)
    write_wav(tmp_path / "a.wav", [sound], RATE, 1, "FLOAT")
    np.testing.assert_array_equal(read_audio(tmp_path / "a.wav").samples, sound)
    raw = (tmp_path / "a.wav").read_bytes()
    peak = raw.index(b"PEAK")
    assert raw[peak + 12 : peak + 16] == bytes(4)
