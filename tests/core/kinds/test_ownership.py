"""What a marker proves of the cluster or hook that carries it, and what is said where it proves nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.support.accounts.desired import OWNER, signed
from xplenty_pulumi.client import Cluster, Hook, Job
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.core.kinds.marker import Marker, marker_of, read, sign
from xplenty_pulumi.core.kinds.ownership import (
    Origin,
    is_adoptable,
    is_marked,
    is_of_another,
    is_surplus,
    marker_on,
    refusal,
    taken_over,
)

OURS = marker_of(OWNER)
NOW = ManualClock().now()
USER = 27


def cluster(
    description: str | None, *, creator: Mapping[str, Any] | None = None, owner_id: int | None = None
) -> Cluster:
    """Return a cluster as the service shows it."""
    shown = {"id": 501, "status": "available", "description": description, "creator": creator, "owner_id": owner_id}
    return Cluster.model_validate(shown)


def hook(name: str | None) -> Hook:
    """Return a hook as the service shows it."""
    return Hook.model_validate({"id": 701, "type": "slack", "name": name})


def created(at: str | None) -> Cluster:
    """Return a cluster that was created then."""
    return Cluster.model_validate({"id": 501, "status": "available", "created_at": at})


def nonce_of(description: str) -> str:
    """Return the nonce of the marker in it."""
    found = read(description)
    assert found is not None
    return found.nonce


def test_a_cluster_carries_it_in_its_description_and_a_hook_in_its_name() -> None:
    """Where something is not there, no marker is."""
    text = signed("night")
    assert marker_on(cluster(text)) == marker_on(hook(text)) == read(text)
    assert marker_on(cluster(None)) is marker_on(hook(None)) is None


@pytest.mark.parametrize("held", [True, False])
def test_all_markers_of_an_owner_are_his(held: bool) -> None:
    """Whatever the nonce and the state, and in version 1 too."""
    assert is_marked(cluster(signed(held=held)), OURS)
    assert is_marked(hook(sign("night", OURS)), OURS)


@pytest.mark.parametrize("part", ["organization", "project", "stack", "name"])
def test_markers_of_others_are_not(part: str) -> None:
    """Another stack or another resource is another owner."""
    other = replace(OWNER, **{part: "other"})
    assert not is_marked(cluster(signed(owner=other)), OURS)
    assert not is_adoptable(cluster(signed(owner=other)), OURS, now=NOW, user=USER)
    text = signed(owner=other)
    assert not is_surplus(cluster(text), OURS, {nonce_of(text)}, user=USER)
    assert not is_marked(cluster("night loads"), OURS)


@pytest.mark.parametrize(
    ("seconds", "adoptable"),
    [(0, True), (3599, True), (3600, True), (3659, True), (3660, False), (7200, False), (-3600, True), (-3660, False)],
)
def test_what_was_posted_within_an_hour_may_be_adopted(seconds: float, *, adoptable: bool) -> None:
    """The nonce knows the minute of the POST only, so the hour ends with that minute; clocks may differ by as much."""
    now = NOW + timedelta(seconds=seconds)
    assert is_adoptable(cluster(signed()), OURS, now=now, user=USER) is adoptable


@pytest.mark.parametrize("text", [signed(held=True), sign("", OURS), "night", ""])
def test_what_is_not_unfinished_is_never_adopted_nor_surplus(text: str) -> None:
    """A held marker, one of version 1 and none at all prove nothing."""
    assert not is_adoptable(cluster(text), OURS, now=NOW, user=USER)
    found = read(text)
    assert not is_surplus(cluster(text), OURS, {found.nonce if found else ""}, user=USER)


def test_surplus_is_what_a_nonce_of_ours_made() -> None:
    """However old it is; a nonce that this resource has not drawn proves nothing."""
    text = signed(minutes_ago=10_000)
    assert is_surplus(cluster(text), OURS, {nonce_of(text)}, user=USER)
    assert is_surplus(hook(text), OURS, {nonce_of(text)}, user=None)
    assert not is_surplus(cluster(text), OURS, {nonce_of(signed(seed=2))}, user=USER)
    assert not is_surplus(cluster(text), OURS, (), user=USER)


def test_a_copy_of_what_was_handed_over_is_no_surplus() -> None:
    """A hand-over creates nothing, so whoever carries its nonce besides has copied the description."""
    marker = OURS.handed_over(NOW, Random(1))
    copy = cluster(sign("copied", marker))
    assert is_adoptable(copy, OURS, now=NOW, user=USER)
    assert not is_surplus(copy, OURS, {marker.nonce}, user=USER)


@pytest.mark.parametrize(
    ("creator", "owner_id", "user", "another"),
    [
        ({"type": "User", "id": 27}, 27, 27, False),
        ({"type": "User", "id": 28}, 27, 27, True),
        ({"type": "User", "id": 27}, 28, 27, False),
        ({"type": "User", "id": 28}, 28, None, False),
        ({"type": "User"}, 28, 27, False),
        ({"type": "Schedule", "id": 27}, 27, 27, True),
        ({"type": "Schedule"}, None, None, True),
        (None, 28, 27, True),
        (None, 27, 27, False),
        (None, None, 27, False),
    ],
)
def test_whose_it_is(creator: Any, owner_id: int | None, user: int | None, *, another: bool) -> None:
    """A schedule or another user; what is not known of either proves nothing against it."""
    made = cluster(signed(), creator=creator, owner_id=owner_id)
    assert is_of_another(made, user) is another
    assert is_adoptable(made, OURS, now=NOW, user=user) is not another
    assert is_surplus(made, OURS, {nonce_of(signed())}, user=user) is not another


def test_hooks_have_no_creator() -> None:
    """The service does not say who made a hook, so its marker decides."""
    assert not is_of_another(hook(signed()), USER)


@pytest.mark.parametrize(
    ("text", "user", "why"),
    [
        (signed(), 27, "was created by another user"),
        (signed(minutes_ago=61), None, "was requested at 2025-12-31 22:59 UTC, too long ago for a lost answer"),
        (signed(held=True), None, "is held by a state, which may be another stack's"),
        (sign("", OURS), None, "is held by a state, which may be another stack's"),
    ],
)
def test_a_refusal_says_why_and_names_the_ways_out(text: str, user: int | None, why: str) -> None:
    """What exists, why it is not taken, and each thing that a user can do."""
    error = refusal(cluster(text, creator={"type": "User", "id": 28}), user=user)
    assert error.resource == "cluster 501"
    assert error.message.endswith(f"which does not have it in the state of this stack, and {why}; nothing was created")
    assert "run `xplenty-pulumi hand-over cluster:501` and `pulumi up` again, which adopts it" in error.advice
    assert "run `pulumi up` in the renamed stack" in error.advice
    assert "`xplenty:scope`" in error.advice
    assert "If `pulumi state rename` has given this resource another name, declare it by that one" in error.advice
    assert "`xplenty-pulumi hand-over cluster:501 --release`" in error.advice


@pytest.mark.parametrize("at", ["2026-03-01T12:00:00Z", "2026-03-01T13:00:04+01:00", None])
def test_one_that_was_created_then_is_the_same(at: str | None) -> None:
    """A few seconds are no difference, nor is another spelling, and what does not say it counts as the same."""
    assert taken_over(created(at), Origin("2026-03-01T12:00:00Z")) == ""


@pytest.mark.parametrize("made", ["", "***", "2026-03-01", "2026-03-01T12:00:00"])
def test_a_state_that_does_not_say_when_proves_nothing(made: str) -> None:
    """Nor does one whose text is no moment."""
    assert taken_over(created("2026-03-02T12:00:00Z"), Origin(made)) == ""


@pytest.mark.parametrize("at", ["2026-03-01T12:00:05Z", "2026-03-01T11:59:55Z"])
def test_one_that_was_created_at_another_time_is_another(at: str) -> None:
    """Earlier or later: both times are told."""
    text = taken_over(created(at), Origin("2026-03-01T12:00:00Z"))
    assert f"created {at[:10]} {at[11:19]} UTC" in text
    assert "created 2026-03-01 12:00:00 UTC" in text


@pytest.mark.parametrize(("text", "same"), [(signed(), True), (sign("", OURS), True), ("night", False), (None, False)])
def test_what_carries_the_marker_of_its_resource_is_the_same(text: str | None, *, same: bool) -> None:
    """A service may show a cluster as created only once it has begun to build it; a marker of version 1 counts too."""
    shown = Cluster.model_validate({"id": 501, "status": "available", "created_at": NOW, "description": text})
    assert (taken_over(shown, Origin("2020-02-29T12:00:00Z", OURS)) == "") is same


@pytest.mark.parametrize("owner", [None, marker_of(replace(OWNER, name="other"))])
def test_the_marker_of_another_resource_proves_nothing(owner: Marker | None) -> None:
    """Nor does any where it is not known whose the thing in the state is."""
    shown = Cluster.model_validate({"id": 501, "status": "available", "created_at": NOW, "description": signed()})
    assert taken_over(shown, Origin("2020-02-29T12:00:00Z", owner))


@pytest.mark.parametrize(("key", "same"), [(OURS, True), (marker_of(replace(OWNER, name="other")), False)])
def test_a_run_with_the_key_of_its_resource_is_the_same(key: Marker, *, same: bool) -> None:
    """Runs carry no marker, but those of a package that declares the variable carry a key."""
    shown = {"id": 9001, "status": "running", "created_at": NOW, "variables": {RUN_KEY: f"'{key}'"}}
    assert (taken_over(Job.model_validate(shown), Origin("2020-02-29T12:00:00Z", OURS)) == "") is same
