"""What goes out of an account, and the outbox that keeps it: waiting, sent, or only written down."""

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from xplenty_pulumi.emulator.life.clock import Moment

KEPT = 10_000
MOST_WAITING = 1_000
Result: TypeAlias = Literal["waiting", "recorded", "delivered", "failed", "refused", "dropped"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was sent to a hook, or would have been.

    `result` is `waiting` until a web hook was sent; then `delivered` (it answered 2xx, see `status`), `failed` (see
    `status` or `reason`), `refused` (the address is not on this machine, nothing was sent) or `dropped` (too many were
    waiting). The messages of other hooks are `recorded` and never sent. `repr` shows no address, no header and no body.
    """

    hook_id: int
    type: str
    event: str
    at: Moment
    to: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    result: Result = "waiting"
    status: int | None = None
    reason: str = ""
    attempts: int = 0
    checks_certificate: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail that was written and not sent: of a hook, or to the watcher of what `about` names, `job 9001`."""

    to: str
    subject: str
    text: str = field(repr=False)
    event: str
    at: Moment
    about: str
    hook_id: int | None = None


class Outbox:
    """Keeps the last 10,000 deliveries and mails, and hands out what waits, oldest first. Safe between threads."""

    def __init__(self) -> None:
        self.sending = threading.Lock()
        """Held by whoever sends, so that messages leave one by one and in order."""
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self._count = 0
        self._deliveries: dict[int, Delivery] = {}
        self._waiting: deque[Delivery] = deque()
        self._mail: deque[Mail] = deque(maxlen=KEPT)

    def add(self, deliveries: Iterable[Delivery], mails: Sequence[Mail]) -> list[Delivery]:
        """Take up new messages and return the deliveries as they are kept."""
        with self._lock:
            self._mail.extend(mails)
            kept = [replace(one, number=number) for number, one in enumerate(deliveries, self._count + 1)]
            self._count += len(kept)
            for index, one in enumerate(kept):
                if one.result == "waiting" and len(self._waiting) >= MOST_WAITING:
                    kept[index] = replace(one, result="dropped", reason=f"{MOST_WAITING} messages were waiting already")
                elif one.result == "waiting":
                    self._waiting.append(one)
                self._deliveries[one.number] = kept[index]
            for number in [*self._deliveries][:-KEPT]:
                del self._deliveries[number]
        self.wake()
        return kept

    def take(self) -> Delivery | None:
        """Return the delivery that has waited longest and let it wait no longer, or None."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def settle(self, delivery: Delivery) -> None:
        """Keep the result of a delivery, in its old place."""
        with self._lock:
            if delivery.number in self._deliveries:
                self._deliveries[delivery.number] = delivery

    def deliveries(self) -> tuple[Delivery, ...]:
        """Return the deliveries in the order of their events."""
        with self._lock:
            return tuple(self._deliveries.values())

    def mail(self) -> tuple[Mail, ...]:
        """Return the mails in the order of their events."""
        with self._lock:
            return tuple(self._mail)

    def wake(self) -> None:
        """Wake whoever waits for messages."""
        self._arrived.set()

    def wait(self, seconds: float | None) -> None:
        """Return at a new message, or after real `seconds`; what came before the last return is not new."""
        self._arrived.wait(seconds)
        self._arrived.clear()
