"""The player: sends what is due, when it is due.

In: a port, a transport, and takes.  Out: MIDI messages at that port.  `step` does all that is to
be done at a moment, and `run` does it again and again in a thread of its own.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from drumnet.live.controls import Wish, by_key, by_message
from drumnet.live.ports import Port
from drumnet.live.score import Score, Take
from drumnet.live.sequencer import Sequencer
from drumnet.live.transport import Transport

#: The longest time without a look at what has come in.
_LOOK_S = 1e-3
#: What is due by then is due now: shorter sleeps are longer than they say.
_AT_ONCE_S = 1e-4
#: Other threads let this one go on after that.
_SWITCH_S = 5e-4


class Player:
    """Args:
    beats_per_bar: how far a key jumps.
    ask: is told of every change of the wish, and where the song is.
    """

    def __init__(
        self,
        port: Port,
        transport: Transport,
        wish: Wish,
        num_styles: int,
        beats_per_bar: int,
        ask: Callable[[Wish, float], None] = lambda _wish, _position: None,
    ) -> None:
        self._port, self._transport = port, transport
        self._sequencer = Sequencer(Take(Score.nothing()))
        self.wish, self._num_styles, self._beats_per_bar = wish, num_styles, beats_per_bar
        self.ask = ask
        self._takes: deque[Take] = deque()
        self._keys: deque[str] = deque()
        self._is_over = threading.Event()

    def play(self, take: Take) -> None:
        """Go on with a take; from any thread."""
        self._takes.append(take)

    def press(self, key: str) -> None:
        """A key of the terminal; from any thread."""
        self._keys.append(key)

    def step(self, now_s: float) -> float:
        """Do what is to be done.

        Returns:
            The time at which there will be more, unless something comes in.
        """
        wish = self.wish
        for arrived_s, message in self._port.received():
            self._transport.receive(message, arrived_s)
            wish = by_message(wish, message, self._num_styles)
        while self._keys:
            wish = self._pressed(wish, self._keys.popleft(), now_s)
        moment = self._transport.at(now_s)
        if wish != self.wish:
            self.wish = wish
            self.ask(wish, moment.position)
        while self._takes:
            self._sequencer.play(self._takes.popleft())
        for message in self._transport.outgoing(now_s):
            self._port.send(message)
        for message in self._sequencer.follow(moment):
            self._port.send(message)
        next_s = self._transport.next_outgoing_s()
        if moment.is_playing:
            next_s = min(next_s, self._transport.time_of(self._sequencer.next_position()))
        return next_s

    def run(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """Play until `stop`; what sounds then is ended."""
        before_s = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)
        try:
            while not self._is_over.is_set():
                wait_s = self.step(clock()) - clock()
                time.sleep(min(max(wait_s, _AT_ONCE_S), _LOOK_S))
        finally:
            sys.setswitchinterval(before_s)
            for message in self._sequencer.silence():
                self._port.send(message)

    def stop(self) -> None:
        """End `run`; from any thread."""
        self._is_over.set()

    def _pressed(self, wish: Wish, key: str, now_s: float) -> Wish:
        position = self._transport.at(now_s).position
        if key == " ":
            self._transport.start_or_stop(now_s)
        elif key in ("<", ">"):
            bars = 1 if key == ">" else -1
            self._transport.jump(position + bars * self._beats_per_bar, now_s)
        else:
            return by_key(wish, key, self._num_styles)
        return wish
