"""What differs is found field by field, whatever the spelling."""

from types import MappingProxyType
from typing import Any

import pytest

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.compare import Difference, differences
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Change

OBSERVED = MappingProxyType(
    {
        "status": "available",
        "nodes": 2,
        "type": "production",
        "name": "cyan-wave-137",
        "description": "night",
        "terminate_on_idle": False,
        "time_to_idle": 3600,
        "zone": "us-east-1b",
        "slave_spot_percentage": 0.5,
        "allow_fallback": True,
        "bootstrap_actions": [{"script_path": "s3://a", "args": ["x"]}],
    }
)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"nodes": 2},
        {"nodes": 2.0},
        {"description": " night "},
        {"terminate_on_idle": "f"},
        {"time_to_idle": 3600.0},
        {"time_to_idle": "1h"},
        {"slave_spot_percentage": 0.50},
        {"allow_fallback": 1},
        {"bootstrap_actions": [{"script_path": "s3://a", "args": ("x",)}]},
    ],
)
def test_another_spelling_is_no_difference(wanted: dict[str, Any]) -> None:
    """Both sides are compared in canonical form."""
    assert differences(CLUSTER, wanted, OBSERVED) == ()


@pytest.mark.parametrize(
    ("wanted", "change"),
    [
        ({"nodes": 3}, Change.IN_PLACE),
        ({"name": "night"}, Change.IN_PLACE),
        ({"description": ""}, Change.IN_PLACE),
        ({"terminate_on_idle": True}, Change.IN_PLACE),
        ({"time_to_idle": 60}, Change.IN_PLACE),
        ({"type": "sandbox"}, Change.REPLACE),
        ({"zone": "us-east-1c"}, Change.REPLACE),
        ({"region": "gcloud::us-central1"}, Change.REPLACE),
        ({"slave_spot_percentage": 0.6}, Change.REPLACE),
        ({"allow_fallback": False}, Change.REPLACE),
        ({"bootstrap_actions": [{"script_path": "s3://a"}]}, Change.REPLACE),
    ],
)
def test_another_value_is_a_difference(wanted: dict[str, Any], change: Change) -> None:
    """Each difference names its field, both values and what changing it means."""
    ((name, value),) = wanted.items()
    assert differences(CLUSTER, wanted, OBSERVED) == (Difference(name, value, OBSERVED.get(name), change),)


@pytest.mark.parametrize("name", CLUSTER.names(Change.LOCAL))
def test_local_fields_never_differ(name: str) -> None:
    """What the service never sees cannot be compared with what it shows."""
    assert differences(CLUSTER, {name: "anything"}, {}) == ()


def test_what_the_user_does_not_name_never_differs() -> None:
    """The service's own choice stands."""
    assert differences(CLUSTER, {"nodes": 2}, {**OBSERVED, "name": "other", "stack": "mint-everest"}) == ()


@pytest.mark.parametrize("shown", ["Production", "PRODUCTION"])
def test_the_capitals_of_a_closed_set_are_no_difference(shown: str) -> None:
    """One that replaces would end what works."""
    assert differences(CLUSTER, {"type": "production"}, {**OBSERVED, "type": shown}) == ()


def test_the_capitals_of_a_text_are_a_difference() -> None:
    """A zone or a name may be another one."""
    assert differences(CLUSTER, {"zone": "us-east-1b"}, {**OBSERVED, "zone": "US-East-1b"}) != ()


def test_differences_come_in_the_order_of_the_table() -> None:
    """Reports read the same each time."""
    found = differences(CLUSTER, {"zone": "c", "time_to_idle": 1, "type": "sandbox", "nodes": 9}, OBSERVED)
    assert [one.field for one in found] == ["nodes", "type", "time_to_idle", "zone"]


@pytest.mark.parametrize("observed", [None, "many", [], {}])
def test_what_can_not_be_read_differs(observed: object) -> None:
    """A value of the service that makes no sense is another one; it never raises."""
    assert [one.observed for one in differences(CLUSTER, {"nodes": 2}, {"nodes": observed})] == [observed]


def test_what_can_not_be_read_on_both_sides_is_the_same() -> None:
    """Two equal values are equal even if they make no sense."""
    assert differences(CLUSTER, {"nodes": "many"}, {"nodes": "many"}) == ()


@pytest.mark.parametrize(
    ("wanted", "observed", "differing"),
    [
        ({"variables": {"A": 1.0}}, {"variables": {"A": "1"}}, []),
        ({"variables": {"A": "1"}}, {"variables": {"A": "2"}}, ["variables"]),
        ({"variables": {"A": "1"}}, {"variables": {"A": "1", "B": "2"}}, ["variables"]),
        ({"cluster_id": 77}, {"cluster_id": "77"}, []),
        ({"triggers": ["9f"]}, {"triggers": ["9e"]}, ["triggers"]),
        ({"triggers": {"a": [1]}}, {"triggers": {"a": [1.0]}}, []),
        ({"timeout": 1}, {"timeout": 2}, []),
    ],
)
def test_runs_are_compared_by_what_they_were_given(
    wanted: dict[str, Any], observed: dict[str, Any], differing: list[str]
) -> None:
    """Variables count by the text that is sent, triggers by their value."""
    assert [one.field for one in differences(JOB_RUN, wanted, observed)] == differing
