"""What a state holds is neither changed nor ended once it carries the marker of another stack."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, desired_schedule, signed
from tests.support.faults.behaviours import lost_before, preceded_by
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, scope_of
from xplenty_pulumi.core.kinds.ownership import Origin
from xplenty_pulumi.core.reconcile.intent import Intent
from xplenty_pulumi.errors import RefusedError

THEIRS = Owner("acme", "loads", "prod", "nightly")
OURS = Origin("", marker_of(OWNER), scopes=frozenset({scope_of(OWNER)}))
"""What the state says of it."""
REFUSED = r"carries the marker of another stack \(prod-.*`xplenty-pulumi hand-over"


def writes(bench: Bench) -> int:
    """Return how many calls were sent that change or end something."""
    return bench.wire.count("(PUT|DELETE) .*")


def cluster_of(bench: Bench, owner: Owner, **fields: Any) -> int:
    """Return the id of a cluster that a stack holds by its marker."""
    return bench.ready_cluster(description=signed(owner=owner, held=True), **fields).id


def schedule_of(bench: Bench, owner: Owner) -> int:
    """Return the id of a schedule that a stack holds by its marker."""
    task = {"packages": [{"package_id": 101, "variables": {"day": "'x'"}}]}
    fields = {"name": "loads", "description": signed(owner=owner, held=True), "task": task}
    return bench.client.schedules.create({"interval_amount": 1, "interval_unit": "days", **fields}).id


def test_a_cluster_is_not_resized(bench: Bench) -> None:
    """The other stack has two nodes in its program."""
    number = cluster_of(bench, THEIRS)
    with pytest.raises(RefusedError, match=REFUSED):
        bench.clusters.update(number, replace(desired(nodes=5), made=OURS))
    assert writes(bench) == 0


def test_a_cluster_is_not_ended(bench: Bench) -> None:
    """The other stack uses it."""
    number = cluster_of(bench, THEIRS)
    with pytest.raises(RefusedError, match=REFUSED):
        bench.clusters.delete(number, timeout=600, made=OURS)
    assert writes(bench) == 0


def test_a_cluster_is_named_by_a_refresh(bench: Bench) -> None:
    """It stays in the state, which says what there is."""
    number = cluster_of(bench, THEIRS)
    seen = bench.clusters.read(number, owner=marker_of(OWNER), made=OURS)
    assert (seen.gone, seen.remark) == (False, "")
    assert [text.partition(" (")[0] for text in bench.warned] == [
        f"cluster {number}: it carries the marker of another stack"
    ]


def test_a_cluster_that_has_ended_is_gone(bench: Bench) -> None:
    """There is nothing left to refuse."""
    number = cluster_of(bench, THEIRS)
    bench.emulator.end_cluster(number)
    assert bench.clusters.read(number, owner=marker_of(OWNER), made=OURS).gone
    assert bench.clusters.delete(number, timeout=600, made=OURS) == "had terminated"
    assert bench.warned == []


def test_a_cluster_that_is_adopted_between_two_calls_to_end_it_lives_on(bench: Bench) -> None:
    """The first call is lost, and what was seen before it does not count for the second."""
    number = cluster_of(bench, OWNER)
    adopt = preceded_by(lambda: bench.emulator.edit_cluster(number, description=signed(owner=THEIRS, held=True)))
    bench.wire.on(f"DELETE clusters/{number}", lost_before, calls={1})
    bench.wire.on(f"GET clusters/{number}", adopt, calls=range(2, 99))  # the first one is before the call
    with pytest.raises(RefusedError, match=REFUSED):
        bench.clusters.delete(number, timeout=600, made=OURS)
    assert bench.emulator.cluster(number).status == "available"


@pytest.mark.parametrize("owner", [OWNER, THEIRS], ids=["not signed yet", "signed before it was killed"])
def test_a_renamed_stack_changes_and_signs_its_own(bench: Bench, owner: Owner) -> None:
    """Its program has another owner than its state."""
    number = cluster_of(bench, owner)
    made = replace(OURS, scopes=frozenset({scope_of(OWNER), scope_of(THEIRS)}))
    wanted = replace(desired(owner=THEIRS, nodes=3), made=made, intent=Intent(frozenset({"nodes"}), signs=True))
    assert bench.clusters.update(number, wanted).record.nodes == 3
    assert signed(owner=THEIRS)[:20] in str(bench.emulator.cluster(number).description)


def test_what_is_to_be_signed_may_carry_any_marker(bench: Bench) -> None:
    """An import takes a cluster over from another stack, and the next update signs it."""
    number = cluster_of(bench, THEIRS)
    wanted = replace(desired(), made=Origin(), intent=Intent(frozenset(), signs=True))
    assert bench.clusters.update(number, wanted).problem is None
    assert signed()[:20] in str(bench.emulator.cluster(number).description)


def test_a_plan_names_the_refusal(bench: Bench) -> None:
    """A preview warns of it."""
    shown = bench.client.clusters.get(cluster_of(bench, THEIRS))
    assert bench.clusters.refusal_of_update(shown.id, shown, made=OURS) is not None
    theirs = replace(OURS, scopes=frozenset({scope_of(THEIRS)}))
    assert bench.clusters.refusal_of_update(shown.id, shown, made=theirs) is None


def test_a_definition_is_neither_changed_nor_removed(bench: Bench) -> None:
    """The same goes for all that carries a marker."""
    number = schedule_of(bench, THEIRS)
    with pytest.raises(RefusedError, match=REFUSED):
        bench.schedules.update(number, replace(desired_schedule("every", every="2 days"), made=OURS))
    with pytest.raises(RefusedError, match=REFUSED):
        bench.schedules.delete(number, made=OURS)
    assert writes(bench) == 0


def test_a_definition_is_named_by_a_refresh_and_in_a_plan(bench: Bench) -> None:
    """It stays in the state."""
    number = schedule_of(bench, THEIRS)
    seen = bench.schedules.read(number, owner=marker_of(OWNER), made=OURS)
    assert not seen.gone
    assert "carries the marker of another stack" in bench.warned[0]
    assert bench.schedules.refusal_of_update(number, seen.record, made=OURS) is not None


@pytest.mark.parametrize("call", ["PUT", "DELETE"])
def test_a_definition_that_is_adopted_between_two_calls_is_left_alone(bench: Bench, call: str) -> None:
    """The first call is lost, and what was seen before it does not count for the second."""
    number = schedule_of(bench, OWNER)

    def adopt() -> None:
        bench.emulator.edit_schedule(number, description=signed(owner=THEIRS, held=True))

    bench.wire.on(f"{call} schedules/{number}", lost_before, calls={1})
    bench.wire.on(f"GET schedules/{number}", preceded_by(adopt), calls=range(2, 99))
    wanted = replace(desired_schedule("every", every="2 days"), made=OURS)
    if call == "PUT":
        assert isinstance(bench.schedules.update(number, wanted).problem, RefusedError)
    else:
        with pytest.raises(RefusedError, match=REFUSED):
            bench.schedules.delete(number, made=OURS)
    assert writes(bench) == 0
