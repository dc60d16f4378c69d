"""The rules of a stack, and the estimate of what its clusters are going to use."""

from datetime import UTC, datetime, timedelta

import pytest

from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.preview import estimate
from xplenty_pulumi.core.preview.estimate import ClusterUse, use_of
from xplenty_pulumi.core.preview.stack_rules import SANDBOX, StackRules, misplaced_rules, read_moment, read_types

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
OF_PRODUCTION = {
    "master_instance_type": "m3.xlarge",
    "slave_instance_type": "m3.xlarge",
    "master_spot_price": 0.1,
    "slave_spot_price": 0.1,
    "master_spot_percentage": 1,
    "slave_spot_percentage": 1,
    "allow_fallback": True,
}


def test_sandbox_sizing_makes_any_cluster_a_valid_sandbox() -> None:
    """Type, nodes and idling are set, what only production has is left out, all else stays."""
    declared = {"nodes": 9, "type": "production", "name": "etl", "time_to_idle": 60, **OF_PRODUCTION}
    sized = StackRules(sizing=SANDBOX).sized(declared)
    assert sized == {"nodes": 1, "type": "sandbox", "terminate_on_idle": True, "name": "etl", "time_to_idle": 60}
    assert check(CLUSTER, sized).problems == ()


def test_other_sizing_changes_nothing() -> None:
    """As declared means as declared."""
    assert StackRules().sized({"nodes": 9, **OF_PRODUCTION}) == {"nodes": 9, **OF_PRODUCTION}


@pytest.mark.parametrize(("allowed", "type_", "refused"), [((), "production", False), (("sandbox",), None, False)])
def test_types_that_are_let_pass(allowed: tuple[str, ...], type_: str | None, *, refused: bool) -> None:
    """Without a rule every type passes, and one that is not known yet passes any rule."""
    assert (StackRules(allowed_types=allowed).refusal_of_type(type_) is not None) is refused


def test_other_types_are_refused_by_name() -> None:
    """The refusal is about `type`, and says what is allowed and where that is set."""
    rules = StackRules(allowed_types=("sandbox",))
    refusal = rules.refusal_of_type("production")
    assert rules.refusal_of_type("sandbox") is None
    assert refusal is not None
    assert refusal.field == "type"
    assert "type must be 'sandbox' in this stack, got 'production'" in str(refusal)
    assert "xplenty:allowedTypes" in str(refusal)


def test_nothing_new_after_the_end() -> None:
    """From the moment on that a stack expires, and not before."""
    rules = StackRules(expires=NOW)
    assert rules.refusal_of_new(NOW - timedelta(seconds=1)) is None
    assert "this environment expired at 2026-01-31 12:00 UTC" in str(rules.refusal_of_new(NOW))
    assert StackRules().refusal_of_new(NOW) is None


@pytest.mark.parametrize("text", ["sandbox,production", " sandbox production ", '["sandbox", "production"]'])
def test_spellings_of_types(text: str) -> None:
    """A list and a text mean the same."""
    assert read_types(text) == ("sandbox", "production")


@pytest.mark.parametrize("text", ["2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00", " 2026-01-31 12:00Z "])
def test_spellings_of_a_moment(text: str) -> None:
    """Any time zone will do."""
    assert read_moment(text) == NOW


@pytest.mark.parametrize("text", ["2026-01-31", "2026-01-31T12:00:00", "soon", "0001-01-01T00:00:00+23:00"])
def test_moments_that_are_none(text: str) -> None:
    """A moment without a time zone would mean another one elsewhere, so it is refused."""
    with pytest.raises(ValueError, match="must be a moment such as 2026-01-31T18:00:00Z"):
        read_moment(text)


@pytest.mark.parametrize(
    ("inputs", "rules", "hours", "is_endless"),
    [
        ({"terminate_on_idle": True, "time_to_idle": 1800}, StackRules(lifetime=36_000), 0.5, False),
        ({}, StackRules(lifetime=36_000), 10, False),
        ({}, StackRules(expires=NOW + timedelta(hours=3)), 3, False),
        ({}, StackRules(lifetime=36_000, expires=NOW + timedelta(hours=3)), 3, False),
        ({}, StackRules(expires=NOW - timedelta(hours=3)), 0, False),
        ({"terminate_on_idle": False}, StackRules(), 24, True),
    ],
)
def test_hours_of_a_cluster(inputs: dict[str, object], rules: StackRules, hours: float, *, is_endless: bool) -> None:
    """Idling goes before the end of the stack, the nearer end counts, and without any a day stands for it."""
    assert use_of("etl", {"nodes": 4, **inputs}, rules, now=NOW) == ClusterUse(
        "etl", 4, hours, is_endless, is_idle=inputs.get("terminate_on_idle") is True
    )


def test_unknown_nodes_are_not_counted() -> None:
    """What is not known yet is not guessed."""
    assert use_of("etl", {}, StackRules(), now=NOW) is None


@pytest.mark.parametrize(
    ("uses", "line"),
    [
        ([], ""),
        ([ClusterUse("a", 1, 1)], "about 1 node-hour: 1 cluster"),
        ([ClusterUse("a", 2, 1), ClusterUse("b", 4, 2.5)], "about 12 node-hours: 2 clusters"),
        ([ClusterUse("a", 2, 24, is_endless=True)], "about 48 node-hours a day: 1 cluster, which nothing ends"),
        (
            [ClusterUse("a", 2, 24, is_endless=True), ClusterUse("b", 1, 1)],
            "about 48 node-hours a day: 1 cluster, which nothing ends + 1 node-hour: 1 cluster",
        ),
        (
            [ClusterUse("a", 2, 8, is_idle=True)],
            "about 16 node-hours: 1 cluster that ends when idle, without the time in which jobs run",
        ),
        (
            [ClusterUse("a", 2, 24, is_endless=True), ClusterUse("b", 1, 1, is_idle=True)],
            "about 48 node-hours a day: 1 cluster, which nothing ends + "
            "1 node-hour: 1 cluster that ends when idle, without the time in which jobs run",
        ),
        ([ClusterUse("a", 1, 1), None], "about 1 node-hour: 1 cluster + 1 cluster whose nodes are not known yet"),
        ([None, None], "2 clusters whose nodes are not known yet"),
    ],
)
def test_line_of_the_estimate(uses: list[ClusterUse | None], line: str) -> None:
    """The sum and the number of clusters for each way in which they end, and what is not counted."""
    assert estimate.headline(uses) == line


def test_limit_counts_all_clusters() -> None:
    """The sum decides; the refusal names the largest clusters first, the sum and the limit."""
    uses = [ClusterUse("small", 2, 1), *(ClusterUse(f"big-{number}", 4, 1) for number in range(6))]
    assert estimate.refusal(uses, None) is None
    assert estimate.refusal(uses, 26) is None
    text = str(estimate.refusal(uses, 25.5))
    assert "about 26 node-hours: 7 clusters (big-0 4 x 1 h, " in text
    assert "big-4 4 x 1 h and 2 more), and xplenty:maxNodeHours allows 25.5" in text


def test_rule_of_the_program_is_told_unless_the_stack_has_it() -> None:
    """A rule in the namespace of the project is not applied, which only matters where nothing else sets it."""
    named = ("maxNodeHours", "lifetime", "sizing", "day")
    config: dict[str, object] = {"xplenty:sizing": "smallest"}
    (text,) = misplaced_rules("loads", named, {"XPLENTY_LIFETIME": "1h"}, config.get)
    assert text.startswith("loads:maxNodeHours is a value of the program and no rule of the stack")
    assert misplaced_rules("loads", ("day",), {}, config.get) == []
