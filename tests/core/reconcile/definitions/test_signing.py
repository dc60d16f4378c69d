"""A call that changes only the marker loses nothing, also where the service replaces what it has by what it gets."""

from collections.abc import Callable
from dataclasses import asdict
from random import Random
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import (
    OWNER,
    desired_connection,
    desired_hook,
    desired_package,
    desired_schedule,
)
from tests.support.faults.behaviours import answers
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.kinds.registry import MARKED, kind_of
from xplenty_pulumi.core.reconcile import DefinitionReconciler, KnownDefinitions, definition_of
from xplenty_pulumi.core.reports.hand_over import hand_over, look
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import NotFoundError

REPLACING = Knobs(
    package_on_put="replace",
    package_variables_on_put="replace",
    schedule_put="replace",
    hook_settings_on_put="replace",
)
UNFINISHED = markers.marker_of(OWNER).drawn(ManualClock().now(), Random(1))


def of_package(bench: Bench) -> Any:
    """Make one with a flow, variables and a description."""
    inputs: dict[str, Any] = {"flow": '{"components":[1]}', "variables": {"day": "'x'"}, "description": "nightly"}
    known = KnownDefinitions(definition_of(PACKAGE, bench.client), bench.clock)
    return DefinitionReconciler(known, bench.patience).create(desired_package(**inputs)).record


def of_schedule(bench: Bench) -> Any:
    """Make one that is switched off and has much besides that is not the default."""
    given: dict[str, Any] = {"enabled": False, "overlap": False, "nodes": 4, "start_at": "2027-01-01T00:00:00Z"}
    return bench.schedules.create(desired_schedule(description="nightly", **given)).record


MAKERS: dict[str, Callable[[Bench], Any]] = {
    "cluster": lambda bench: bench.client.clusters.get(
        bench.emulator.add_cluster(description="nightly", name="etl", nodes=3).id
    ),
    "package": of_package,
    "schedule": of_schedule,
    "connection": lambda bench: bench.connections.create(desired_connection()).record,
    "hook": lambda bench: bench.hooks.create(desired_hook(name="bell", active=False)).record,
}


def held_by(bench: Bench, record: Any) -> dict[str, Any]:
    """Return what the account really holds of it, without its marker and what counts its changes."""
    kind = kind_of(record)
    found = asdict(getattr(bench.emulator.account.world, kind.collection)[record.id])
    return {**found, kind.signed: markers.strip(found[kind.signed]), "updated_at": None, "version": None}


@pytest.mark.parametrize("marker", [None, UNFINISHED], ids=["released", "handed over"])
@pytest.mark.parametrize("name", MARKED)
def test_only_the_marker_changes(name: str, marker: Marker | None) -> None:
    """Each kind that carries a marker is released and handed over with all else as it was."""
    bench = Bench.new(knobs=REPLACING)
    record = MAKERS[name](bench)
    before = held_by(bench, record)
    now = hand_over(bench.client, look(bench.client, name, record.key), marker, clock=bench.clock)
    assert now.marker == marker
    assert held_by(bench, record) == before


def test_a_package_that_only_a_list_shows_is_not_signed() -> None:
    """No list has its flow, which the call would lose."""
    bench = Bench.new(knobs=REPLACING)
    number = of_package(bench).id
    bench.wire.on(f"GET packages/{number}", answers(404))
    with pytest.raises(NotFoundError):
        look(bench.client, "package", number)
