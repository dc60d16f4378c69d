"""An update is about what its preview has shown, and about what a create still owes."""

from typing import Any

import pytest

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.kind import EVERYTHING
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reconcile.intent import Intent, everything, intent_of


def intent(old: dict[str, Any], new: dict[str, Any], **given: Any) -> Intent:
    """Return the intent of an update of a cluster of two nodes that was seen ready."""
    known = {"owed": (), "status": "available", "signs": False, **given}
    return intent_of(CLUSTER, {"nodes": 2, **old}, {"nodes": 2, **new}, **known)


@pytest.mark.parametrize("kind", [CLUSTER, HOOK], ids=lambda kind: kind.name)
def test_a_create_is_about_everything(kind: Any) -> None:
    """All fields, seen to be ready, with a marker."""
    assert everything(kind) == Intent(frozenset(kind.by_name), waits=True, signs=True)


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ({}, {"nodes": 3}, {"nodes"}),
        ({"name": "night"}, {"name": "day", "time_to_idle": 60}, {"name", "time_to_idle"}),
        ({"description": "loads"}, {}, {"description"}),
        ({}, {"ready_timeout": "1h"}, {"ready_timeout"}),
        ({}, {"notify": True}, {"notify"}),
    ],
)
def test_the_fields_are_those_whose_input_changes(old: dict[str, Any], new: dict[str, Any], fields: set[str]) -> None:
    """Whatever else was changed by hand is no matter of it, and nothing is waited for but what is sent."""
    assert intent(old, new) == Intent(frozenset(fields), waits=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [({"nodes": 2.0}, {"nodes": 2}), ({}, {"terminate_on_idle": False}), ({}, {"ready_timeout": 1800})],
)
def test_another_spelling_is_no_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Inputs are compared as they are understood, with their defaults."""
    assert intent(old, new).fields == frozenset()


def test_what_is_owed_is_everything() -> None:
    """Where a create has not come to its end, it is made up for, whatever changes besides."""
    assert intent({}, {}, owed=[EVERYTHING]) == everything(CLUSTER)
    assert intent({}, {"nodes": 3}, owed=[EVERYTHING], signs=False) == everything(CLUSTER)


def test_what_an_update_may_have_sent_is_owed() -> None:
    """Where the program takes back a change that was sent and not seen, the next update sends it back too."""
    assert intent({}, {}, owed=["nodes"], status="creating") == Intent(frozenset({"nodes"}), waits=True)


@pytest.mark.parametrize(
    ("new", "given", "waits"),
    [
        ({"nodes": 3}, {}, False),
        ({"nodes": 3}, {"status": "creating"}, True),
        ({}, {}, True),
        ({}, {"signs": True}, False),
        ({}, {"signs": True, "status": "creating"}, True),
    ],
)
def test_what_was_not_seen_ready_is_waited_for(new: dict[str, Any], given: dict[str, bool], *, waits: bool) -> None:
    """So is something of which nothing changes: the engine asks then for nothing else."""
    assert intent({}, new, **given).waits is waits


@pytest.mark.parametrize("signs", [True, False])
def test_it_signs_where_the_owner_has_another_name(*, signs: bool) -> None:
    """The caller knows whether the owner that the state names is the one that declares it now."""
    assert intent({}, {"nodes": 3}, signs=signs).signs is signs


def test_a_member_that_a_refresh_has_shown_without_a_value_is_changed() -> None:
    """Left as it is shown, it would be sent back with each update, which no service need accept."""
    old, new = {"variables": {"day": "1", "added": None}}, {"variables": {"day": "1"}}
    found = intent_of(PACKAGE, old, new, owed=(), status="", signs=False)
    assert found.members == {"variables": frozenset({"added"})}
