"""What somebody edits between a read of ours and a call that repeats what was read is not undone by the call."""

from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired, desired_package, desired_schedule
from tests.support.faults.behaviours import doubled, lost_before, preceded_by
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.core.kinds.flows.document import canonical, digest
from xplenty_pulumi.core.kinds.marker import Marker, read, strip
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reconcile import DefinitionReconciler, KnownDefinitions, definition_of
from xplenty_pulumi.core.reconcile.intent import Intent
from xplenty_pulumi.core.reports.hand_over import hand_over, look
from xplenty_pulumi.errors import RefusedError

EDITED = canonical({"components": [{"id": "by hand"}]})
INVALID = canonical({"components": [{"id": "bad", "fails_validation": "no such table"}]})


def packages(bench: Bench) -> DefinitionReconciler[Any]:
    """Return what acts on packages."""
    return DefinitionReconciler(KnownDefinitions(definition_of(PACKAGE, bench.client), bench.clock), bench.patience)


def describe(bench: Bench, number: int, text: str) -> None:
    """Let somebody write something before the marker of a cluster."""
    marker = read(bench.emulator.cluster(number).description)
    bench.emulator.edit_cluster(number, description=f"{text} {marker}")


def test_a_new_cluster_that_is_described_while_a_duplicate_ends_keeps_that(bench: Bench) -> None:
    """It is signed as held with the text that it has by then, and the state has what was declared."""
    bench.wire.on("POST clusters", doubled)
    bench.wire.on("DELETE clusters/.*", preceded_by(lambda: describe(bench, 502, "keep!")))
    made = bench.clusters.create(desired(description="nightly"))
    assert [strip(one.description) for one in bench.emulator.living_clusters()] == ["keep!"]
    (found,) = [read(one.description) for one in bench.emulator.living_clusters()]
    assert found
    assert not found.is_unfinished
    assert strip(made.record.description) == "nightly"


def test_a_new_cluster_that_changes_hands_while_a_duplicate_ends_is_not_signed(bench: Bench) -> None:
    """The marker that it carries by then stays, and a warning says so."""
    theirs = f"{Marker('other-1234567', 'aaaaaaaaaaaa')}"
    bench.wire.on("POST clusters", doubled)
    adopted = preceded_by(lambda: bench.emulator.edit_cluster(502, description=theirs))
    bench.wire.on("DELETE clusters/.*", adopted)
    bench.clusters.create(desired())
    assert bench.emulator.cluster(502).description == theirs
    assert any(text.startswith("cluster 502: its marker was changed meanwhile") for text in bench.warned)


def test_a_new_package_that_is_edited_while_it_is_validated_keeps_the_edit(bench: Bench) -> None:
    """It is signed as held with the flow that it has by then."""
    edit = partial(bench.emulator.edit_package, 107, data_flow_json=EDITED, name="by hand")
    bench.wire.on("POST packages/107/validations", preceded_by(edit))
    assert packages(bench).create(desired_package(validate=True)).problem is None
    (found,) = [one for one in bench.emulator.packages() if one.id == 107]
    assert (found.data_flow_json, found.name) == (EDITED, "by hand")
    marker = read(found.description)
    assert marker
    assert not marker.is_unfinished


def test_a_refresh_shows_an_edit_of_that_time(bench: Bench) -> None:
    """The version in the state is that of what was declared, so the list does not stand in for the package."""
    edit = partial(bench.client.packages.update, 107, {"data_flow_json": EDITED})
    bench.wire.on("POST packages/107/validations", preceded_by(edit))
    made = packages(bench).create(desired_package(validate=True)).record
    seen = PACKAGE.view(made, {})
    found = packages(bench).read(107, seen=seen).record
    assert found
    assert found.data_flow_json == EDITED


def test_a_package_that_is_edited_while_it_is_validated_is_not_put_back(bench: Bench) -> None:
    """The edit is newer than the flow that is not valid, and is named."""
    made = packages(bench).create(desired_package()).record
    edit = partial(bench.emulator.edit_package, made.id, data_flow_json=EDITED)
    bench.wire.on("GET .*validations/.*", preceded_by(edit), calls={1})
    wanted = desired_package(flow=INVALID, validate=True, on_invalid="restore")
    outcome = packages(bench).update(made.id, replace(wanted, intent=Intent(frozenset({"flow"}))))
    assert "somebody has changed it meanwhile, so it was not put back" in str(outcome.problem)
    assert bench.client.packages.get(made.id, include=("flow",)).data_flow_json == EDITED
    assert digest(str(outcome.record.data_flow_json)) == digest(EDITED)


def test_a_change_that_is_sent_again_repeats_what_is_there_by_then(bench: Bench) -> None:
    """Its first call was lost on the way, and somebody has edited another field since."""
    made = packages(bench).create(desired_package()).record

    def edited(exchange: Exchange) -> httpx.Response:
        bench.emulator.edit_package(made.id, data_flow_json=EDITED)
        return exchange.meet(lost_before)

    bench.wire.on(f"PUT packages/{made.id}", edited, calls={1})
    wanted = replace(desired_package(name="other"), intent=Intent(frozenset({"name"})))
    assert packages(bench).update(made.id, wanted).problem is None
    found = bench.client.packages.get(made.id, include=("flow",))
    assert (found.name, found.data_flow_json) == ("other", EDITED)


def test_a_hand_over_that_is_sent_again_repeats_what_is_there_by_then(bench: Bench) -> None:
    """As a change does."""
    made = bench.schedules.create(desired_schedule(description="nightly")).record

    def edited(exchange: Exchange) -> httpx.Response:
        bench.client.schedules.update(made.id, {"name": "by hand"})
        return exchange.meet(lost_before)

    bench.wire.on(f"PUT schedules/{made.id}", edited, calls={1})
    hand_over(bench.client, look(bench.client, "schedule", made.id), None, clock=bench.clock)
    (found,) = [one for one in bench.emulator.schedules() if one.id == made.id]
    assert (found.name, found.description) == ("by hand", "nightly")


def test_a_hand_over_is_not_sent_again_to_what_has_got_a_third_marker(bench: Bench) -> None:
    """Another stack adopted it while the answer was lost, so it is that stack's."""
    made = bench.ready_cluster(description="by hand")
    theirs = f"{Marker('other-1234567', 'aaaaaaaaaaaa')}"

    def adopted(exchange: Exchange) -> httpx.Response:
        bench.emulator.edit_cluster(made.id, description=theirs)
        return exchange.meet(lost_before)

    bench.wire.on(f"PUT clusters/{made.id}", adopted, calls={1})
    with pytest.raises(RefusedError, match="its marker was changed meanwhile"):
        hand_over(bench.client, look(bench.client, "cluster", made.id), Marker("dev", "b" * 12), clock=bench.clock)
    assert bench.emulator.cluster(made.id).description == theirs
