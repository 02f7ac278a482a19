"""The kits and their one-shots for the browser."""

from __future__ import annotations

import io
from threading import Lock

import numpy as np

from drumnet.hits import Piece
from drumnet.kits.kit import Kit, embedded_kit
from drumnet.kits.synth import Character
from drumnet.rendering.render import CHOKE_FADE_S
from drumnet.studio.errors import UnknownError
from drumnet.studio.schemas.style import Kit as KitAnswer
from drumnet.studio.schemas.style import KitLayer, KitPiece


def sample_name(piece: Piece, layer: int, robin: int) -> str:
    """What a one-shot is called.

    >>> sample_name(Piece.KICK, 2, 0)
    'kick-2-0'
    """
    return f"{piece.value}-{layer}-{robin}"


class Kits:
    """The embedded kits, each made when it is asked for first; from any thread."""

    def __init__(self) -> None:
        self._made: dict[Character, KitSamples] = {}
        self._lock = Lock()

    def samples(self, character: Character) -> KitSamples:
        """A kit as it travels."""
        with self._lock:
            if character not in self._made:
                self._made[character] = KitSamples(character, embedded_kit(character))
            return self._made[character]

    def kit(self, character: Character = Character.ACOUSTIC) -> Kit:
        """A kit as it is rendered."""
        return self.samples(character).kit


class KitSamples:
    """A kit as it travels."""

    def __init__(self, name: Character, kit: Kit) -> None:
        self.name, self.kit = name, kit
        self._shots = {
            sample_name(piece, layer_index, robin): shot
            for piece, sound in kit.sounds.items()
            for layer_index, layer in enumerate(sound.layers)
            for robin, shot in enumerate(layer.shots)
        }
        self._wavs: dict[str, bytes] = {}

    def described(self) -> KitAnswer:
        """Which samples there are."""
        pieces = [
            KitPiece(
                piece=piece,
                chokes=[choked for choked in Piece if choked in self.kit.sounds[piece].chokes],
                layers=[
                    KitLayer(
                        top_velocity=layer.top_velocity,
                        samples=[
                            sample_name(piece, index, robin) for robin in range(len(layer.shots))
                        ],
                    )
                    for index, layer in enumerate(self.kit.sounds[piece].layers)
                ],
            )
            for piece in self.kit.pieces
        ]
        return KitAnswer(
            name=self.name,
            sample_rate=self.kit.sample_rate,
            choke_fade_s=CHOKE_FADE_S,
            pieces=pieces,
        )

    def wav(self, name: str) -> bytes:
        """A one-shot as a WAV file of 32-bit floats.

        Raises:
            UnknownError: there is none of that name.
        """
        if name not in self._shots:
            raise UnknownError("the kit has no such sample: /api/kits names those that it has")
        if name not in self._wavs:
            self._wavs[name] = _wav(self._shots[name], self.kit.sample_rate)
        return self._wavs[name]


def _wav(shot: np.ndarray[tuple[int, ...], np.dtype[np.float32]], sample_rate: int) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.ascontiguousarray(shot.T), sample_rate, format="WAV", subtype="FLOAT")
    return file.getvalue()
