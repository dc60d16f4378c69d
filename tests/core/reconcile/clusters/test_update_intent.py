"""An update sends what its preview has shown, and leaves alone what was changed by hand besides."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired, signed
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.intent import Intent
from xplenty_pulumi.errors import ReadyFailed

HELD = signed("night", held=True)


def update(*fields: str, waits: bool = False, signs: bool = False, **inputs: Any) -> DesiredCluster:
    """Return a cluster as it should be after an update of these fields."""
    wanted = desired(**{"description": "night", **inputs})
    return replace(wanted, intent=Intent(frozenset(fields), waits=waits, signs=signs))


@pytest.mark.parametrize("status", ["available", "scaling"])
def test_nothing_is_sent_where_only_a_timeout_changes(bench: Bench, status: str) -> None:
    """A cluster that was grown by hand keeps its nodes, its name and its description, and nothing is waited for."""
    made = bench.emulator.add_cluster(nodes=5, name="by hand", description=HELD, status=status)
    outcome = bench.clusters.update(made.id, update("ready_timeout", nodes=2, ready_timeout="20m"))
    assert outcome.problem is None
    assert (outcome.record.nodes, outcome.record.status) == (5, status)
    assert {method for method, _, _ in bench.wire.requests} == {"GET"}
    assert bench.clock.monotonic() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "day"), ("terminate_on_idle", True), ("time_to_idle", 60), ("nodes", 3)],
)
def test_only_the_field_that_changes_is_sent(bench: Bench, field: str, value: Any) -> None:
    """What else differs was not previewed."""
    made = bench.emulator.add_cluster(nodes=5, name="by hand", description=HELD, time_to_idle=7200)
    outcome = bench.clusters.update(made.id, update(field, **{"name": "night", field: value}))
    assert outcome.problem is None
    assert bench.wire.bodies("PUT .*") == [{field: value}]


def test_what_is_sent_is_waited_for(bench: Bench) -> None:
    """Also where nothing is waited for otherwise; the nodes only where they are a matter of the update."""
    made = bench.emulator.add_cluster(description=HELD)
    assert bench.clusters.update(made.id, update("nodes", nodes=4)).record.nodes == 4
    renamed = bench.clusters.update(made.id, update("name", nodes=9, name="day"))
    assert (renamed.problem, renamed.record.name, renamed.record.nodes) == (None, "day", 4)


def test_a_resize_that_a_killed_update_has_sent_is_waited_for(bench: Bench) -> None:
    """The state does not say that it was sent; its success is to be seen all the same, and nothing is sent again."""
    made = bench.emulator.add_cluster(description=HELD)
    bench.client.clusters.update(made.id, {"nodes": 4})
    outcome = bench.clusters.update(made.id, update("nodes", nodes=4))
    assert (outcome.problem, outcome.record.status, outcome.record.nodes) == (None, "available", 4)
    assert bench.wire.count("PUT .*") == 1


def test_a_field_that_is_as_it_should_be_is_not_sent(bench: Bench) -> None:
    """The update changes an input to what somebody has set by hand before."""
    made = bench.emulator.add_cluster(nodes=4, description=HELD)
    assert bench.clusters.update(made.id, update("nodes", nodes=4)).problem is None
    assert bench.wire.count("PUT .*") == 0


def test_readiness_is_waited_for_where_the_create_owes_it(bench: Bench) -> None:
    """Without any field, which is what the engine asks for after a create that took too long."""
    made = bench.emulator.add_cluster(description=HELD, status="creating", nodes=5)
    outcome = bench.clusters.update(made.id, update(waits=True))
    assert (outcome.problem, outcome.record.status) == (None, "available")
    assert bench.wire.count("PUT .*") == 0


def test_a_broken_one_is_not_ready(bench: Bench) -> None:
    """What is waited for and cannot come is a problem; where nothing is waited for it is none of the update."""
    made = bench.emulator.add_cluster(description=HELD, status="error")
    assert isinstance(bench.clusters.update(made.id, update(waits=True)).problem, ReadyFailed)
    assert bench.clusters.update(made.id, update("ready_timeout")).problem is None


@pytest.mark.parametrize("touched", [True, False])
def test_watchers_are_changed_only_where_they_are_a_matter_of_it(bench: Bench, *, touched: bool) -> None:
    """Who was put on by hand stays."""
    made = bench.emulator.add_cluster(description=HELD, watched=True)
    fields = ("notify",) if touched else ("ready_timeout",)
    assert bench.clusters.update(made.id, update(*fields, notify=False)).problem is None
    assert bench.emulator.cluster(made.id).watched is not touched
    assert (bench.wire.count("GET clusters/.*/watchers") > 0) is touched


def test_a_description_that_changes_keeps_the_marker(bench: Bench) -> None:
    """The user's text is another one, the create call the same."""
    made = bench.emulator.add_cluster(description=HELD)
    bench.clusters.update(made.id, update("description", description="day"))
    assert bench.wire.bodies("PUT .*") == [{"description": signed("day", held=True)}]
