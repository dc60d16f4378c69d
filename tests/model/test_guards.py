"""Each guard against taking a predecessor for a lost cluster holds alone, and the model draws every kind."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.model.account import BEGINNINGS, Account
from tests.model.drawn import DRAWN, OF_NAME, Drawn
from tests.support.simulation.stack import SimulatedStack
from tests.support.simulation.world import SimulatedWorld
from xplenty_pulumi.core.kinds import ownership
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import GOING_OR_GONE, Phase
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.core.reconcile.clusters import converge, create, known
from xplenty_pulumi.emulator import EmulatedCluster

Switch = Callable[[pytest.MonkeyPatch, SimulatedStack], None]


def _delete_first(_patch: pytest.MonkeyPatch, stack: SimulatedStack) -> None:
    stack.delete_first = False


def _only_living(patch: pytest.MonkeyPatch, _stack: SimulatedStack) -> None:
    ended = dict.fromkeys(CLUSTER.statuses(*GOING_OR_GONE), Phase.UNKNOWN)
    patch.setattr(known, "CLUSTER", replace(CLUSTER, phases={**CLUSTER.phases, **ended}))


def _window(patch: pytest.MonkeyPatch, _stack: SimulatedStack) -> None:
    patch.setattr(ownership, "ADOPTION_WINDOW", timedelta(days=10_000))


def _signed(patch: pytest.MonkeyPatch, _stack: SimulatedStack) -> None:
    patch.setattr(converge, "held_text", lambda _cluster, _owner: None)


def _held(patch: pytest.MonkeyPatch, _stack: SimulatedStack) -> None:
    patch.setattr(known.KnownClusters, "hold", lambda _known, _id, **_made: None)


def _same_shape(patch: pytest.MonkeyPatch, _stack: SimulatedStack) -> None:
    patch.setattr(create, "_refuse_another_shape", lambda _found, _desired: None)


GUARDS: tuple[Switch, ...] = (_delete_first, _only_living, _window, _signed, _held, _same_shape)


class Replacement:
    """A stack with a cluster that is about to be replaced, and only these guards in force."""

    def __init__(self, patch: pytest.MonkeyPatch, *guards: Switch) -> None:
        self.world = SimulatedWorld()
        self.stack = SimulatedStack(self.world)
        self.stack.cluster("main")
        for guard in GUARDS:
            if guard not in guards:
                guard(patch, self.stack)
        assert self.stack.up().calm
        self.old = int(self.stack.disk["main"].id)

    def run(self) -> list[str]:
        """Replace the cluster, and return the failures."""
        self.stack.cluster("main", stack="blue-everest")
        return self.stack.up().failures

    @property
    def held(self) -> int:
        """The id of the cluster that the state holds."""
        return int(self.stack.disk["main"].id)

    @property
    def living(self) -> list[EmulatedCluster]:
        """The clusters that live."""
        return list(self.world.emulator.living_clusters())


def test_without_any_guard_the_predecessor_is_adopted_and_then_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trap is real: with every guard off the new resource is the old cluster, which the engine then ends."""
    case = Replacement(monkeypatch)
    case.run()
    assert case.held == case.old
    assert not case.living


def test_deleting_first_leaves_nothing_to_adopt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was ended first is not adopted; that ended ones are not is the other half of this guard."""
    case = Replacement(monkeypatch, _delete_first, _only_living)
    assert not case.run()
    assert [one.id for one in case.living] == [case.held]
    assert case.held != case.old


def test_only_living_clusters_are_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A predecessor whose end was asked for is not adopted, although the engine creates first."""
    case = Replacement(monkeypatch, _only_living)
    case.world.emulator.edit_cluster(case.old, status="pending_terminate")
    assert not case.run()
    assert [one.id for one in case.living] == [case.held]
    assert case.held != case.old


def test_only_recent_clusters_are_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A predecessor older than the window is neither adopted nor ended; the run is refused with advice."""
    case = Replacement(monkeypatch, _window)
    case.world.pass_time(3700)
    (refusal,) = case.run()
    assert "too long ago" in refusal
    assert [one.id for one in case.living] == [case.held] == [case.old]


def test_what_says_that_it_is_held_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A predecessor whose marker says that a state holds it is neither adopted nor ended; the run is refused."""
    case = Replacement(monkeypatch, _signed)
    (refusal,) = case.run()
    assert f"cluster {case.old}: " in refusal
    assert "is held by a state" in refusal
    assert [one.id for one in case.living] == [case.held] == [case.old]


def test_what_the_state_holds_is_not_adopted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A living predecessor that the state holds stays what it is: a new one is made, and the old one is ended."""
    case = Replacement(monkeypatch, _held)
    assert not case.run()
    assert [one.id for one in case.living] == [case.held]
    assert case.held != case.old


def test_a_cluster_of_another_shape_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A predecessor that could not be turned into what is declared is neither adopted nor ended."""
    case = Replacement(monkeypatch, _same_shape)
    (refusal,) = case.run()
    assert "another stack" in refusal
    assert [one.id for one in case.living] == [case.held] == [case.old]


def test_every_kind_is_drawn() -> None:
    """A kind that is added has a row in the model, and programs begin with each of its resources."""
    assert [drawn.kind for drawn in DRAWN] == [*KINDS.values()]
    assert {name for names in (*BEGINNINGS["clusters"], *BEGINNINGS["definitions"]) for name in names} == {*OF_NAME}


_CHANGED = [pytest.param(one, change, id=f"{one.kind.name} {[*change]}") for one in DRAWN for change in one.changes]


@pytest.mark.parametrize(("drawn", "change"), _CHANGED)
def test_what_is_drawn_is_looked_at(drawn: Drawn, change: Mapping[str, object]) -> None:
    """A change that no run has brought about is one that the model sees, unless it sets what is there already."""
    watched, (name, *_) = Account(), drawn.names
    on = watched.stacks["acme"]
    watched.declare(on, name)
    assert watched.up_in_peace(on).calm
    before = drawn.shown(watched.record(on.disk[name]))
    watched.change(on, name, drawn.changes.index(change))
    is_there_already = all(before[one] == value for one, value in change.items())
    if not is_there_already:
        with pytest.raises(AssertionError, match=name):
            watched.is_true(on)
    assert watched.up_in_peace(on).calm
    watched.is_true(on)
