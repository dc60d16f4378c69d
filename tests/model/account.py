"""The rules: what users do to their programs, what they run, and what happens to the account."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model.drawn import OF_NAME
from tests.model.watched import Watched
from xplenty_pulumi.emulator import FaultRule
from xplenty_pulumi.emulator.faults.catalogue import FAULTS
from xplenty_pulumi.emulator.faults.rules import ALWAYS, FIRST, SECOND

T = TypeVar("T")
STACKS = st.sampled_from(("acme", "globex"))
OCCASIONS = st.sampled_from((FIRST, SECOND, ALWAYS))
CRASHES = st.integers(0, 160)
PLACES = st.integers(0, 59)
"""Which of the resources that there are, or of the ways to do something; there may be fewer."""
HOUR = 3600.0
_LIES = frozenset({"404"})
"""Faults that cannot be told from the truth when they never end, so they happen once."""
BEGINNINGS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "clusters": (("c1",), ("c1", "j1"), ("c1", "j1", "j2"), ("c1", "c2", "j1", "j3")),
    "definitions": (("p1", "s1"), ("n1", "h1"), ("p1", "s1", "n1", "h1")),
    "both": (("p1", "c1"), ("h1", "n1", "c1"), ("s1", "c1", "j1")),
}
"""What programs begin with, by what they are about."""
LATEST: Mapping[str, int] = {"clusters": 161, "definitions": 40, "both": 100}
"""Before which of its boundaries a run of such programs dies."""


class Account(Watched):
    """The rules, for programs that are `about` one of `BEGINNINGS`."""

    about = "both"

    @initialize(place=PLACES)
    def begin(self, place: int) -> None:
        """Both stacks begin with the same program."""
        names = _at(place, BEGINNINGS[self.about])
        for on in self.stacks.values():
            for name in names:
                self.declare(on, name)

    def _moment(self, crash_at: int | None) -> int | None:
        return None if crash_at is None else crash_at % LATEST[self.about]

    # What users do to their programs

    @rule(stack=STACKS, place=PLACES)
    def declares(self, stack: str, place: int) -> None:
        self.step()
        on = self.stacks[stack]
        name = _at(place, sorted({name for names in BEGINNINGS[self.about] for name in names}))
        if name not in on.program and OF_NAME[name].names[name] in ("", *on.program):
            self.declare(on, name)

    @rule(stack=STACKS, place=PLACES, way=PLACES)
    def changes(self, stack: str, place: int, way: int) -> None:
        self.step()
        on = self.stacks[stack]
        for name in _one(place, on.program):
            if not self.lost(on, name):
                self.change(on, name, way)

    @rule(stack=STACKS, place=PLACES)
    def removes(self, stack: str, place: int) -> None:
        self.step()
        on = self.stacks[stack]
        gone = [one for name in _one(place, on.program) for one in on.program if name in (one, OF_NAME[one].names[one])]
        if not any(self.lost(on, one) for one in gone):
            for one in gone:
                del on.program[one]

    # What users run

    @rule(stack=STACKS)
    def up(self, stack: str) -> None:
        self.step()
        self.up_in_peace(self.stacks[stack])

    @rule(stack=STACKS, crash_at=CRASHES)
    def up_and_crash(self, stack: str, crash_at: int) -> None:
        self.step()
        self.end_run(self.stacks[stack], self.stacks[stack].up(crash_at=self._moment(crash_at)))

    @rule(
        stack=STACKS,
        run=st.sampled_from(("up", "up", "up", "refresh", "destroy")),
        place=PLACES,
        way=PLACES,
        fault=st.tuples(st.sampled_from(tuple(FAULTS)), OCCASIONS),
    )
    def run_in_bad_weather(self, stack: str, run: str, place: int, way: int, fault: tuple[str, range]) -> None:
        self.step()
        on, (what, calls) = self.stacks[stack], fault
        if run == "destroy" and self.all_lost(on):
            return
        for name in _one(place, {**on.program, **on.disk}):
            call = _at(way, OF_NAME[name].calls)
            self.world.let_fail(FaultRule(call, what, calls=FIRST if what in _LIES else calls))
        report = getattr(on, run)()
        self.world.let_fail()
        self.world.pass_time(20)
        self.end_run(on, report, run=run)

    @rule(stack=STACKS, crash_at=st.none() | CRASHES)
    def refresh(self, stack: str, crash_at: int | None) -> None:
        self.step()
        on = self.stacks[stack]
        report = on.refresh(crash_at=self._moment(crash_at))
        self.end_run(on, report, run="refresh")
        if report.calm:
            self.is_told(on)

    @rule(stack=STACKS, crash_at=st.none() | CRASHES)
    def destroy(self, stack: str, crash_at: int | None) -> None:
        self.step()
        on = self.stacks[stack]
        if not self.all_lost(on):
            self.end_run(on, on.destroy(crash_at=self._moment(crash_at)), run="destroy")

    @rule(at=CRASHES, first=STACKS, crash_at=st.none() | CRASHES)
    def two_at_once(self, at: int, first: str, crash_at: int | None) -> None:
        """While one stack is brought up, the other one is too."""
        self.step()
        one, other = self.stacks[first], self.stacks["globex" if first == "acme" else "acme"]
        ends_at = self._moment(crash_at)
        self.end_run(
            one, one.up(visits={at % LATEST[self.about]: lambda: self.end_run(other, other.up(crash_at=ends_at))})
        )

    # What happens to the account

    @rule(stack=STACKS, place=PLACES, way=PLACES)
    def somebody_edits(self, stack: str, place: int, way: int) -> None:
        self.step()
        for name, record in _one(place, self.editable(stack).items()):
            drawn = OF_NAME[name]
            for edit in _one(way, drawn.edits):
                getattr(self.world.emulator, f"edit_{drawn.kind.name}")(record.id, **edit)

    @rule(stack=STACKS, place=PLACES, way=PLACES)
    def somebody_ends(self, stack: str, place: int, way: int) -> None:
        self.step()
        for name, record in _one(place, self.editable(stack).items()):
            _at(way, OF_NAME[name].ends)(self.world.emulator, record.id)

    @rule(
        stack=STACKS,
        place=PLACES,
        edit=st.sampled_from((("", ""), ("", ""), ("[xp2", "[xp3"), ("]", "] copy"), ("[xp2", "xp2"), (":", "::"))),
    )
    def look_alike_appears(self, stack: str, place: int, edit: tuple[str, str]) -> None:
        """Somebody has the same, with something like our marker, or with a copy of one that says that it is held."""
        self.step()
        on = self.stacks[stack]
        for name in _one(place, [one for one in on.program if OF_NAME[one].kind.signed]):
            if len(self.foreign) < 20:
                self.add_foreign(on, name, edit)

    @rule()
    def next_cluster_breaks(self) -> None:
        self.step()
        self.world.emulator.fail_next_clusters(1)

    @rule(seconds=st.sampled_from((5.0, 60.0, 700.0, 1.2 * HOUR, 24 * HOUR)))
    def time_passes(self, seconds: float) -> None:
        self.step()
        self.world.pass_time(seconds)

    @rule(seconds=st.sampled_from((-HOUR, -60.0, 60.0, HOUR)))
    def wall_clock_jumps(self, seconds: float) -> None:
        self.step()
        self.world.clock.jump(seconds)
        self.world.ledger.note_time()

    @rule(left=st.sampled_from((0, 3, 10)))
    def credits_drain(self, left: int) -> None:
        self.step()
        self.world.emulator.set_credits_used(self.world.emulator.account.credits.limit - left)
        self.is_drained = True

    # All is well again

    @precondition(lambda self: any(stack.program for stack in self.stacks.values()))
    @rule(stack=STACKS)
    def calm(self, stack: str) -> None:
        """In peace, and with its user following advice, a stack comes to what its program says, and stays there."""
        self.step()
        on, emulator = self.stacks[stack], self.world.emulator
        emulator.set_credits_used(0)
        self.is_drained = False
        emulator.fail_next_clusters(0)
        self.world.pass_time(60)
        for _ in range(3):
            self.hear(on.refresh())
            report = self.up_in_peace(on)
            if report.calm:
                break
            self.follow_advice(on)
        assert report.calm, f"never calm: {report.failures}"
        writes = self.world.ledger.writes
        again = on.up()
        assert again.calm
        assert not again.steps, f"a second run planned {again.steps}"
        assert self.world.ledger.writes == writes, "a second run wrote"
        self.is_true(on)


def _at(place: int, items: Sequence[T]) -> T:
    return items[place % len(items)]


def _one(place: int, items: Iterable[T]) -> list[T]:
    """The item at this place, of as many as there are; an empty list where there is none."""
    found = list(items)
    return [_at(place, found)] if found else []
