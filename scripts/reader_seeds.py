"""Make the small valid files that readers are tried with: `tests/faults/seeds/`.

    python scripts/reader_seeds.py

They are kept in the repository, so that damage to them can be repeated; this says how they
were made.  Needs the extras `[train]` and `[video]`.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import av
import mido
import numpy as np
import onnx
import soundfile
import torch
from numpy.typing import NDArray

from drumnet.arrays import write_arrays
from drumnet.beats.evidence import StemEvidence
from drumnet.corpus.reading import corpus_song
from drumnet.corpus.ticksong import TickStore
from drumnet.evaluation.report.file import write_report
from drumnet.evaluation.report.model import Report, Row, SongFacts
from drumnet.graph import MODEL_FILE, file_hash
from drumnet.hearing.conditioning import HEARD_ROLES
from drumnet.model.checkpoint import CHECKPOINT_FORMAT, GRAPHS, PRESETS_FILE
from drumnet.model.fill_bank import FillBank
from drumnet.style.bank import StyleBank
from drumnet.style.code import StyleCode
from drumnet.style.directions import Controls
from drumnet.style.habits import Habits
from drumnet.style.map import MapAxis, StyleMap
from drumnet.style.passages import Passages
from drumnet.training.band.strokes import StrokeKit
from drumnet.training.beats.render import Clip
from drumnet.training.beats.songs import read_song, save_songs
from drumnet.training.drummer.config import TrainConfig
from drumnet.training.drummer.simulate import Hearing, HearingBank
from readers import READERS, SEEDS

RATE_HZ = 22_050


def _stroke(num_samples: int = 900, channels: int = 2) -> NDArray[np.float64]:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (num_samples, channels))
    return np.asarray(noise * np.exp(-np.arange(num_samples) / 200)[:, None])


def _sounds() -> None:
    for name in ("wav", "flac", "aiff", "ogg", "mp3"):
        soundfile.write(_seed(name, f"kick.{name}"), _stroke(), RATE_HZ)
    soundfile.write(_seed("wav", "float.wav"), _stroke(), 48_000, subtype="FLOAT")
    _encoded(_seed("m4a", "a.m4a"), "aac", 1, "ipod")
    _encoded(_seed("mka", "a.mka"), "libmp3lame", 1, "matroska")
    _encoded(_seed("stem_mp4", "a.stem.mp4"), "aac", 5, "mp4")


def _encoded(path: Path, codec: str, num_tracks: int, form: str) -> None:
    with av.open(str(path), "w", format=form) as out:
        streams = [out.add_stream(codec, 44_100, layout="stereo") for _ in range(num_tracks)]
        for number, stream in enumerate(streams):
            samples = np.roll(_stroke(2_000), 100 * number, axis=0).T.astype(np.float32)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
            frame.rate = 44_100
            for packet in [*stream.encode(frame), *stream.encode(None)]:  # type: ignore[union-attr]
                out.mux(packet)


def _midi() -> None:
    tempo = mido.MetaMessage("set_tempo", tempo=500_000)
    metre = mido.MetaMessage("time_signature", numerator=4, denominator=4)
    tracks = [mido.MidiTrack([tempo, metre])]
    for name, channel, keys in (("DRUMS", 9, (36, 42, 38, 42)), ("BASS", 0, (40, 43, 40, 45))):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        for key in keys * 10:
            note = {"channel": channel, "note": key}
            track += [mido.Message("note_on", **note), mido.Message("note_off", time=480, **note)]
        tracks.append(track)
    mido.MidiFile(tracks=tracks).save(_seed("midi", "song.mid"))
    six = mido.MetaMessage("time_signature", numerator=6, denominator=8)
    track = mido.MidiTrack([six, tempo, mido.MetaMessage("key_signature", key="Am")])
    track += [mido.Message("note_on", note=36, time=240), mido.Message("note_off", time=1200)]
    mido.MidiFile(type=0, tracks=[track]).save(_seed("midi", "six.mid"))


def _texts() -> None:
    beats = [(beat * 0.5, beat % 4 + 1) for beat in range(16)]
    _write("beats", "beats.tsv", "".join(f"{s:.6f}\t{n}\n" for s, n in beats))
    _write("beats", "audacity.txt", "".join(f"{s:.6f}\t{s:.6f}\t{n}\n" for s, n in beats))
    _write("beats", "commas.txt", "".join(f"{s:.3f};{n}\n".replace(".", ",") for s, n in beats))
    _write("times", "taps.csv", "time_s,velocity\n0.5,90\n1.0,64\n")
    _write("times", "pieces.csv", "0.5 KD\n1.0 SD\n1.5 KD\n")
    _write("hits", "hits.csv", "time_s,piece,velocity\n0.5,kick,90\n1.0,snare,64\n")
    _write("sections", "sections.tsv", "1\tverse\n5\tchorus\n")
    _write("midi_map", "map.csv", "piece,key\nkick,36\nsnare,38\n")
    _write(
        "sfz", "kit.sfz",
        "#define $K 36\n<control> default_path=\n<group> volume=-3\n"
        "<region> key=$K sample=kick.wav tune=10 lovel=1 hivel=127\n",
    )  # fmt: skip
    _write("manifest", "manifest.json", '[{"file": "a.mid", "split": "test", "open": true}]\n')
    _write(
        "groove", "info.csv",
        "midi_filename,beat_type,time_signature,split,bpm,style\na.mid,beat,4-4,test,120,rock\n",
    )  # fmt: skip


def _hydrogen() -> None:
    xml = (
        '<drumkit_info xmlns="http://www.hydrogen-music.org/drumkit"><name>K</name>'
        "<instrumentList><instrument><id>0</id><name>Kick</name><volume>1</volume>"
        "<layer><filename>kick.wav</filename><min>0</min><max>1</max><gain>1</gain>"
        "</layer></instrument></instrumentList></drumkit_info>"
    )
    _write("drumkit_xml", "drumkit.xml", xml)
    sound = (SEEDS / "wav" / "kick.wav").read_bytes()
    members = {"K/drumkit.xml": xml.encode(), "K/kick.wav": sound}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    _seed("hydrogen", "plain.h2drumkit").write_bytes(packed.getvalue())
    squeezed = gzip.compress(packed.getvalue(), mtime=0)
    _seed("hydrogen", "packed.h2drumkit").write_bytes(squeezed)
    with zipfile.ZipFile(_seed("hydrogen", "zip.h2drumkit"), "w") as zipped:
        for name, data in members.items():
            zipped.writestr(zipfile.ZipInfo(name), data)


def _weights() -> None:
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, None])
    out = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, None])
    node = onnx.helper.make_node("Relu", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "tiny", [value], [out])
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
    )
    onnx.save(model, str(_seed("graph", "decode.onnx")))
    preset = {
        "name": "plain", "description": "2 kicks a bar", "code": [0.0] * 16,
        "measures": {"density": 2.0},
    }  # fmt: skip
    _write("presets", PRESETS_FILE, json.dumps([preset]) + "\n")
    graphs = {f"{name}.onnx": file_hash(SEEDS / "graph" / "decode.onnx") for name in GRAPHS}
    presets = {PRESETS_FILE: file_hash(SEEDS / "presets" / PRESETS_FILE)}
    about = {
        "format": CHECKPOINT_FORMAT, "name": "tiny", "roles": [r.value for r in HEARD_ROLES],
        "pieces": ["kick"], "code_size": 16, "floors": [0.3], "provenance": {},
        "sha256": graphs | presets,
    }  # fmt: skip
    _write("model", MODEL_FILE, json.dumps(about) + "\n")
    rng = np.random.default_rng(0)
    axis = MapAxis("density", "sparse", "dense")
    numbers = [rng.random(shape, np.float32) for shape in ((2, 2, 16), (2, 2), (2, 16), (2,))]
    StyleMap(axis, axis, *numbers).save(_seed("style_map", "map.npz"))
    one = rng.random((3, 16), np.float32)
    Controls(one[0], one[1], one[2:], np.array(4.0, np.float32)).save(
        _seed("controls", "controls.npz")
    )
    FillBank(np.full((1, 4, 12), 64, np.uint8), np.zeros((1, 4, 12), np.int8)).save(
        _seed("fills", "fills.npz")
    )
    passages = Passages(rng.random((2, 4), np.float32), rng.random((2, 16), np.float32))
    StyleBank(one.astype(np.float16), [passages, None, passages]).save(
        _seed("styles", "styles.npz")
    )
    code = np.linspace(-1, 1, 16).astype(np.float32)
    StyleCode(code, "tiny@0", "seed", Habits(passages)).save(_seed("style", "style.json"))


def _training() -> None:
    write_arrays(_seed("arrays", "a.npz"), {"a": np.arange(50), "b": np.ones((4, 4))})
    TrainConfig().save(_seed("training_config", "config.json"))
    torch.save({"step": 3, "model": {"weight": torch.ones(2, 2)}}, _seed("state", "state.pt"))
    entry = {"file": "song.mid", "split": "train", "source": "made", "kind": "gm", "open": True}
    song, beats = corpus_song(SEEDS / "midi", entry), read_song(SEEDS / "midi", entry)
    assert song is not None and beats is not None
    TickStore([song]).save(_seed("prepared_songs", "songs.npz"))
    save_songs([beats], _seed("beat_songs", "songs.npz"))
    quantiles = np.linspace(0, 1, 99, dtype=np.float32).reshape(3, 33)
    HearingBank({"bass": [Hearing(quantiles)]}).save(_seed("hearings", "hearings.npz"))
    heard = StemEvidence(np.ones((8, 6), np.float32), np.ones((4, 24), np.float32))
    clip = Clip(
        "a",
        "train",
        "made",
        "none",
        {"BASS": heard},
        beats.notes[:4],
        beats.beats_s,
        beats.beat_in_bar,
    )
    clip.save(_seed("beat_clip", "clip.npz"))
    wave = _stroke(channels=1)[:, 0].astype(np.float32)
    StrokeKit("made", {36: [wave]}).save(_seed("strokes", "kit.npz"))
    strokes = np.array([[0.1, 0, -10], [0.2, 1, -12]], np.float32)
    clips = {"heard": np.zeros((1, 30, 80), np.float16), "strokes": strokes}
    write_arrays(_seed("drum_clips", "shard.npz"), {**clips, "clip": np.zeros(2, np.int64)})


def _report() -> None:
    made = dict.fromkeys(
        ("date", "drumnet", "python", "packages", "machine", "seed", "quick", "seconds"), 0
    )
    row = Row("corpus", "transfer", "drumnet", "tick F1", value=0.8, per_song=[0.8])
    write_report(
        _seed("report", "report.json"),
        Report(
            made, dict.fromkeys(("name", "sha256", "floors"), "x"),
            dict.fromkeys(("name", "sha256", "split", "num_songs", "recordings"), "x"),
            {"corpus": [SongFacts("a", bpm=120.0)]}, [row],
        ),
    )  # fmt: skip


def _seed(reader: str, name: str) -> Path:
    (SEEDS / reader).mkdir(parents=True, exist_ok=True)
    return SEEDS / reader / name


def _write(reader: str, name: str, text: str) -> None:
    _seed(reader, name).write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    for make in (_sounds, _midi, _texts, _hydrogen, _weights, _training, _report):
        make()
    assert {path.name for path in SEEDS.iterdir()} == set(READERS)


if __name__ == "__main__":
    main()
