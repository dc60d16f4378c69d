"""Clusters that come to light while the environment of a branch is taken down."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from tests.support.accounts.command_line import OWNER, SCOPE, START, Scene, opened_scene
from xplenty_pulumi import ClusterProvider
from xplenty_pulumi.cli.branch.down import BranchDown, OwnershipRules
from xplenty_pulumi.cli.branch.stacks import ProjectStacks
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import Holders
from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.marker import marker_of, sign
from xplenty_pulumi.core.reports.branches import BranchStack
from xplenty_pulumi.dynamic.state import PROVIDER

STACK = BranchStack("br-1", "topic", "ann", None, frozenset({SCOPE}), "", is_deployed=True, resources=1)
PAUSES_UNTIL_IT_COMES = 5
"""Of 15 seconds each: the call of a killed run is on its way for more than a minute."""


def taken_down(scene: Scene, monkeypatch: pytest.MonkeyPatch, *, pending: list[Any], waits: bool) -> int:
    """Return how many clusters are ended where one appears meanwhile, by a stack with these operations pending."""
    for name, value in scene.environment.items():
        monkeypatch.setenv(name, value)
    state = {"deployment": {"manifest": {"time": START.isoformat()}, "pending_operations": pending}}
    answers = {"export": json.dumps(state), "--json": json.dumps({"url": "https://backend.example"}), "rm": ""}
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(Engine, "told", lambda _engine, *words: answers[words[1]])
    monkeypatch.setattr(Engine, "shown", lambda _engine, *_words: True)
    engine = Engine("pulumi", Path(), "")
    listed = {STACK.name: SimpleNamespace(full_name="acme/loads/br-1")}
    stacks = SimpleNamespace(snapshot=Snapshot(engine), listed=lambda: listed, selected=lambda: "")

    def appears() -> object:
        return scene.emulator.add_cluster(description=sign("", marker_of(OWNER).drawn(START, Random(1))))

    def nothing() -> None:
        return None

    script: list[Callable[[], object]] = [*[nothing] * PAUSES_UNTIL_IT_COMES, appears, *[nothing] * 1_000]
    scene.clock.script = script
    with opened() as account:
        rules = OwnershipRules(account, lambda: Holders((), ()))
        taking = BranchDown(engine, rules, Screen(), timeout=1200, waits=waits)
        return taking.stack(STACK, cast("ProjectStacks", stacks)).ended


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
