"""What a sweep may end: decided from what is known, and nothing is ended for want of knowledge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from xplenty_pulumi.client import Cluster, Connection, Hook, Package, Schedule
from xplenty_pulumi.client.models import Creator
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, scope_of
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin
from xplenty_pulumi.core.reports.branches import BranchStack, Heads, due_stacks, orphans, scope_of_stack, stack_name
from xplenty_pulumi.core.reports.living import Claims, HeldReferences, LiveThing, living_among
from xplenty_pulumi.errors import RefusedError

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
OURS, THEIRS = "5f3a1c9", "0d1e2f3"
REPOSITORY = "git.example/acme/loads"
NAME = stack_name("feature/x", OURS)
SCOPE = scope_of_stack(f"acme/loads/{NAME}")
STACK = BranchStack(
    name=NAME,
    branch="feature/x",
    owner="ann",
    expires=NOW + timedelta(hours=1),
    scopes=frozenset({SCOPE}),
    pushed_to=REPOSITORY,
    is_deployed=True,
    resources=1,
)

DONE = "its create call is done, and the state of no stack of this backend holds it"


def scope(project: str, branch: str, family: str) -> str:
    """Return the scope in the markers of a branch stack."""
    return scope_of_stack(f"acme/{project}/{stack_name(branch, family)}")


@pytest.mark.parametrize(
    ("stack", "heads", "reasons"),
    [
        (STACK, Heads(frozenset({"feature/x", "main"}), "origin", REPOSITORY), ()),
        (STACK, Heads(frozenset({"main"}), "origin", REPOSITORY), ("its branch is gone from origin",)),
        (replace(STACK, pushed_to=""), Heads(frozenset({"main"}), "origin", REPOSITORY), ()),
        (replace(STACK, pushed_to=""), Heads(frozenset({"main"})), ("its branch is gone",)),
        (STACK, Heads(frozenset({"main"})), ()),
        (STACK, Heads(frozenset({"main"}), "origin", "git.example/ann/loads"), ()),
        (replace(STACK, branch=""), Heads(frozenset({"main"}), "origin", REPOSITORY), ()),
        (replace(STACK, expires=None), Heads(frozenset({"feature/x"}), "origin", REPOSITORY), ()),
        (
            replace(STACK, expires=NOW),
            Heads(frozenset({"main"}), "origin", REPOSITORY),
            ("its branch is gone from origin", "its lifetime ended at 2026-01-31 12:00 UTC"),
        ),
    ],
    ids=[
        "alive",
        "gone",
        "never pushed",
        "no remote",
        "pushed, no remote",
        "pushed, and asked in a fork",
        "not recorded",
        "no expiry",
        "both",
    ],
)
def test_stack_is_due_for_good_reasons_only(stack: BranchStack, heads: Heads, reasons: tuple[str, ...]) -> None:
    """Its branch was on the remote and is not now, or its lifetime is over; not knowing is no reason."""
    found = due_stacks([stack], [], heads=heads, now=NOW)
    assert tuple(one.reasons for one in found) == ((reasons,) if reasons else ())


OTHER = replace(STACK, name="other", branch="feature/y")
UNPUSHED, MAIN = replace(STACK, branch="mine", pushed_to=""), replace(STACK, name="main", branch="main")


def heads(*names: str) -> Heads:
    """Return the branches of the remote, whose default branch is `main`."""
    return Heads(frozenset({"main", *names}), "origin", REPOSITORY, "main")


@pytest.mark.parametrize("others", [(), ("another",)])
def test_branches_that_are_all_gone_at_once_are_not_believed(others: tuple[str, ...]) -> None:
    """A remote that hides refs, or was made anew under the same address, looks the same as one without them."""
    with pytest.raises(RefusedError, match="feature/x, feature/y") as refused:
        heads(*others).require_some_of([STACK, OTHER, UNPUSHED, MAIN])
    assert "branch down --branch NAME" in str(refused.value)


def test_the_only_branch_of_a_remote_whose_head_is_none_counts_as_the_default_one() -> None:
    """A remote that was made anew under the same address names a HEAD that nobody has pushed."""
    with pytest.raises(RefusedError, match="feature/x, feature/y"):
        replace(heads(), default="").require_some_of([STACK, OTHER, MAIN])


@pytest.mark.parametrize(
    ("told", "stacks"),
    [
        (heads("feature/x"), [STACK, OTHER]),
        (heads(), [STACK]),
        (heads(), [STACK, UNPUSHED, MAIN]),
        (replace(heads(), repository="git.example/ann/loads"), [STACK, OTHER]),
        (heads(), []),
    ],
    ids=["one is there", "the only one", "one besides those not pushed", "another repository", "none"],
)
def test_single_branches_that_are_gone_are_believed(told: Heads, stacks: list[BranchStack]) -> None:
    """Somebody deletes one after the other; what says nothing of a branch counts for neither."""
    told.require_some_of(stacks)


@pytest.mark.parametrize(("days", "is_known"), [(None, False), (-1, True), (7, True), (9, False)])
def test_lifetime_that_ends_never_or_too_late_is_not_known(days: int | None, is_known: bool) -> None:
    """No `branch up` gives more than seven days, so that is the record of a wrong clock."""
    expires = None if days is None else NOW + timedelta(days=days)
    assert replace(STACK, expires=expires).says_when(NOW) == is_known


def test_clusters_of_a_due_stack_are_its_own() -> None:
    """They are those in its state; what else carries its scope is told apart, and others are not named with it."""
    own, stray, other = (
        LiveThing(1, SCOPE, "etl"),
        LiveThing(2, SCOPE, "etl"),
        LiveThing(3, scope("loads", "y", OURS), "etl"),
    )
    stack = replace(STACK, expires=NOW, held={("cluster", 1): UNKNOWN})
    (due,) = due_stacks([stack], [own, stray, other], heads=Heads(frozenset({"feature/x"})), now=NOW)
    assert (due.living, due.stray) == ((own,), (stray,))


def test_living_clusters_of_a_stack_are_those_it_holds_or_has_left_unfinished() -> None:
    """A cluster that was moved into its state has another scope; one that carries its scope may be another's by now."""
    held, unfinished, kept = (
        LiveThing(1, "moved", "etl"),
        LiveThing(2, SCOPE, "etl", is_unfinished=True),
        LiveThing(3, SCOPE, ""),
    )
    stack = replace(STACK, held={("cluster", 1): UNKNOWN}, scopes=frozenset({SCOPE, "moved"}))
    assert stack.living([held, unfinished, kept]) == (held, unfinished)


def test_what_another_stack_has_adopted_is_named_and_is_not_the_stacks() -> None:
    """No destroy of this stack ends it, and that destroy fails for as long as the state has it."""
    found = LiveThing(1, "prod-0123456", "etl")
    stack = replace(STACK, expires=NOW, held={("cluster", 1): UNKNOWN})
    (due,) = due_stacks([stack], [found], heads=Heads(frozenset({"feature/x"})), now=NOW)
    assert (stack.living([found]), due.living) == ((), ())
    (spared,) = stack.adopted_elsewhere([found])
    assert (spared.thing, "`pulumi state delete` takes it out" in spared.reason) == (found, True)


@pytest.mark.parametrize(("made", "is_own"), [("2026-01-31T12:00:00Z", True), ("2026-03-01T00:00:00Z", False)])
def test_what_has_the_id_of_one_that_it_holds_may_be_another(made: str, *, is_own: bool) -> None:
    """As after the service was restored from a backup: it is not shown as the stack's, and not ended with it."""
    held: HeldReferences = {("cluster", 1): Origin("2026-01-31T12:00:00Z")}
    found = LiveThing(1, SCOPE, "etl", made=Origin(made))
    stack = replace(STACK, expires=NOW, held=held)
    (due,) = due_stacks([stack], [found], heads=Heads(frozenset({"feature/x"})), now=NOW)
    assert (bool(stack.living([found])), bool(due.living)) == (is_own, is_own)
    assert (Claims(held, {}, user=27).spared(found) is None) == is_own


@pytest.mark.parametrize(
    ("cluster", "reason"),
    [
        (LiveThing(1, SCOPE, "", is_unfinished=True), ""),
        (LiveThing(1, SCOPE, "", is_unfinished=True, creator=27), ""),
        (LiveThing(2, SCOPE, "", creator=27), ""),
        (LiveThing(1, SCOPE, ""), DONE),
        (LiveThing(3, SCOPE, "", is_unfinished=True), "stack acme/loads/kept holds it in its state"),
        (LiveThing(3, SCOPE, "", is_unfinished=True, kind="schedule"), ""),
        (
            LiveThing(2, SCOPE, "", kind="hook"),
            DONE,
        ),
        (LiveThing(2, SCOPE, "", creator=42), "user 42 created it, and the key is that of user 27"),
        (
            LiveThing(1, SCOPE, "", is_unfinished=True, creator=42),
            "user 42 created it, and the key is that of user 27",
        ),
    ],
    ids=[
        "unfinished",
        "with a creator",
        "its own",
        "done",
        "of a stack",
        "a schedule",
        "a retained hook",
        "own, of another user",
        "of another user",
    ],
)
def test_only_unfinished_or_own_clusters_are_ended(cluster: LiveThing, reason: str) -> None:
    """A marker alone is no proof: what a state holds, what is done and what another user created lives on."""
    held: HeldReferences = {("cluster", 2): UNKNOWN, ("hook", 2): UNKNOWN}
    spared = Claims(held, {("cluster", 3): "acme/loads/kept"}, user=27).spared(cluster)
    assert (spared.reason if spared else "") == reason


def test_living_definitions_are_those_that_are_not_archived() -> None:
    """Each carries its marker where its kind has it."""
    text = str(marker_of(Owner("acme", "loads", NAME, "urn")).drawn(NOW, Random(1)))
    records = [
        Schedule(id=1, status="enabled", description=text),
        Package(id=2, status="active", description=text),
        Package(id=3, status="archived", description=text),
        Connection(id=4, type="s3", name=text),
        Hook(id=5, type="slack", active=True, name=text),
        Hook(id=6, type="slack", active=True, name="by hand"),
    ]
    found = [one.reference for one in living_among(records)]
    assert found == [("schedule", 1), ("package", 2), ("connection", "s3/4"), ("hook", 5)]


def test_living_are_all_with_a_marker_that_have_not_ended() -> None:
    """The state of the marker and the creator come with them; version 1 of the marker counts as held."""
    owner = marker_of(Owner("acme", "loads", NAME, "urn"))
    texts = [str(owner.drawn(NOW, Random(1))), str(owner.drawn(NOW, Random(1)).held), str(owner), "by hand"]
    clusters = [Cluster(id=number, status="available", description=text) for number, text in enumerate(texts, 1)]
    ended = Cluster(id=9, status="terminated", description=texts[0])
    whose = Cluster(id=10, status="idle", description=texts[0], creator=Creator(id=42), owner_id=7)
    found = {
        one.id: (one.scope == SCOPE, one.is_unfinished, one.creator) for one in living_among([*clusters, ended, whose])
    }
    assert found == {1: (True, True, None), 2: (True, False, None), 3: (True, False, None), 10: (True, True, 42)}


def test_only_what_has_lost_its_stack_and_is_of_this_project_is_an_orphan() -> None:
    """Clusters of a living stack, of plain stacks and of another project's branch stacks are left alone."""
    lost = LiveThing(1, scope("loads", "gone", OURS), "etl")
    others = [
        LiveThing(2, SCOPE, "etl"),
        LiveThing(3, scope_of(Owner("acme", "loads", "dev", "")), "etl"),
        LiveThing(4, scope("other", "gone", THEIRS), "etl"),
        LiveThing(5, scope("loads", "gone", THEIRS), "etl"),
        LiveThing(6, "unmanaged", "etl"),
    ]
    assert orphans([STACK], [lost, *others], families=frozenset({OURS})) == (lost,)


def test_without_a_family_nothing_is_an_orphan() -> None:
    """A project that never had a branch stack has nothing to sweep, whatever lives in the account."""
    assert orphans([], [LiveThing(1, scope("loads", "gone", OURS), "etl")], families=frozenset()) == ()
