"""Somebody on this machine who receives the requests of web hooks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.accounts.loopback import Answer, Received, serving_http

PATIENCE = 20.0


@dataclass
class HookReceiver:
    """What has been received; requests are answered with `statuses` in turn, then with 200.

    Answers wait until `free` is set.
    """

    address: str = ""
    statuses: list[int] = field(default_factory=list)
    free: threading.Event = field(default_factory=threading.Event)
    _received: list[Received] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"{self.address}/bell?of=harbour"

    def answer(self, request: Received) -> Answer:
        """Note a request, and answer it once answers are free."""
        with self._news:
            self._received.append(request)
            self._news.notify_all()
            status = self.statuses.pop(0) if self.statuses else 200
        self.free.wait(PATIENCE)
        return status, {"Location": "http://192.0.2.1/"}, b""

    def received(self, count: int = 0) -> list[Received]:
        """Return what came, as soon as it is `count` requests or more."""
        with self._news:
            assert self._news.wait_for(lambda: len(self._received) >= count, PATIENCE), len(self._received)
            return list(self._received)

    def events(self, count: int = 0) -> list[str]:
        """Return the events that the bodies name, as soon as there are `count`."""
        return [request.json()["event"] for request in self.received(count)]


@contextmanager
def receiving(*statuses: int, holding: bool = False) -> Iterator[HookReceiver]:
    """Receive on a free port of this machine until the block ends."""
    receiver = HookReceiver(statuses=list(statuses))
    if not holding:
        receiver.free.set()
    with serving_http(receiver.answer) as receiver.address:
        try:
            yield receiver
        finally:
            receiver.free.set()
