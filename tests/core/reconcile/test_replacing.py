"""A thing is removed to be replaced only where its replacement would not be refused: else nothing would be left."""

from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, desired_hook
from tests.support.faults.behaviours import answers
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.core.reconcile import ClusterReconciler, DefinitionReconciler
from xplenty_pulumi.errors import AuthError, RefusedError

OURS = marker_of(OWNER)


class ReplacedThing:
    """A thing of a stack, by the reconciler of its kind, which somebody may copy with its marker."""

    def __init__(self, bench: Bench, kind: str) -> None:
        self.bench, self.is_cluster = bench, kind == "cluster"
        self.reconciler: ClusterReconciler | DefinitionReconciler[Any] = (
            bench.clusters if self.is_cluster else bench.hooks
        )
        record = (
            bench.clusters.create(desired()).record if self.is_cluster else bench.hooks.create(desired_hook()).record
        )
        self.id = record.id

    def copied(self) -> int:
        """Have somebody copy it, and return the id of the copy."""
        if self.is_cluster:
            text = self.bench.emulator.cluster(self.id).description
            return self.bench.emulator.add_cluster(description=text).id
        (hook,) = self.bench.emulator.hooks()
        body = {"type": hook.type, "settings": hook.settings, "events": hook.events, "name": hook.name}
        return self.bench.client.hooks.create(body).id

    def delete(self) -> None:
        """Remove it, as the engine does before it creates the replacement."""
        if isinstance(self.reconciler, ClusterReconciler):
            self.reconciler.delete(self.id, timeout=600)
        else:
            self.reconciler.delete(self.id)

    def is_there(self) -> bool:
        """Return whether the account has it still."""
        found = self.bench.emulator.living_clusters() if self.is_cluster else self.bench.emulator.hooks()
        return self.id in {one.id for one in found}


@pytest.fixture(params=["cluster", "hook"])
def thing(request: pytest.FixtureRequest, bench: Bench) -> ReplacedThing:
    """A cluster or a hook that the state holds."""
    return ReplacedThing(bench, request.param)


def test_what_somebody_has_copied_is_not_removed_to_be_replaced(thing: ReplacedThing) -> None:
    """The preview says so and names the copy; the `up` keeps the thing."""
    copy = thing.copied()

    told = thing.reconciler.plan_replacement(thing.id, OURS)
    with pytest.raises(RefusedError) as refused:
        thing.delete()

    assert "it is not removed, because its replacement would be refused" in told
    assert f" {copy}: it carries the marker of this resource" in told
    assert str(refused.value) == told
    assert thing.is_there()


def test_what_nobody_has_copied_is_replaced(thing: ReplacedThing) -> None:
    """Nothing is said, and it is removed."""
    assert thing.reconciler.plan_replacement(thing.id, OURS) == ""
    thing.delete()
    assert not thing.is_there()


def test_a_copy_stands_in_no_way_of_a_destroy(thing: ReplacedThing) -> None:
    """Nothing is to replace the thing, so nothing can be refused."""
    thing.copied()
    thing.delete()
    assert not thing.is_there()


def test_a_service_that_cannot_be_asked_is_no_reason(thing: ReplacedThing) -> None:
    """The plan says nothing then; the removal asks again, and fails where it gets no answer either."""
    thing.copied()
    thing.bench.wire.on("GET clusters" if thing.is_cluster else "GET hooks", answers(403))
    assert thing.reconciler.plan_replacement(thing.id, OURS) == ""
    with pytest.raises(AuthError):
        thing.delete()
    assert thing.is_there()
