"""What comes to light while the environment of a branch is taken down."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from tests.core.reconcile.definitions import test_connections, test_hooks, test_packages, test_schedules
from tests.support.accounts.command_line import OWNER, SCOPE, START, Scene, opened_scene
from tests.support.faults.behaviours import rewritten
from tests.support.openapi import SchemaWatch
from xplenty_pulumi import ClusterProvider
from xplenty_pulumi.cli.commands.branch.down import BranchDown, Cleared
from xplenty_pulumi.cli.commands.branch.rules import OwnershipRules
from xplenty_pulumi.cli.commands.branch.stacks import ProjectStacks
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import Held, Holders
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.kind import Ending, Key
from xplenty_pulumi.core.kinds.marker import Marker, marker_of, sign
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.core.reports.branches import BranchStack
from xplenty_pulumi.dynamic.state import PROVIDER
from xplenty_pulumi.emulator import FaultRule, Faults, refusing

STACK = BranchStack("br-1", "topic", "ann", None, frozenset({SCOPE}), "", is_deployed=True, resources=1)
NOBODY = Holders((), ())
UNFINISHED = marker_of(OWNER).drawn(START, Random(1))
PAUSES_UNTIL_IT_COMES = 5
"""Of 15 seconds each: the call of a killed run is on its way for more than a minute."""


def taking(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    *,
    waits: bool = False,
    pending: Sequence[Any] = (),
    holders: Holders = NOBODY,
) -> Cleared:
    """Take the stack down with these operations pending, where its `pulumi destroy` does nothing."""
    for name, value in scene.environment.items():
        monkeypatch.setenv(name, value)
    state = {"deployment": {"manifest": {"time": START.isoformat()}, "pending_operations": [*pending]}}
    answers = {"export": json.dumps(state), "--json": json.dumps({"url": "https://backend.example"}), "rm": ""}
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(Engine, "told", lambda _engine, *words: answers[words[1]])
    monkeypatch.setattr(Engine, "shown", lambda _engine, *_words: True)
    engine = Engine("pulumi", Path(), "")
    listed = {STACK.name: SimpleNamespace(full_name="acme/loads/br-1")}
    stacks = SimpleNamespace(snapshot=Snapshot(engine), listed=lambda: listed, selected=lambda: "")

    with opened() as account:
        down = BranchDown(engine, OwnershipRules(account, lambda: holders), Screen(), timeout=1200, waits=waits)
        return down.stack(STACK, cast("ProjectStacks", stacks))


def taken_down(scene: Scene, monkeypatch: pytest.MonkeyPatch, *, pending: list[Any], waits: bool) -> int:
    """Return how many clusters are ended where one appears meanwhile, by a stack with these operations pending."""

    def appears() -> object:
        return scene.emulator.add_cluster(description=sign("", UNFINISHED))

    def nothing() -> None:
        return None

    script: list[Callable[[], object]] = [*[nothing] * PAUSES_UNTIL_IT_COMES, appears, *[nothing] * 1_000]
    scene.clock.script = script
    return len(taking(scene, monkeypatch, pending=pending, waits=waits).ended)


@pytest.mark.parametrize("waits", [True, False], ids=["waits", "does not wait"])
@pytest.mark.parametrize("was_creating", [True, False], ids=["a create was lost", "none was"])
def test_a_create_that_was_lost_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, *, was_creating: bool, waits: bool
) -> None:
    """What a killed run was making may come later than a minute; without such a run nothing is waited for."""
    provider = serialize_provider(ClusterProvider())
    resource = {"urn": "urn:pulumi:br-1::loads::Cluster::etl", "type": "Cluster", "inputs": {PROVIDER: provider}}
    pending = [{"type": "creating", "resource": resource}] if was_creating else []
    with opened_scene(monkeypatch) as scene:
        assert taken_down(scene, monkeypatch, pending=pending, waits=waits) == (was_creating and waits)
        assert scene.emulator.living_clusters() == ()


def test_a_cluster_that_is_released_until_it_can_be_ended_is_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is being built cannot be ended yet; what its marker says then decides, and it is named."""
    with opened_scene(monkeypatch) as scene:
        made = scene.emulator.add_cluster(status="creating", description=sign("", UNFINISHED))
        scene.clock.script = [
            lambda: scene.emulator.edit_cluster(made.id, description="kept by hand"),
            *[lambda: None] * 1_000,
        ]
        cleared = taking(scene, monkeypatch)
        assert (cleared.ended, [one.reason for one in cleared.spared]) == ((), ["its marker was changed meanwhile"])
        assert [one.id for one in scene.emulator.living_clusters()] == [made.id]


def test_a_list_that_lags_behind_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen to have ended is not ended again because a list goes on showing it."""
    lagging = Faults(FaultRule("GET clusters", rewritten(lambda record: record.update(status="available"))))
    with opened_scene(monkeypatch, gates=[lagging]) as scene:
        made = scene.emulator.add_cluster(description=sign("", UNFINISHED))
        assert [one.id for one in taking(scene, monkeypatch).ended] == [made.id]
        assert sum(call.startswith("DELETE") for call in scene.calls()) == 1


DEFINITIONS: dict[str, dict[str, Any]] = {
    "package": test_packages.LEAST,
    "schedule": test_schedules.LEAST,
    "connection": test_connections.LEAST,
    "hook": test_hooks.LEAST,
}


def left(scene: Scene, marker: Marker) -> dict[str, Key]:
    """Leave a definition of each kind with this marker, and return what identifies each."""
    found = {}
    with scene.client() as client:
        for name, least in DEFINITIONS.items():
            kind = MARKED[name]
            calls = getattr(client, kind.collection)
            found[name] = calls.create({**least, kind.signed: sign(str(least.get(kind.signed, "")), marker)}).key
    return found


def there(scene: Scene, found: dict[str, Key]) -> set[str]:
    """Return which of them the account lists."""
    with scene.client() as client:
        listed = {name: {one.key for one in getattr(client, MARKED[name].collection).list()} for name in found}
    return {name for name, key in found.items() if key in listed[name]}


def test_every_kind_of_definition_is_below() -> None:
    """A kind that is added may outlive its environment too."""
    assert {*DEFINITIONS} == {name for name, kind in MARKED.items() if kind.ends is Ending.REMOVED}


def test_definitions_that_a_killed_run_left_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule would go on starting jobs; each kind is listed once more than a `down` of clusters alone needs."""
    with opened_scene(monkeypatch) as scene:
        found = left(scene, UNFINISHED)
        cleared = taking(scene, monkeypatch)
        assert {one.reference for one in cleared.ended} == {*found.items()}
        assert there(scene, found) == set()


def test_looking_for_definitions_costs_one_list_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is left there is nothing to look at twice."""
    with opened_scene(monkeypatch) as scene:
        taking(scene, monkeypatch)
        calls = scene.calls()
    assert [sum(one.startswith(f"GET {MARKED[name].collection}") for one in calls) for name in DEFINITIONS] == [1] * 4


@pytest.mark.parametrize("status", [403, 404])
def test_a_kind_that_the_key_may_not_list_stands_in_no_way(
    monkeypatch: pytest.MonkeyPatch, schema_watch: SchemaWatch, status: int
) -> None:
    """A plan may not have it, and then no stack of the key has made one."""
    schema_watch.look_away()
    with opened_scene(monkeypatch, gates=[Faults(FaultRule("GET hooks", refusing(status, "No.")))]) as scene:
        found = left(scene, UNFINISHED)
        cleared = taking(scene, monkeypatch)
    assert {one.kind for one in cleared.ended} == {*found} - {"hook"}


def test_definitions_that_are_done_or_held_are_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a state holds, or whose create call is done, may be somebody's; it is named."""
    with opened_scene(monkeypatch) as scene:
        done, held = left(scene, UNFINISHED.held), left(scene, UNFINISHED)
        states = tuple(Held("acme/loads/kept", name, frozenset({name}), key, None) for name, key in held.items())
        cleared = taking(scene, monkeypatch, holders=Holders((), states))
        assert (cleared.ended, len(cleared.spared)) == ((), 2 * len(DEFINITIONS))
        assert there(scene, done) == there(scene, held) == {*DEFINITIONS}
