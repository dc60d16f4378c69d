"""When an update writes the marker: where it is asked to, with what it sends anyway, and to say that it is held."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, signed
from tests.support.faults.behaviours import answers, lost_before
from tests.support.faults.exchange import Behaviour
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, read, sign, strip
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.intent import Intent
from xplenty_pulumi.errors import Cancelled, ReadyTimeout

OURS = marker_of(OWNER)
VERSION_1 = sign("night", OURS)
RENAMED = signed("night", owner=Owner("acme", "loads", "old", "nightly"), held=True)


def update(*fields: str, waits: bool = False, signs: bool = False, **inputs: Any) -> DesiredCluster:
    """Return a cluster as it should be after an update of these fields."""
    wanted = desired(**{"description": "night", **inputs})
    return replace(wanted, intent=Intent(frozenset(fields), waits=waits, signs=signs))


def is_ours_and_held(description: str | None) -> bool:
    """Return whether it carries a held marker of version 2 of this resource."""
    found = read(description)
    return found is not None and found.whose == OURS and bool(found.nonce) and not found.is_unfinished


@pytest.mark.parametrize("found", [VERSION_1, RENAMED, "night", None])
def test_a_renamed_owner_signs_anew(bench: Bench, found: str | None) -> None:
    """Once, by one call, and held from the start."""
    made = bench.emulator.add_cluster(description=found)
    bench.clusters.update(made.id, update(signs=True))
    (body,) = bench.wire.bodies("PUT .*")
    assert set(body) == {"description"}
    assert is_ours_and_held(bench.emulator.cluster(made.id).description)
    bench.clusters.update(made.id, update(signs=True))
    assert bench.wire.count("PUT .*") == 1


def test_a_rename_keeps_a_description_that_was_edited_by_hand(bench: Bench) -> None:
    """Only the marker is another one."""
    made = bench.emulator.add_cluster(description=RENAMED.replace("night", "by hand"), nodes=5)
    outcome = bench.clusters.update(made.id, update(signs=True))
    assert strip(bench.emulator.cluster(made.id).description) == "by hand"
    assert (outcome.problem, outcome.record.nodes) == (None, 5)


@pytest.mark.parametrize("found", [VERSION_1, RENAMED, "night"])
def test_without_that_it_is_signed_only_with_what_is_sent_anyway(bench: Bench, found: str) -> None:
    """A marker of version 1 counts as held, so an update that sends nothing leaves it as it is."""
    made = bench.emulator.add_cluster(description=found)
    bench.clusters.update(made.id, update("ready_timeout"))
    assert bench.wire.count("PUT .*") == 0
    bench.clusters.update(made.id, update("name", name="day"))
    (body,) = bench.wire.bodies("PUT .*")
    assert set(body) == {"name", "description"}
    assert is_ours_and_held(body["description"])
    assert strip(body["description"]) == "night"


def test_a_marker_of_ours_is_not_sent_again(bench: Bench) -> None:
    """What it says stays true."""
    made = bench.emulator.add_cluster(description=signed("night", held=True))
    bench.clusters.update(made.id, update("name", signs=True, name="day"))
    assert bench.wire.bodies("PUT .*") == [{"name": "day"}]


def test_an_unfinished_one_is_held_in_the_end(bench: Bench) -> None:
    """By the last write, whatever else is sent."""
    made = bench.emulator.add_cluster(description=signed("night"))
    outcome = bench.clusters.update(made.id, update("name", "description", name="day", description="loads"))
    assert bench.wire.bodies("PUT .*") == [
        {"name": "day", "description": signed("loads")},
        {"description": signed("loads", held=True)},
    ]
    assert outcome.record.description == signed("loads", held=True)


def test_an_unfinished_one_of_another_is_left_as_it_is(bench: Bench) -> None:
    """Where nothing is sent, nothing is signed, or a colleague's create would not find it."""
    other = signed("night", owner=Owner("acme", "loads", "dev", "hourly"))
    made = bench.emulator.add_cluster(description=other)
    bench.clusters.update(made.id, update("ready_timeout"))
    assert bench.emulator.cluster(made.id).description == other


@pytest.mark.parametrize(("keeps_id", "held"), [(True, True), (False, False)])
def test_a_failure_is_held_where_the_state_keeps_the_id(bench: Bench, *, keeps_id: bool, held: bool) -> None:
    """The cluster exists and is known, though it is not as desired."""
    made = bench.emulator.add_cluster(description=signed("night"), nodes=3)
    bench.wire.on(
        "PUT .*", lambda one: one.forward() if b"description" in one.request.read() else one.meet(answers(502))
    )
    outcome = bench.clusters.update(made.id, replace(update("nodes", nodes=5), keeps_id=keeps_id))
    assert outcome.problem is not None
    assert bench.emulator.cluster(made.id).description == signed("night", held=held)


@pytest.mark.parametrize(("keeps_id", "held"), [(True, True), (False, False)])
def test_a_cancelled_update_is_held_where_the_state_keeps_the_id(bench: Bench, *, keeps_id: bool, held: bool) -> None:
    """A stack that takes the name of a renamed one does not adopt what that one holds."""
    made = bench.emulator.add_cluster(description=signed("night"), status="pending")
    bench.interruption = "cancelled"
    outcome = bench.clusters.update(made.id, replace(update(waits=True), keeps_id=keeps_id))
    assert isinstance(outcome.problem, Cancelled)
    assert bench.emulator.cluster(made.id).description == signed("night", held=held)


def test_one_that_takes_too_long_is_held_by_the_next_update(bench: Bench) -> None:
    """The service refuses to change what is being built, so the sign is made up for."""
    made = bench.emulator.add_cluster(description=signed("night"), status="creating")
    slow = bench.clusters.update(made.id, replace(update(waits=True), timeout=30))
    assert isinstance(slow.problem, ReadyTimeout)
    assert bench.clusters.update(made.id, update(waits=True)).problem is None
    assert bench.emulator.cluster(made.id).description == signed("night", held=True)


@pytest.mark.parametrize("fault", [answers(500), answers(422), lost_before])
def test_a_sign_that_fails_is_no_failure(bench: Bench, fault: Behaviour) -> None:
    """The next update makes up for it."""
    made = bench.emulator.add_cluster(description=signed("night"))
    bench.wire.on("PUT .*", fault, calls={1})
    outcome = bench.clusters.update(made.id, update("ready_timeout"))
    assert (outcome.problem, outcome.record.description) == (None, signed("night"))
    again = bench.clusters.update(made.id, update("ready_timeout"))
    assert (again.problem, again.record.description) == (None, signed("night", held=True))
