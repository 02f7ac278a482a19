"""A project opens as it was played: hits, tempo, bars, markers, levels and sounds."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from drumnet.audio.source import Audio, write_wav
from drumnet.errors import OutputError
from drumnet.grid import BeatGrid
from drumnet.hearing.sections import Section
from drumnet.hits import MAX_VELOCITY, DrumTrack, Hit, Piece
from drumnet.kits.kit import embedded_kit
from drumnet.midi.layout import MidiLayout, Tempo
from drumnet.midi.timeline import MAX_ERROR_S, Timeline
from drumnet.projects.formats import ProjectFormat
from drumnet.projects.session import DRUMS_COLOUR, MOST_GAIN, SONG_COLOUR, Fader, Mix
from drumnet.projects.stems import stem_files, write_stems
from drumnet.rendering.mixdown import MIX_RATE_HZ, measure_mix, mix_blocks
from drumnet.song.onsets import Onsets
from drumnet.song.roles import Role
from drumnet.song.song import Song, Stem
from drumnet.style.code import CODE_SIZE, StyleCode
from drumnet.take_files import Take, file_names, keep_stems, write_drums, write_projects
from project_readers import ReadProject, read_project

PIECES = (Piece.KICK, Piece.SNARE, Piece.OPEN_HAT)
SECTIONS = (Section(0, "intro"), Section(6, "verse <1>"), Section(22, "chorus “loud”"))
FORMATS = [
    pytest.param(ProjectFormat.DAWPROJECT, id="dawproject"),
    pytest.param(ProjectFormat.RPP, id="rpp"),
]
NUM_BEATS = 60


def opened(path: Path) -> ReadProject:
    """A project read again."""
    if path.suffix == ".rpp":
        pytest.importorskip("rpp", reason="rpp, of the extra [dev], is not installed")
    return read_project(path)


def tone(seconds: float, num_channels: int = 1) -> Audio:
    at = np.arange(round(seconds * MIX_RATE_HZ)) / MIX_RATE_HZ
    sound = 0.25 * np.sin(2 * np.pi * 220 * at)
    return Audio(np.tile(sound.astype(np.float32), (num_channels, 1)), MIX_RATE_HZ)


def drifting_grid() -> BeatGrid:
    """A pickup of two beats behind 0.2 s of nothing, then bars of 4 and some of 3."""
    steps = 0.5 + 0.03 * np.sin(np.arange(NUM_BEATS - 1) / 9)
    numbers = [3, 4, *([1, 2, 3, 4] * 5), *([1, 2, 3] * 6), *([1, 2, 3, 4] * 5)]
    return BeatGrid(0.2 + np.concatenate([[0], np.cumsum(steps)]), np.array(numbers))


def played(grid: BeatGrid) -> DrumTrack:
    """Loose hits, some of them at once."""
    rng = np.random.default_rng(5)
    ticks = np.sort(rng.integers(0, grid.num_ticks, 300))
    times = grid.ticks_to_seconds(ticks) + rng.uniform(-0.01, 0.01, 300)
    hits = [
        Hit(float(abs(at)), int(tick), PIECES[i % 3], int(rng.integers(1, 128)))
        for i, (at, tick) in enumerate(zip(times, ticks, strict=True))
    ]
    return DrumTrack(tuple(hits))


@lru_cache
def take(grid: BeatGrid | None = None) -> Take:
    grid = grid or drifting_grid()
    duration_s = float(grid.beats_s[-1])
    stems = (
        Stem("Bass: DI", Role.BASS, tone(duration_s)),
        Stem("bass_ di", Role.OTHER, tone(duration_s - 3, 2)),
        Stem("old drums", Role.DRUMS, tone(duration_s)),
        Stem("taps", Role.SNARE, Onsets(np.array([1.0]), np.array([1.0]))),
    )
    code = StyleCode(np.linspace(-1, 1, CODE_SIZE, dtype=np.float32), "w@1", "a name & more")
    kit = embedded_kit(pieces=PIECES)
    return Take(Song(stems), played(grid), grid, code, kit, PIECES, duration_s, SECTIONS)


def a_mix(of: Take) -> Mix:
    stems = [Fader(0.5), Fader(1.5, solo=True), Fader(mute=True), Fader()]
    return Mix(stems, {Piece.SNARE: Fader(0.7, mute=True)}, Fader(0.8), 0.9)


def written(
    folder: Path, kind: ProjectFormat, of: Take, mix: Mix, layout: MidiLayout | None = None
) -> ReadProject:
    write_drums(folder, of, 1.0)
    write_projects(folder, of, [kind], "A & B\nlive", layout or MidiLayout(), mix)
    return opened(folder / kind.file_name)


@pytest.fixture(scope="module", params=FORMATS)
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ReadProject:
    return written(tmp_path_factory.mktemp("project"), request.param, take(), a_mix(take()))


def test_every_hit_is_within_a_millisecond(project: ReadProject) -> None:
    track = take().track
    kit = sorted(project.tracks["kit notes"].hits, key=lambda hit: (hit.time_s, hit.key))
    times = sorted(hit.time_s for hit in kit)
    due = [hit.onset_s for hit in track]
    assert np.abs(np.array(times) - due).max() <= MAX_ERROR_S + 1e-6
    for piece, name in zip(PIECES, ("kick", "snare", "open hat"), strict=True):
        own = project.tracks[f"{name} notes"].hits
        wanted = track.of(piece)
        assert [(hit.key, hit.velocity) for hit in own] == [
            (piece.midi_key, hit.velocity) for hit in wanted
        ]
        assert (
            np.abs(np.subtract([h.time_s for h in own], [h.onset_s for h in wanted])).max() <= 2e-3
        )
    assert sum(len(one.hits) for one in project.tracks.values()) == 2 * len(track)


def test_the_tempo_is_that_of_the_midi_file(project: ReadProject) -> None:
    timeline = Timeline.of(drifting_grid())
    found = np.array(project.tempos)
    np.testing.assert_allclose(found[:, 0], timeline.tempo.starts, atol=1e-6)
    np.testing.assert_allclose(found[:, 1], timeline.tempo.bpm(), rtol=1e-9)
    assert len(found) > 10


def test_bars_begin_where_they_do(project: ReadProject) -> None:
    """An eighth leads in, then the pickup, then the bars."""
    assert project.signatures == (
        (0.0, 1, 8),
        (0.5, 2, 4),
        (2.5, 4, 4),
        (22.5, 3, 4),
        (40.5, 4, 4),
    )


def test_sections_are_markers_with_their_names(project: ReadProject) -> None:
    grid = drifting_grid()
    assert [name for _, name in project.markers] == [one.name for one in SECTIONS]
    due = [grid.beats_s[one.start_beat] for one in SECTIONS]
    np.testing.assert_allclose([at for at, _ in project.markers], due, atol=MAX_ERROR_S)


def test_tracks_have_levels_and_colours_of_the_studio(project: ReadProject) -> None:
    rows = {name: (one.under, one.gain, one.mute, one.solo) for name, one in project.tracks.items()}
    assert rows == {
        "Bass: DI": ("", 0.5, False, False),
        "bass_ di": ("", 1.5, False, True),
        "old drums": ("", 1.0, True, False),
        "drums": ("", 0.8, False, False),
        "kick": ("drums", 1.0, False, False),
        "snare": ("drums", 0.7, True, False),
        "open hat": ("drums", 1.0, False, False),
        "drum notes": ("", 1.0, False, False),
        "kit notes": ("drum notes", 1.0, False, False),
        "kick notes": ("drum notes", 1.0, False, False),
        "snare notes": ("drum notes", 1.0, False, False),
        "open hat notes": ("drum notes", 1.0, False, False),
    }
    assert project.master == pytest.approx(0.9)
    song = ("Bass: DI", "bass_ di", "old drums")
    for name, one in project.tracks.items():
        assert one.colour == (SONG_COLOUR if name in song else DRUMS_COLOUR)


def test_the_sounds_are_the_stems_and_the_pieces(project: ReadProject) -> None:
    duration_s = take().duration_s
    for name, (channels, seconds) in {
        "Bass: DI": (1, duration_s),
        "bass_ di": (2, duration_s - 3),
        "kick": (1, duration_s),
    }.items():
        sound = project.tracks[name].sound
        assert sound is not None and sound.sample_rate == MIX_RATE_HZ
        assert sound.num_samples == pytest.approx(seconds * MIX_RATE_HZ, abs=1)
        if name != "kick":
            assert sound.num_channels == channels


def test_the_style_can_be_read_out_of_it(project: ReadProject) -> None:
    style = take().style
    assert f"style: {style.source}" in project.about and f"weights: {style.model}" in project.about
    numbers = re.search(r"code: (.*)", project.about)
    assert numbers is not None
    np.testing.assert_allclose([float(n) for n in numbers[1].split()], style.code, rtol=1e-5)


@pytest.mark.parametrize("kind", FORMATS)
def test_one_tempo_in_a_project_of_a_constant_one(tmp_path: Path, kind: ProjectFormat) -> None:
    steady = BeatGrid.constant(174, 30)
    for tempo in (Tempo.MAP, Tempo.NONE, Tempo.CONSTANT):
        folder = tmp_path / tempo.value
        folder.mkdir()
        of = take(steady)
        found = written(folder, kind, of, a_mix(of), MidiLayout(tempo=tempo))
        assert len(found.tempos) == len(found.signatures) == 1
        assert found.tempos[0][1] == pytest.approx(174, rel=1e-5)


def mixed_down(project: ReadProject, sounds: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """What the faders of a project make of its sounds, without solo."""
    total = np.zeros_like(next(iter(sounds.values())))
    for name, sound in sounds.items():
        track = project.tracks[name]
        gain = 0.0 if track.mute else track.gain
        if track.under:
            gain *= project.tracks[track.under].gain
        total += np.float32(gain * project.master) * sound
    return total


@pytest.mark.parametrize("kind", FORMATS)
def test_it_sounds_like_the_mix(tmp_path: Path, kind: ProjectFormat) -> None:
    """The song is so loud that the drums are made louder, and all softer."""
    import soundfile

    of = take()
    loud = Audio(np.full((1, round(of.duration_s * MIX_RATE_HZ)), 0.8, np.float32), MIX_RATE_HZ)
    song = Song((Stem("bass", Role.BASS, loud), Stem("drums before", Role.DRUMS, tone(2))))
    of = replace(of, song=song)
    levels = measure_mix(song, of.track, of.kit, of.duration_s)
    assert levels.drums_gain > 1.0 > levels.master_gain
    write_drums(tmp_path, of, levels.drums_gain)
    mix_of_song = Mix.of(song, levels.master_gain)
    write_projects(tmp_path, of, [kind], "song", MidiLayout(), mix_of_song)
    project = opened(tmp_path / kind.file_name)
    assert max(track.gain for track in project.tracks.values()) <= MOST_GAIN + 1e-9
    assert project.tracks["drums before"].mute
    sounds = {"bass": loud.samples[0]}
    for piece, name in zip(PIECES, ("kick", "snare", "open hat"), strict=True):
        sounds[name] = soundfile.read(tmp_path / f"{piece.value}.wav", dtype="float32")[0]
        if sounds[name].ndim == 2:
            sounds[name] = sounds[name][:, 0]
    mix = np.concatenate(list(mix_blocks(song, of.track, of.kit, levels=levels)), axis=1)[0]
    np.testing.assert_allclose(mixed_down(project, sounds), mix, atol=2e-4)


def test_faders_beyond_their_top_keep_their_balance() -> None:
    mix = Mix([Fader(4.0), Fader(1.0)], {Piece.KICK: Fader(3.0)}, Fader(1.0), 0.5)
    found = mix.within_reach()
    gains = [*(f.gain for f in found.stems), found.pieces[Piece.KICK].gain, found.drums.gain]
    assert max(gains) <= MOST_GAIN
    heard = (4.0 * 0.5, 1.0 * 0.5, 3.0 * 1.0 * 0.5)
    assert heard == pytest.approx(
        (
            found.stems[0].gain * found.master,
            found.stems[1].gain * found.master,
            found.pieces[Piece.KICK].gain * found.drums.gain * found.master,
        )
    )
    assert Mix([Fader(1.9)]).within_reach() == Mix([Fader(1.9)])


def test_levels_are_those_of_the_mix() -> None:
    song = take().song
    mix = Mix.of(song, 0.5)
    assert [fader.mute for fader in mix.stems] == [False, False, True, False]
    assert (mix.drums.gain, mix.master) == (1.0, 0.5)


# ------------------------------------------------------------------ files


def test_stems_have_names_that_every_system_takes_and_tells_apart() -> None:
    names = stem_files(take().song)
    assert names == ["stems/Bass_ DI.wav", "stems/bass_ di 2.wav", "stems/old drums.wav", None]


def test_a_wav_is_copied_and_others_are_decoded_without_loss(tmp_path: Path) -> None:
    import soundfile

    loud = np.array([[0.25, -1.75, 0.5]], np.float32)
    write_wav(tmp_path / "a.wav", [loud / 2], MIX_RATE_HZ, 1)
    made = Stem("b", Role.OTHER, Audio(loud, MIX_RATE_HZ))
    song = Song((Stem("a", Role.BASS, tone(1), tmp_path / "a.wav"), made))
    write_stems(tmp_path, song)
    assert (tmp_path / "stems/a.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()
    samples, _ = soundfile.read(tmp_path / "stems/b.wav", dtype="float32")
    np.testing.assert_array_equal(samples, loud[0])


def test_the_same_take_gives_the_same_bytes(tmp_path: Path) -> None:
    """A second later, too: libsndfile writes the time into floats."""
    for kind in ProjectFormat:
        first, second = tmp_path / f"1{kind.value}", tmp_path / f"2{kind.value}"
        for folder in (first, second):
            folder.mkdir()
            written(folder, kind, take(), a_mix(take()))
        name = kind.file_name
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_formats_are_named() -> None:
    both = (ProjectFormat.DAWPROJECT, ProjectFormat.RPP)
    assert ProjectFormat.parse("rpp, DAWproject") == both
    assert ProjectFormat.parse(["rpp", "dawproject,rpp"]) == both
    assert ProjectFormat.parse(()) == ()
    with pytest.raises(OutputError, match="no project is called 'als': choose from dawproject, r"):
        ProjectFormat.parse("als")


def test_what_is_written_is_told_before() -> None:
    song = take().song
    stems = [name for name in stem_files(song) if name]
    rpp = file_names(PIECES, projects=[ProjectFormat.RPP], song=song)
    assert set(stems) < set(rpp) and rpp[-1] == "drums.rpp"
    dawproject = file_names(PIECES, projects=[ProjectFormat.DAWPROJECT], song=song)
    assert not set(stems) & set(dawproject) and dawproject[-1] == "drums.dawproject"


# ------------------------------------------------------------------ the schema of DAWproject

#: As github.com/bitwig/dawproject has them, under the licence beside them.
SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(scope="module")
def dawproject(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dawproject")
    write_drums(folder, take(), 1.0)
    kind = ProjectFormat.DAWPROJECT
    write_projects(folder, take(), [kind], "song", MidiLayout(), a_mix(take()))
    return folder / kind.file_name


@pytest.fixture(scope="module")
def project_xml(dawproject: Path) -> list[ElementTree.Element]:
    with zipfile.ZipFile(dawproject) as archive:
        return list(ElementTree.fromstring(archive.read("project.xml")).iter())


@pytest.mark.parametrize(
    "name, schema", [("project.xml", "Project.xsd"), ("metadata.xml", "MetaData.xsd")]
)
def test_the_schemas_of_the_format_allow_what_is_written(
    dawproject: Path, name: str, schema: str
) -> None:
    xmlschema = pytest.importorskip("xmlschema", reason="the extra [dev] is not installed")
    rules = xmlschema.XMLSchema(SCHEMAS / schema)
    with zipfile.ZipFile(dawproject) as archive:
        root = ElementTree.fromstring(archive.read(name))
    rules.validate(root)
    # And they do refuse what is none.
    ElementTree.SubElement(root, "Tempo", unit="bpm")
    assert not rules.is_valid(root)


def test_what_is_referred_to_is_there_once(project_xml: list[ElementTree.Element]) -> None:
    ids = [one.get("id") for one in project_xml if one.get("id")]
    assert len(set(ids)) == len(ids)
    for one in project_xml:
        for name in ("track", "destination", "parameter"):
            assert one.get(name) is None or one.get(name) in ids
    masters = [one for one in project_xml if one.get("role") == "master"]
    assert len(masters) == 1 and masters[0].get("destination") is None


def test_velocities_are_between_0_and_1(project_xml: list[ElementTree.Element]) -> None:
    found = {float(one.get("vel", "")) for one in project_xml if one.tag == "Note"}
    wanted = {hit.velocity / MAX_VELOCITY for hit in take().track}
    np.testing.assert_allclose(sorted(found), sorted(wanted), atol=1e-9)


def test_a_projects_stems_are_not_put_among_those_of_the_song(tmp_path: Path) -> None:
    """The next take would hear both."""
    stems = tmp_path / "song" / "stems"
    stems.mkdir(parents=True)
    song = Song((Stem("bass", Role.BASS, Onsets(np.zeros(1), np.ones(1)), path=stems / "b.flac"),))
    (stems / "b.flac").touch()
    out = tmp_path / "song"
    keep_stems(song, [out / "drums.wav"])
    with pytest.raises(OutputError, match="would lie among them"):
        keep_stems(song, [out / "drums.wav", out / "stems" / "bass.wav"])
