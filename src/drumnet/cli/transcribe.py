"""`drumnet transcribe`: a drum stem -> its hits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.options import PATH, RESULT, beat_options, overwrite_option, refuse_results
from drumnet.cli.printing import print_beats, print_line, print_written
from drumnet.cli.progress import reading

if TYPE_CHECKING:
    from drumnet.beats.choice import BeatChoice
    from drumnet.hits import DrumTrack


@click.command()
@click.argument("drums", type=PATH, metavar="DRUMS")
@click.option(
    "-o", "--output", type=RESULT, metavar="FILE", help="Write the hits there: hits.csv, or a .mid."
)
@beat_options
@overwrite_option
def transcribe(drums: Path, output: Path | None, beat_choice: BeatChoice, overwrite: bool) -> None:
    """Write down what is played in the sound of a drum stem: nine pieces, each
    hit with its time and velocity.

    Velocities are relative to the strong strokes of the same piece. Bars and
    beats are found in the drums themselves, unless --beats or --bpm says them.
    """
    from drumnet.audio.source import open_audio
    from drumnet.errors import OutputError
    from drumnet.hits_csv import write_hits
    from drumnet.midi.read import MIDI_SUFFIXES
    from drumnet.midi.write import write_midi
    from drumnet.song.roles import Role
    from drumnet.song.song import Song, Stem
    from drumnet.transcribe import drum_track

    if output is not None:
        if output.suffix.lower() not in {".csv", *MIDI_SUFFIXES}:
            raise OutputError(f"'{output}' is neither .csv nor .mid: name it hits.csv or hits.mid")
        refuse_results([output], overwrite)
    song = Song((Stem(drums.stem, Role.DRUMS, open_audio(drums), drums),))
    with reading(song, passes=1 + beat_choice.is_tracked) as read:
        grid = beat_choice.grid(read).covering(song.duration_s)
        track = drum_track(read.stems[0], grid)
    print_beats(grid, beat_choice.of_song(song))
    _print_hits(track)
    if output is not None:
        (write_hits if output.suffix.lower() == ".csv" else write_midi)(output, track, grid)
        print_written([output])


def _print_hits(track: DrumTrack) -> None:
    """A line a piece: how often it is struck, and how hard."""
    print_line("hits", f"{len(track)}" if len(track) else "none are heard")
    for piece in track.pieces:
        velocities = [hit.velocity for hit in track.of(piece)]
        print_line(
            "",
            f"{piece.value:<10} {len(velocities):>5}  "
            f"velocity {min(velocities)} to {max(velocities)}",
        )
