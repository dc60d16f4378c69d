"""Looking at long lists: what is older than the newest hundred is not lost, and costs a call for each status."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.reading.snapshots import StatusListing


@dataclass(frozen=True)
class Thing:
    """A record of a list."""

    id: int
    status: str = "terminated"

    @property
    def key(self) -> int:
        """What it is found by."""
        return self.id


class Account:
    """A list of things by id, which counts what is asked of it."""

    def __init__(self, count: int) -> None:
        self.things = {number: Thing(number) for number in range(1, count + 1)}
        self.calls: list[str] = []
        self.listing = StatusListing(self._list, self._get, CLUSTER)

    def turn(self, number: int, status: str) -> None:
        """Give a thing a status."""
        self.things[number] = replace(self.things.get(number) or Thing(number), status=status)

    def look(self) -> dict[int, str]:
        """Return what is seen of things that are not terminated or not among the newest hundred; and forget calls."""
        self.calls.clear()
        seen = self.listing.read()
        assert [one.id for one in seen] == sorted({one.id for one in seen}, reverse=True)
        oldest = sorted(self.things)[-100:][0]
        return {one.id: one.status for one in seen if one.id < oldest or one.status != "terminated"}

    def _list(self, status: str) -> Iterator[Thing]:
        self.calls.append(status)
        newest_first = sorted(self.things.values(), key=lambda one: -one.id)
        return iter([one for one in newest_first if status in ("all", one.status)])

    def _get(self, number: int) -> Thing | None:
        self.calls.append(str(number))
        return self.things.get(number)


def test_short_list_costs_one_call() -> None:
    """Where all fits on a page there is nothing else to read."""
    account = Account(99)
    account.turn(5, "available")
    assert account.look() == {5: "available"}
    assert account.calls == ["all"]


def test_first_look_at_a_long_list_finds_all_that_has_not_ended() -> None:
    """It costs one more call for each status that is no end."""
    account = Account(500)
    account.turn(5, "available")
    account.turn(6, "error")
    assert account.look() == {6: "error", 5: "available"}
    assert account.calls == ["all", *(status for status in CLUSTER.phases if status != "terminated")]


def test_later_looks_read_only_the_statuses_that_old_things_have() -> None:
    """That is one call for any number of them, or none where there are none."""
    account = Account(500)
    for number in range(1, 51):
        account.turn(number, "available")
    account.look()
    assert len(account.look()) == 50
    assert account.calls == ["all", "available"]

    busy = Account(500)
    busy.turn(450, "available")
    busy.look()
    busy.look()
    assert busy.calls == ["all"]

    idle = Account(500)
    idle.look()
    idle.look()
    assert idle.calls == ["all"]


def test_old_thing_that_changes_is_seen_once_more() -> None:
    """Its end is seen, and not looked for again."""
    account = Account(500)
    account.turn(5, "available")
    account.look()
    account.turn(5, "terminated")

    assert account.look() == {5: "terminated"}
    assert account.calls == ["all", "available", "5"]
    assert account.look() == {}
    assert account.calls == ["all"]


def test_old_thing_that_is_deleted_goes_out_of_sight() -> None:
    """What the service does not know any more is not shown."""
    account = Account(500)
    account.turn(5, "available")
    account.look()
    del account.things[5]
    assert account.look() == {}


def test_thing_that_is_pushed_off_the_page_is_followed_on() -> None:
    """New ones come in front of it, and it is still there."""
    account = Account(100)
    account.turn(1, "available")
    account.look()
    account.turn(101, "pending")
    assert account.look() == {101: "pending", 1: "available"}


def test_more_new_things_than_a_page_holds_lead_to_a_full_look() -> None:
    """Nothing is overlooked because it came and went off the page between two looks."""
    account = Account(100)
    account.look()
    for number in range(101, 300):
        account.turn(number, "available" if number == 120 else "terminated")
    assert account.look() == {120: "available"}
