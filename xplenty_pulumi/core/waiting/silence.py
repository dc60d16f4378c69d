"""Telling, while the service has not answered, that it has not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from xplenty_pulumi.clock import Clock

SILENT = 10.0
"""Seconds without an answer that are worth a word."""
_TICK = 2.0
Tell = Callable[[float, str], None]
"""Is given the seconds for which there was no answer, and the reason if it is known."""
HELD_BACK = "rate limited"
"""The reason that the service has asked for fewer calls."""


@dataclass
class _Question:
    since: float
    tell: Tell
    turn: threading.Lock = field(default_factory=threading.Lock)
    reason: str = ""
    is_answered: bool = False


class SilenceWatch:
    """Tells each thread that waits for an answer, every two seconds from the tenth on; thread-safe.

    One thread of its own does so for all of them, as long as there are any. It sends nothing to the service. Unless it
    `ticks` itself, only `tick` tells.
    """

    def __init__(self, clock: Clock, *, ticks: bool = True) -> None:
        self._ticks = ticks
        self._clock = clock
        self._lock = threading.Lock()
        self._questions: dict[int, _Question] = {}
        self._is_ticking = False
        self._mine = threading.local()

    @contextmanager
    def telling(self, tell: Tell) -> Iterator[None]:
        """Have `tell` called about the calls of this thread that are made meanwhile, each within `call`."""
        before, self._mine.tell = getattr(self._mine, "tell", None), tell
        try:
            yield
        finally:
            self._mine.tell = before

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call of this thread as unanswered meanwhile."""
        tell = getattr(self._mine, "tell", None)
        if tell is None:
            yield
            return
        with self.asking(tell):
            yield

    @contextmanager
    def asking(self, tell: Tell) -> Iterator[None]:
        """Have `tell` called meanwhile, from another thread, and not any more once this has ended.

        Within another one of this thread nothing more is told.
        """
        me = threading.get_ident()
        if me in self._questions:
            yield
            return
        mine = _Question(self._clock.monotonic(), tell)
        self._begin(me, mine)
        try:
            yield
        finally:
            with self._lock:
                del self._questions[me]
            with mine.turn:
                mine.is_answered = True

    def held_back(self, seconds: float) -> None:
        """Note that the call of this thread is not sent for so many seconds, because the service asks for that."""
        if (mine := self._questions.get(threading.get_ident())) is not None:
            mine.reason = HELD_BACK if seconds else ""

    def tick(self) -> None:
        """Tell those who have waited for ten seconds; what cannot be told is no reason to fail."""
        with self._lock:
            questions = [*self._questions.values()]
        for one in questions:
            silence = self._clock.monotonic() - one.since
            with one.turn, suppress(Exception):
                if silence >= SILENT and not one.is_answered:
                    one.tell(silence, one.reason)

    def _begin(self, thread: int, question: _Question) -> None:
        with self._lock:
            self._questions[thread] = question
            if self._ticks and not self._is_ticking:
                with suppress(RuntimeError):  # the machine gives no thread; the call goes on without the watch
                    threading.Thread(target=self._go_on, name="silence watch", daemon=True).start()
                    self._is_ticking = True

    def _go_on(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(_TICK)
            with self._lock:
                self._is_ticking = bool(self._questions)
                if not self._is_ticking:
                    return
            self.tick()
