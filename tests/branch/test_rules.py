"""What a sweep may end: decided from what is known, and nothing is ended for want of knowledge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from xplenty_pulumi.core.branches import BranchStack, Heads, Living, due_stacks, orphans, scope_of_stack, stack_name
from xplenty_pulumi.core.marker import Owner, scope_of

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


def test_clusters_of_a_due_stack_are_its_own() -> None:
    """They are found by the scope of their marker; others are not named with it."""
    own, other = Living(1, SCOPE, "etl"), Living(2, scope("loads", "feature/y", OURS), "etl")
    (due,) = due_stacks([replace(STACK, expires=NOW)], [own, other], heads=Heads(frozenset({"feature/x"})), now=NOW)
    assert due.clusters == (own,)


def test_only_what_has_lost_its_stack_and_is_of_this_project_is_an_orphan() -> None:
    """Clusters of a living stack, of plain stacks and of another project's branch stacks are left alone."""
    lost = Living(1, scope("loads", "gone", OURS), "etl")
    others = [
        Living(2, SCOPE, "etl"),
        Living(3, scope_of(Owner("acme", "loads", "dev", "")), "etl"),
        Living(4, scope("other", "gone", THEIRS), "etl"),
        Living(5, scope("loads", "gone", THEIRS), "etl"),
        Living(6, "unmanaged", "etl"),
    ]
    assert orphans([STACK], [lost, *others], families=frozenset({OURS})) == (lost,)


def test_without_a_family_nothing_is_an_orphan() -> None:
    """A project that never had a branch stack has nothing to sweep, whatever lives in the account."""
    assert orphans([], [Living(1, scope("loads", "gone", OURS), "etl")], families=frozenset()) == ()
