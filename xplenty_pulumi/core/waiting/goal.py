"""What is waited for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class HasStatus(Protocol):
    """What a poll returns: anything with a status of the service."""

    @property
    def status(self) -> str: ...


RecordT = TypeVar("RecordT", bound=HasStatus)
UsualSeconds = Callable[[], float | None]
"""Gives how many seconds it takes as a rule, by what is known at the moment; None where nothing is."""


@dataclass(frozen=True)
class Goal(Generic[RecordT]):
    """What is waited for.

    `reached` says whether a record is it; `hopeless` gives the reason why it cannot become it any more, or an empty
    text; `missing_is_reached` says whether a thing that the service does not know is it. `looks` is how many polls in a
    row must agree; one is enough where a status is final, and where it only matters that the service is at work.
    `unfinished` and `unreachable` are the advice to the user when the wait ends before the goal, and when there is no
    way to it; `limit` names the setting that gives a wait more time. `stages` are the statuses on the way there, in
    their order and without the goal itself, and `note` is what a headline adds to the status.
    """

    name: str
    reached: Callable[[RecordT], bool]
    hopeless: Callable[[RecordT], str] = lambda _record: ""
    missing_is_reached: bool = False
    looks: int = 2
    note: Callable[[RecordT], str] = lambda _record: ""
    unfinished: str = ""
    limit: str = ""
    unreachable: str = ""
    stages: tuple[str, ...] = ()
    usual: UsualSeconds = lambda: None

    def headline(self, record: RecordT) -> str:
        """Return where on the way the record is, such as `[2/2] creating` or `running 42%`."""
        status, note = record.status, self.note(record)
        is_numbered = status in self.stages and len(self.stages) > 1
        stage = f"[{self.stages.index(status) + 1}/{len(self.stages)}] " if is_numbered else ""
        return f"{stage}{status} {note}".rstrip()
