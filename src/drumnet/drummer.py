"""The whole path: a song in, its drums out.

>>> drummer = Drummer()                                # doctest: +SKIP
>>> song = drummer.listen(load_song(["my stems/"]))    # doctest: +SKIP
>>> track = drummer.play(song, seed=1)                 # doctest: +SKIP

How it is played, besides the style, is said by `Settings`; what of the drums is
there already is given or kept, and played to:

>>> track = drummer.play(song, style, Settings(complexity=0.8), keep=Keep(take))  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from drumnet.beats.tracker import BeatTracker, NetworkTracker
from drumnet.errors import DrumnetError, StyleError
from drumnet.grid import BeatGrid
from drumnet.hearing.conditioning import Conditioning, conditioning_of
from drumnet.hearing.form import song_form
from drumnet.hearing.lateness import drums_lateness_s
from drumnet.hearing.sections import Section, find_sections
from drumnet.hits import DrumTrack, Piece
from drumnet.model.checkpoint import load_checkpoint
from drumnet.model.network import Network
from drumnet.playing.choosing import (
    ChoiceConfig,
    Chosen,
    best_of,
    excerpt,
    excerpt_hits,
    in_order,
)
from drumnet.playing.composing import Finish
from drumnet.playing.extracting import extracted_style
from drumnet.playing.fills import Filler, filler
from drumnet.playing.given import Keep
from drumnet.playing.listening import Listening
from drumnet.playing.passages import Passage, PassageMemory, Request, play_passages
from drumnet.settings import Settings
from drumnet.song.onsets import Onsets
from drumnet.song.song import Song
from drumnet.song_pass import SongHeard, hear_song
from drumnet.style.code import CODE_SIZE, RANDOM, Preset, StyleCode
from drumnet.style.habits import Habits
from drumnet.style.prior import song_features

#: For each take that is wanted, so many styles are drawn at least.
_LEAST_CANDIDATES = 5
#: Fewer given hits do not tell how late their drummer is.
_LEAST_GIVEN = 8


class Drummer:
    """Plays drums to songs.

    Args:
        model: `default`, `open`, a folder of exported weights, or a network.
        tracker: finds the beats of a song where none are given.

    Raises:
        CheckpointError: weights that are missing or damaged.
    """

    def __init__(
        self, model: str | Path | Network = "default", tracker: BeatTracker | None = None
    ) -> None:
        if isinstance(model, str | Path):
            model = Network(load_checkpoint(model))
        self.network: Network = model
        self.checkpoint = self.network.checkpoint
        self._tracker = tracker or NetworkTracker()
        self._formed: WeakKeyDictionary[Listening, Listening] = WeakKeyDictionary()

    @property
    def presets(self) -> dict[str, Preset]:
        """The named styles of the weights."""
        return self.checkpoint.presets

    def style(self, name: str) -> StyleCode:
        """The named style; a name that it had once finds it as well.

        Raises:
            StyleError: no style of that name.
        """
        preset = self.checkpoint.preset(name)
        if preset is None:
            raise StyleError(f"no style is called '{name}': choose {', '.join(self.presets)}")
        return StyleCode(preset.code, self.checkpoint.name, preset.name)

    def sample_style(
        self, seed: int | Sequence[int], song: Song | Listening | None = None
    ) -> StyleCode:
        """A style at random, like that of some song, with its habits; the same seed gives
        the same style.

        Args:
            song: that it is for: such as people play to songs that sound like it.
        """
        features = None
        if song is not None:
            features = self.features(song if isinstance(song, Listening) else self.listen(song))
        code, passages = self.checkpoint.styles.draw(np.random.default_rng(seed), features)
        habits = Habits(passages) if passages else None
        return StyleCode(code, self.checkpoint.name, f"sampled with seed {seed}", habits)

    def neutral_style(self) -> StyleCode:
        """The middle of all styles: what most would play."""
        return StyleCode(np.zeros(CODE_SIZE, np.float32), self.checkpoint.name, "neutral")

    def find_style(
        self, style: str | Path, seed: int = 0, song: Song | Listening | None = None
    ) -> StyleCode:
        """A style: sampled (`random`), of a name, or of a style.json.

        Args:
            song: that one is sampled for.

        Raises:
            StyleError: no named style and no file of that name, or no style in the file.
        """
        if style == RANDOM:
            return self.sample_style(seed, song)
        if isinstance(style, str) and self.checkpoint.preset(style):
            return self.style(style)
        if Path(style).is_file() or Path(style).suffix == ".json":
            return StyleCode.load(Path(style))
        raise StyleError(
            f"'{style}' is neither a style file nor one of the named styles: "
            f"choose from {', '.join(self.presets)}, or '{RANDOM}'"
        )

    def require(self, pieces: Iterable[Piece]) -> None:
        """Check that the weights play these pieces.

        Raises:
            DrumnetError: they do not play one of them.
        """
        for piece in pieces:
            if piece not in self.checkpoint.pieces:
                played = ", ".join(own.value for own in self.checkpoint.pieces)
                raise DrumnetError(
                    f"the weights '{self.checkpoint.name}' play {played}, not {piece.value}: "
                    f"ask for --pieces {played}"
                )

    def listen(
        self, song: Song, beats: BeatGrid | None = None, heard: SongHeard | None = None
    ) -> Listening:
        """Find the beats, unless they are given, and hear every stem.

        Args:
            heard: the song, where it was read before.
        """
        network = self._tracker if isinstance(self._tracker, NetworkTracker) else None
        heard = heard or hear_song(song, for_beats=beats is None and network is not None)
        if beats is None:
            tracked = network and network.hear(song, heard.evidence).grid
            beats = tracked or self._tracker.track(song)
        grid = beats.covering(song.duration_s)
        return self.listen_to(conditioning_of(song, grid, heard.curves), grid, song.duration_s)

    def listen_to(
        self, conditioning: Conditioning, beats: BeatGrid, duration_s: float
    ) -> Listening:
        """The same, of what was heard before, on a grid that covers the song."""
        context = self.network.listen(conditioning)
        return Listening(duration_s, beats, conditioning, context)

    def formed(self, listening: Listening) -> Listening:
        """The same with its sections and its form, found once."""
        if listening.form is not None:
            return listening
        if listening not in self._formed:
            crash, heard = None, listening.conditioning
            if Piece.CRASH in self.checkpoint.pieces:
                found = self.network.decode(listening.context, self.neutral_style().code)
                crash = found.probability[self.checkpoint.pieces.index(Piece.CRASH)]
            sections = find_sections(heard, crash)
            form = song_form(heard, sections)
            self._formed[listening] = replace(listening, sections=sections, form=form)
        return self._formed[listening]

    def play(
        self,
        song: Song | Listening,
        style: StyleCode | None = None,
        settings: Settings | None = None,
        *,
        pieces: Iterable[Piece] | None = None,
        given: DrumTrack | None = None,
        keep: Keep | None = None,
        rhythm: Onsets | None = None,
        passages: Sequence[Passage] = (),
        finish: Finish | None = None,
        memory: PassageMemory | None = None,
        seed: int | None = None,
        temperature: float | None = None,
        variation: float | None = None,
        density: float | None = None,
    ) -> DrumTrack:
        """The drums of a style to a song; without a style, one is sampled for it, but a tapped
        rhythm is played as most would.

        Args:
            settings: how it is played; as the style says if None.
            pieces: what to play; all that the weights play if None.
            given: hits that are played to; their pieces are not played again, but come
                out as they are where they are among `pieces`.
            keep: hits of these drums that stay, while the rest is played again.
            rhythm: tapped, without saying on what: the drums play it.
            passages: parts of the song with styles and settings of their own, which
                are played in place of `style` and `settings`.
            finish: changes the composed pattern before it is performed; plays the fills of
                the settings if None.
            memory: of passages that were played before.
            seed, temperature, variation, density: in place of those of the settings.

        Raises:
            DrumnetError: a style of other weights, pieces that these do not
                play, a bar to keep that there is not, a number out of range.
        """
        listening = song if isinstance(song, Listening) else self.listen(song)
        asked = settings or Settings()
        asked = replace(
            asked,
            seed=asked.seed if seed is None else seed,
            temperature=asked.temperature if temperature is None else temperature,
            variation=asked.variation if variation is None else variation,
            density=asked.density if density is None else density,
        )
        if not passages:
            if style is None:
                style = self.neutral_style()
                if rhythm is None:
                    style = self.sample_style(asked.seed, listening)
            passages = [Passage(0, style, asked)]
        for passage in passages:
            self._check_model(passage.style)
        wanted = tuple(self.checkpoint.pieces if pieces is None else pieces)
        self.require(wanted)
        if rhythm is None and any(passage.needs_form for passage in passages):
            listening = self.formed(listening)
        finish = finish or self.filler(listening, passages, arranges=rhythm is None)
        given = given or DrumTrack()
        late_s = drums_lateness_s(given, listening.beats) if len(given) >= _LEAST_GIVEN else None
        request = Request(wanted, given, keep, rhythm, finish, late_s)
        return play_passages(self.network, listening, passages, request, memory)

    def takes(
        self,
        song: Song | Listening,
        num_takes: int = 5,
        settings: Settings | None = None,
        *,
        pieces: Iterable[Piece] | None = None,
        given: DrumTrack | None = None,
        keep: Keep | None = None,
        rest: bool = False,
    ) -> tuple[Chosen, ...]:
        """The best of many styles at random for a song, and their drums, the best first: likely
        for it, unlike each other, and keeping to what everyone minds (`playing.choosing`).

        Args:
            settings: how all of them are played; the seed is the first of theirs.
            pieces, given, keep: as of `play`.
            rest: drums may leave bars empty where the band plays.
        """
        listening = self.formed(song if isinstance(song, Listening) else self.listen(song))
        asked = settings or Settings()
        bank, features = self.checkpoint.styles, self.features(listening)
        config = ChoiceConfig(most_empty=1.0 if rest else ChoiceConfig.most_empty)
        number = max(config.candidates, _LEAST_CANDIDATES * num_takes)
        seeds = [[asked.seed, index] for index in range(number)]
        styles = [self.sample_style(seed, listening) for seed in seeds]
        likelihood = np.array([bank.log_density(style.code, features) for style in styles])
        beats = excerpt(listening)
        codes = np.array([style.code for style in styles])
        likely = self.network.decode_each(listening.context[:, beats], codes).probability
        order = in_order(likelihood, excerpt_hits(likely), config)
        play = partial(self.play, listening, settings=asked, pieces=pieces, given=given, keep=keep)
        tried = ((style, play(style)) for style in (styles[index] for index in order))
        return best_of(tried, listening, num_takes, config)

    def sections(self, song: Song | Listening) -> tuple[Section, ...]:
        """The song's sections, found by what is heard and by where the weights, without a
        style, would play a crash."""
        listening = song if isinstance(song, Listening) else self.listen(song)
        return self.formed(listening).sections

    def filler(
        self, listening: Listening, passages: Sequence[Passage], *, arranges: bool = True
    ) -> Filler | None:
        """Plays the fills that the settings ask for; None where they ask for none.

        Args:
            arranges: as of `playing.fills.filler`.
        """
        if arranges and any(passage.needs_form for passage in passages):
            listening = self.formed(listening)
        return filler(listening, passages, self.checkpoint.fills, arranges)

    def extract_style(
        self,
        song: Song | Listening,
        drums: DrumTrack,
        *,
        pieces: Collection[Piece] | None = None,
        beats: slice = slice(None),
    ) -> StyleCode:
        """The style in which these drums play to this song.

        Args:
            pieces: those that the drums are of, never hit ones included, as that a piece is
                not played is style, too; those that are hit if None.
            beats: of the grid, where the drums are known.

        Raises:
            StyleError: no hit of a piece that the weights play.
        """
        listening = song if isinstance(song, Listening) else self.listen(song)
        return extracted_style(self.network, listening, drums, pieces, beats)

    @staticmethod
    def features(listening: Listening) -> NDArray[np.float32]:
        """Of a song, as a style is chosen for it."""
        heard, tempo = listening.conditioning, listening.beats.tempo_bpm
        return song_features(listening.context, heard.bar_length, tempo)

    def _check_model(self, style: StyleCode) -> None:
        if style.model != self.checkpoint.name:
            raise StyleError(
                f"the style belongs to the weights '{style.model}', these are "
                f"'{self.checkpoint.name}': choose others with --model, or extract it again"
            )
        if style.habits and style.habits.passages and not self.network.follows_habits:
            raise StyleError(f"the weights '{style.model}' follow no habits: extract it again")
