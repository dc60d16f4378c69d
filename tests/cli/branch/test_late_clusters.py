"""Clusters that come to light while the environment of a branch is taken down."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.support.accounts.command_line import OWNER, SCOPE, START, Scene, opened_scene
from xplenty_pulumi.cli.branch.down import LATEST, BranchDown, OwnershipRules
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import Holders
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.marker import marker_of, sign
from xplenty_pulumi.core.waiting.patience import Deadline

PAUSES_UNTIL_IT_COMES = 12
"""Of two seconds each: long after two looks have shown nothing."""


def ended(scene: Scene, monkeypatch: pytest.MonkeyPatch, *, seconds: float) -> int:
    """Return how many clusters are ended where one appears meanwhile and they are looked for so long at least."""
    for name, value in scene.environment.items():
        monkeypatch.setenv(name, value)

    def nothing() -> None:
        return None

    def appears() -> object:
        return scene.emulator.add_cluster(description=sign("", marker_of(OWNER).drawn(START, Random(1))))

    script: list[Callable[[], object]] = [*[nothing] * PAUSES_UNTIL_IT_COMES, appears, *[nothing] * 1_000]
    scene.clock.script = script
    with opened() as account:
        judge = OwnershipRules(account, lambda: Holders((), ()))
        taking = BranchDown(Engine("pulumi", Path(), ""), judge, Screen(), timeout=1200)
        return taking.clusters_of(frozenset({SCOPE}), until=Deadline.after(seconds, account.clock)).ended


@pytest.mark.parametrize(("seconds", "count"), [(LATEST, 1), (0, 0)], ids=["a create was lost", "none was"])
def test_a_create_that_was_lost_is_waited_for(monkeypatch: pytest.MonkeyPatch, seconds: float, count: int) -> None:
    """What a killed run was making may appear after the first looks; without such a run two of them are enough."""
    with opened_scene(monkeypatch) as scene:
        assert ended(scene, monkeypatch, seconds=seconds) == count
        assert scene.emulator.living_clusters() == ()
