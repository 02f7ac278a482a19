"""`drumnet generate`: a song in, its drums out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.grouped import GroupedCommand
from drumnet.cli.keeping import keep_options
from drumnet.cli.options import (
    RESULT,
    beat_options,
    model_option,
    overwrite_option,
    pieces_option,
    player_option,
    require_song,
    seed_option,
    song_arguments,
)
from drumnet.cli.printing import (
    print_beats,
    print_drums,
    print_first_bar,
    print_line,
    print_sections,
    print_silent,
    print_song,
    print_style,
    print_takes,
    print_written,
)
from drumnet.cli.progress import reading
from drumnet.cli.steering import sections_option, settings_options

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice
    from drumnet.settings import Settings


@click.command(cls=GroupedCommand)
@song_arguments
@click.option(
    "-o", "--output", type=RESULT, required=True, metavar="OUT", help="The folder to write to."
)
@pieces_option
@click.option(
    "--style",
    metavar="random|FILE|NAME",
    help="How to play: a sampled style, a style.json, or a name of `drumnet style list`.  "
    "[default: random; to a tapped rhythm, as most would play it]",
)
@player_option
@seed_option
@beat_options
@click.option(
    "--kit",
    metavar="NAME|FOLDER|FILE",
    help="The sounds: acoustic (the embedded one), 808, 909, a folder of one-shots, or an "
    ".sfz, .h2drumkit or .sf2 file.  [default: the player's, or acoustic]",
)
@click.option(
    "--midi-map",
    default="general-midi",
    show_default=True,
    metavar="NAME|FILE",
    help="The keys of drums.mid: addictive-drums-2, superior-drummer-3, roland-td, ... or a CSV "
    "file with the columns piece and key.",
)
@click.option(
    "--midi-tempo",
    type=click.Choice(["map", "constant", "none"]),
    default="map",
    show_default=True,
    help="The tempo of drums.mid: the song's, with every hit within 1 ms; one throughout; or none, "
    "the hits on the beats of the DAW.",
)
@click.option(
    "--midi-tracks",
    type=click.Choice(["one", "pieces"]),
    default="one",
    show_default=True,
    help="One track in drums.mid, or one for each piece.",
)
@click.option(
    "--takes",
    type=click.IntRange(1, 50),
    default=1,
    show_default=True,
    metavar="N",
    help="More than one: the best of many styles, unlike each other, in OUT/take-1, OUT/take-2, "
    "..., the best first.",
)
@click.option(
    "--rest",
    is_flag=True,
    help="Of several takes, some may leave bars empty where the band plays.",
)
@click.option(
    "--no-audio",
    is_flag=True,
    help="Write MIDI, hits, beats and style alone: no .wav at all, which is quicker.",
)
@click.option(
    "--all-pieces",
    is_flag=True,
    help="Write a .wav of silence for each piece that plays nothing, too.",
)
@click.option("--no-mix", is_flag=True, help="Do not write mix.wav (the song with the drums).")
@click.option(
    "--project",
    "projects",
    multiple=True,
    metavar="dawproject|rpp",
    help="Also write a project with song and drums: a DAWproject (Bitwig, Studio One, Cubase), or "
    "one of REAPER, with the stems beside it.  May be repeated.",
)
@overwrite_option
@model_option
@settings_options
@sections_option
@keep_options
def generate(
    paths: tuple[Path, ...],
    stems: tuple[tuple[str, Path], ...],
    skip_bad: bool,
    output: Path,
    pieces: str,
    style: str | None,
    player: str | None,
    seed: int | None,
    beat_choice: BeatChoice,
    kit: str | None,
    midi_map: str,
    midi_tempo: str,
    midi_tracks: str,
    takes: int,
    rest: bool,
    no_audio: bool,
    all_pieces: bool,
    no_mix: bool,
    projects: tuple[str, ...],
    overwrite: bool,
    model: str,
    settings: Settings,
    keep: Path | None,
    keep_pieces: str | None,
    keep_bars: tuple[int, ...] | None,
    rhythm: Path | None,
    sections: str | None,
) -> None:
    """Write the drums that fit a song.

    SONG is a folder of stems, several files, or one mix. What a stem plays is
    guessed from its name and printed; --stem says it. Stems of what is played
    are replaced: they are not heard. Stems of other drums are played to.

    OUT gets drums.wav, a .wav for each piece that plays, mix.wav, drums.mid (with
    the song's tempo map), hits.csv, beats.tsv and style.json; with --sections or
    --fills sections also sections.tsv, to be changed and given to --sections;
    with --project also drums.dawproject or drums.rpp. With --takes each take
    has a folder of all this.
    """
    from drumnet.generation import drawn_seed, with_seed
    from drumnet.generation import generate as generate_drums
    from drumnet.song.casting import cast
    from drumnet.song.roles import parse_pieces
    from drumnet.song.song import load_song, song_of_rhythm

    if rhythm is not None and not (paths or stems):
        song = song_of_rhythm(rhythm)
    else:
        require_song(paths, stems)
        song = load_song(paths, stems, skip_bad)
    casting = cast(song, pieces)
    print_song(casting.song, replaced="replaced, not heard", given="given, not played again")
    # To hear it, and to copy the stems.
    with reading(casting.song, passes=1 + takes * bool(projects)) as heard:
        made = generate_drums(
            heard,
            output,
            style,
            player=player,
            settings=with_seed(settings, drawn_seed() if seed is None else seed),
            pieces=pieces,
            keep=keep,
            keep_pieces=parse_pieces(keep_pieces) if keep_pieces else (),
            keep_bars=keep_bars or (),
            rhythm=rhythm,
            sections=sections,
            beats=beat_choice,
            kit=kit,
            midi_map=midi_map,
            midi_tempo=midi_tempo,
            midi_tracks=midi_tracks,
            mix=not no_mix,
            audio=not no_audio,
            all_pieces=all_pieces,
            projects=projects,
            takes=takes,
            rest=rest,
            overwrite=overwrite,
            model=model,
        )
    print_beats(made.beats, beat_choice.of_song(casting.song))
    if made.takes:
        print_takes(made.takes)
        print_first_bar(made.beats)
        print_silent(made.silent)
        print_written(made.files)
        return
    print_style(made.style, made.style_note)
    if made.sections:
        print_sections(made.sections, made.beats)
    print_line("plays", made.style.plays)
    print_line("pieces", ", ".join(piece.value for piece in made.played))
    print_drums(made.track)
    print_first_bar(made.beats)
    print_silent(made.silent)
    print_written(made.files)
