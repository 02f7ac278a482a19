"""What this machine has to play with, collected once.

In: the folders of samples that were given, and what is installed.  Out: a folder with
`kits/` (strokes) and `instruments/` (notes), a file each; what is there already is kept.
How each source is obtained: docs/training.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path

from drumnet.errors import DataError
from drumnet.files import atomic_files
from drumnet.training.band.fluidsynth import find_soundfonts
from drumnet.training.band.instruments import Instrument
from drumnet.training.band.sources.hydrogen import hydrogen_kit, one_shot_kits
from drumnet.training.band.sources.microphones import microphone_kits
from drumnet.training.band.sources.sfz import bank_instruments, bank_kits
from drumnet.training.band.sources.soundfonts import soundfont_instruments, soundfont_kits
from drumnet.training.band.sources.synthesised import synthesised_kits
from drumnet.training.band.strokes import OTHER_KEYS, StrokeKit

KITS_FOLDER, INSTRUMENTS_FOLDER = "kits", "instruments"
#: Sources of samples whose names start so are kept for measuring: the kits of a small
#: soundfont, and the Black Pearl, which Hydrogen and the AVL drums both have.
HELD_OUT = ("TimGM6mb", "The_Black_Pearl", "Black_Pearl")
#: Mixes of a kit of several microphones, and synthesised kits.
_MIXES, _SYNTHESISED = 12, 15

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Sources:
    """Folders of samples; what is not there is done without.

    Args:
        hydrogen: of Hydrogen drum kits.
        banks: SFZ banks laid out as General MIDI is.
        microphones: kits of several microphones (`Samples/...`).
        one_shots: folders of one-shots.
        synthesised: whether our own drums are among them.
    """

    hydrogen: tuple[Path, ...] = ()
    banks: tuple[Path, ...] = ()
    microphones: tuple[Path, ...] = ()
    one_shots: tuple[Path, ...] = ()
    synthesised: bool = True


@dataclass(frozen=True, eq=False)
class Inventory:
    """What a split is played with.

    Args:
        kits: strokes; at least one is whole.
        instruments: of the band.
    """

    kits: tuple[StrokeKit, ...]
    instruments: tuple[Instrument, ...] = ()


def collect(sources: Sources, work: Path, workers: int, progress: Progress) -> None:
    """Make `kits/` and `instruments/` in a folder.

    Raises:
        DataError: FluidSynth or every soundfont is missing, or a source is damaged.
    """
    jobs = list(_jobs(sources))
    for folder, wanted in ((KITS_FOLDER, _strokes), (INSTRUMENTS_FOLDER, _notes)):
        if (work / folder).is_dir():
            continue
        with (
            atomic_files(work / folder) as made,  # or the next run would take a part for all
            ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
        ):
            for done, _ in enumerate(pool.map(partial(wanted, made), jobs), 1):
                progress(folder, done, len(jobs))


def _jobs(sources: Sources) -> Iterator[tuple[str, Path]]:
    for root in sources.hydrogen:
        yield from (("hydrogen", file.parent) for file in sorted(root.glob("*/drumkit.xml")))
    yield from (("soundfont", file) for file in find_soundfonts())
    yield from (("bank", folder) for folder in sources.banks)
    yield from (("microphones", folder) for folder in sources.microphones)
    yield from (("one_shots", folder) for folder in sources.one_shots)
    if sources.synthesised:
        yield "synthesised", Path()


def _strokes(folder: Path, job: tuple[str, Path]) -> None:
    kind, source = job
    made: Iterable[StrokeKit]
    match kind:
        case "hydrogen":
            made = [hydrogen_kit(source)]
        case "soundfont":
            made = soundfont_kits(source)
        case "bank":
            made = bank_kits(source)
        case "microphones":
            made = microphone_kits(source, _MIXES)
        case "one_shots":
            made = one_shot_kits(source)
        case _:
            made = synthesised_kits(_SYNTHESISED)
    for kit in made:
        if kit.is_whole or kind == "one_shots" or set(OTHER_KEYS) & set(kit.strokes):
            kit.save(folder / _file_name(kit.name))


def _notes(folder: Path, job: tuple[str, Path]) -> None:
    kind, source = job
    made: Iterable[Instrument] = ()
    if kind == "soundfont":
        made = soundfont_instruments(source)
    elif kind == "bank":
        made = bank_instruments(source)
    for instrument in made:
        instrument.save(folder / _file_name(f"{instrument.name}_{instrument.part.value}"))


def _file_name(name: str) -> str:
    return f"{name.replace(' ', '_').replace('/', '_')}.npz"


@lru_cache(maxsize=2)
def load_inventory(work: Path, split: str) -> Inventory:
    """What a split is played with: all but what is held out, or that alone.

    Raises:
        DataError: there is no whole kit.
    """
    kits = tuple(StrokeKit.load(file) for file in _of_split(work / KITS_FOLDER, split))
    if not any(kit.is_whole for kit in kits):
        raise DataError(f"'{work}' has no drum kit to {split} with: is a soundfont missing?")
    instruments = (Instrument.load(file) for file in _of_split(work / INSTRUMENTS_FOLDER, split))
    return Inventory(kits, tuple(instruments))


def _of_split(folder: Path, split: str) -> Sequence[Path]:
    files = sorted(folder.glob("*.npz"))
    return [file for file in files if file.name.startswith(HELD_OUT) != (split == "train")]
