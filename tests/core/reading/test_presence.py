"""Nothing is gone because of one look: two single ones ten seconds apart and a complete list must miss it."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.reading.lookup import GONE_AFTER, Presence
from xplenty_pulumi.core.reading.shared import NumberedResult, SharedCall
from xplenty_pulumi.errors import ServerError


@dataclass(frozen=True)
class Thing:
    """Something with an id."""

    id: int

    @property
    def key(self) -> int:
        """What it is found by."""
        return self.id


SEVEN = Thing(7)


@dataclass
class Service:
    """A service that gives each look the next sight of a script; `looks` are what was asked of it and when."""

    singles: list[Thing | None]
    lists: list[list[Thing]] = field(default_factory=lambda: [[]])
    list_seconds: float = 0.0
    clock: ManualClock = field(default_factory=ManualClock)
    looks: list[tuple[str, float]] = field(default_factory=list)

    def get(self, _thing_id: int) -> Thing | None:
        self.looks.append(("single", self.clock.monotonic()))
        return self.singles.pop(0)

    def list_all(self) -> Iterable[Thing]:
        self.looks.append(("list", self.clock.monotonic()))
        self.clock.advance(self.list_seconds)
        return self.lists.pop(0)

    @property
    def presence(self) -> Presence[Thing]:
        return Presence(self.get, self.list_all, self.clock)


def test_what_a_look_shows_is_there() -> None:
    """One call, and no time."""
    service = Service([SEVEN])
    assert service.presence.find(7) is SEVEN
    assert service.looks == [("single", 0)]


def test_what_a_list_shows_is_there() -> None:
    """The list is believed, and the thing is returned as the list shows it."""
    service = Service([None], [[Thing(6), SEVEN]])
    assert service.presence.find(7) is SEVEN
    assert service.looks == [("single", 0), ("list", 0)]


def test_what_a_second_look_shows_is_there() -> None:
    """It comes ten seconds after the first."""
    service = Service([None, SEVEN], [[Thing(6)]])
    assert service.presence.find(7) is SEVEN
    assert service.looks == [("single", 0), ("list", 0), ("single", GONE_AFTER)]


def test_what_three_looks_miss_is_gone() -> None:
    """And nothing less."""
    service = Service([None, None])
    assert service.presence.find(7) is None
    assert [what for what, _ in service.looks] == ["single", "list", "single"]


@pytest.mark.parametrize(("seconds", "second"), [(4, 10), (10, 10), (25, 25)])
def test_the_ten_seconds_count_from_the_first_look(seconds: float, second: float) -> None:
    """A slow list is a part of them."""
    service = Service([None, None], list_seconds=seconds)
    service.presence.find(7)
    assert service.looks[-1] == ("single", second)


def test_a_list_that_fails_proves_nothing() -> None:
    """The trouble is raised, and nothing is said to be gone."""
    service = Service([None, None])

    def fail() -> Iterable[Thing]:
        raise ServerError("502", status=502)

    with pytest.raises(ServerError):
        Presence(service.get, fail, service.clock).find(7)
    assert service.looks == [("single", 0)]


def test_each_list_begins_after_the_look_that_missed() -> None:
    """An older one is not used again."""
    service = Service([None, None], [[], [SEVEN]])
    presence = service.presence
    assert presence.find(7) is None
    assert presence.listed(7) is SEVEN


def test_many_who_ask_share_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks while one is being read gets the next one, and that is the same for all of them."""
    lists, asked, all_have_asked = list[int](), threading.Semaphore(0), threading.Event()

    def list_all() -> Iterable[Thing]:
        lists.append(1)
        all_have_asked.wait(30)
        return [SEVEN]

    presence = Presence(lambda _: None, list_all, ManualClock())
    after = SharedCall.after

    def noted(look: SharedCall[object], number: int) -> NumberedResult[object]:
        asked.release()
        return after(look, number)

    monkeypatch.setattr(SharedCall, "after", noted)
    threads = [threading.Thread(target=presence.listed, args=(7,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert all(asked.acquire(timeout=30) for _ in threads)
    all_have_asked.set()
    for thread in threads:
        thread.join(30)
    assert len(lists) <= 2
