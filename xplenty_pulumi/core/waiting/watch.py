"""How one thing is read by those who wait for it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, Protocol, TypeVar

from xplenty_pulumi.core.reading.account import Readings
from xplenty_pulumi.core.reading.snapshots import StatusT
from xplenty_pulumi.core.waiting.goal import HasStatus, RecordT
from xplenty_pulumi.text import label

RecordT_co = TypeVar("RecordT_co", bound=HasStatus, covariant=True)


class PollSource(Protocol[RecordT_co]):
    """What one who waits for a thing polls."""

    def poll(self) -> RecordT_co | None:
        """Return the thing as it is, None where the service does not know it."""

    def has_news(self) -> bool:
        """Return whether the next poll costs no call."""


@dataclass
class Watch(Generic[RecordT]):
    """How one `resource` is read, and what it was like: `last` is the newest record, or None.

    `single` reads it once, and `find` does not miss what is there; `listed` gives it as a complete list shows it. What
    `following` gives is polled together with others that wait. What `is_new` was just made, and no read has shown it.
    """

    resource: str
    single: Callable[[], RecordT | None]
    last: RecordT | None = None
    following: Callable[[], AbstractContextManager[PollSource[RecordT]]] = field(kw_only=True)
    find: Callable[[], RecordT | None] = field(kw_only=True)
    listed: Callable[[], RecordT | None] = field(kw_only=True)
    is_new: bool = field(default=False, kw_only=True)

    def __call__(self) -> RecordT | None:
        """Read it once."""
        self.last = self.single()
        return self.last

    def certain(self) -> RecordT | None:
        """Return the thing as it is now, None only where it is certain that it is gone."""
        self.last = self.find()
        return self.last


def watch_of(
    readings: Readings[StatusT], number: int, last: StatusT | None = None, *, is_new: bool = False
) -> Watch[StatusT]:
    """Return how one thing of a kind is read, together with those of all others who work on the account."""
    return Watch(
        label(readings.kind.name, number),
        partial(readings.one, number),
        last,
        following=partial(readings.poller.following, number),
        find=partial(readings.presence.find, number),
        listed=partial(readings.presence.listed, number),
        is_new=is_new,
    )
