"""Repeating what is safe to repeat, and looking for what is not."""

from dataclasses import dataclass, field

import pytest

from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.reconcile.repeat import act_until, find_late
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import InvalidError, NotSentError, RefusedError, ServerError, UnsureError, XplentyError

LOST = UnsureError("no answer", marker="[xp1:a:b]", resource="new cluster")


@dataclass
class Deed:
    """A call on a script: each attempt ends as told, the last ending for ever; `done` counts looks."""

    endings: list[XplentyError | None]
    works_after: int = 1_000
    clock: ManualClock = field(default_factory=ManualClock)
    attempts: list[float] = field(default_factory=list)
    looks: int = 0

    def done(self) -> bool:
        self.looks += 1
        return len(self.attempts) >= self.works_after

    def act(self) -> None:
        self.attempts.append(self.clock.monotonic())
        ending = self.endings.pop(0) if len(self.endings) > 1 else self.endings[0]
        if ending is not None:
            raise ending

    def run(self) -> None:
        act_until(self.done, self.act, clock=self.clock, tolerate=(UnsureError,))


def test_what_is_done_is_not_done_again() -> None:
    """A look comes first."""
    deed = Deed([None], works_after=0)
    deed.run()
    assert deed.attempts == []


def test_an_answer_is_enough() -> None:
    """An attempt that was answered is not repeated."""
    deed = Deed([None])
    deed.run()
    assert (deed.attempts, deed.looks) == ([0], 1)


def test_a_lost_answer_is_looked_after() -> None:
    """Where the call took effect all the same, it is not repeated."""
    deed = Deed([LOST], works_after=1)
    deed.run()
    assert (deed.attempts, deed.looks) == ([0], 2)


def test_attempts_are_spread_and_bounded() -> None:
    """Four attempts in 17 seconds, then the last failure is raised, and says what a user does next."""
    deed = Deed([UnsureError("no answer", advice="Read it again")])
    with pytest.raises(UnsureError, match="Run the same command again, which sends it again where that is still due"):
        deed.run()
    assert deed.attempts == [0, 2, 7, 17]


def test_the_last_attempt_is_looked_after_too() -> None:
    """An effect that shows only after the last failure counts."""
    deed = Deed([LOST], works_after=4)
    deed.run()
    assert len(deed.attempts) == 4


def test_what_is_not_tolerated_is_raised_at_once() -> None:
    """A refusal that says something is not tried again."""
    deed = Deed([InvalidError("wrong", status=422)])
    with pytest.raises(InvalidError):
        deed.run()
    assert deed.attempts == [0]


@dataclass
class Search:
    """Looks on a script."""

    sights: list[str | XplentyError | None]
    clock: ManualClock = field(default_factory=ManualClock)
    looks: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)

    def look(self) -> str | None:
        self.looks.append(self.clock.monotonic())
        sight = self.sights.pop(0) if len(self.sights) > 1 else self.sights[0]
        if isinstance(sight, XplentyError):
            raise sight
        return sight

    def run(self) -> str | None:
        patience = Patience(self.clock, tell=lambda _headline, _detail: self.told.append(self.clock.monotonic()))
        return find_late(self.look, LOST, what="it", patience=patience, advice="Look again")


def test_late_effects_are_found() -> None:
    """It is looked for after 2, 5, 10 and 20 more seconds, and each wait is told."""
    search = Search([None, None, None, "it"])
    assert search.run() == "it"
    assert search.looks == [2, 7, 17, 37]
    assert search.told == [0, 2, 7, 17]


def test_found_ends_the_search() -> None:
    """Nothing is asked once it is known."""
    search = Search(["it"])
    assert search.run() == "it"
    assert search.looks == [2]


def test_not_there_is_none() -> None:
    """A last look that shows nothing is an answer."""
    assert Search([None]).run() is None


@pytest.mark.parametrize("trouble", [NotSentError("no route"), ServerError("502", status=502)])
def test_a_failed_look_does_not_end_the_search(trouble: XplentyError) -> None:
    """The service may be out of order for longer than one look."""
    assert Search([trouble, trouble, "it"]).run() == "it"
    assert Search([trouble, trouble, trouble, None]).run() is None


def test_a_failed_last_look_leaves_it_open() -> None:
    """What cannot be looked at may exist, so the error says that and not that nothing was sent."""
    with pytest.raises(UnsureError) as caught:
        Search([None, None, None, NotSentError("no route")]).run()
    assert caught.value.marker == "[xp1:a:b]"
    assert str(caught.value) == "new cluster: no answer; looking for it failed too: no route. Look again"


def test_a_refusal_ends_the_search() -> None:
    """What must not be touched is told at once."""
    search = Search([RefusedError("two of them")])
    with pytest.raises(RefusedError):
        search.run()
    assert search.looks == [2]
