"""The tables say what the documentation of the service says, and everything else says what the tables say."""

from typing import Any

import pytest

from tests.support.openapi import load_document
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Change, Kind, Phase
from xplenty_pulumi.core.kinds.registry import KINDS

IN_PLACE = ("nodes", "name", "description", "terminate_on_idle", "time_to_idle")
REPLACE = (
    "type",
    "region",
    "zone",
    "master_instance_type",
    "slave_instance_type",
    "master_spot_price",
    "slave_spot_price",
    "master_spot_percentage",
    "slave_spot_percentage",
    "allow_fallback",
    "stack",
    "bootstrap_actions",
)
CLUSTER_PHASES = {
    "pending": Phase.BUILDING,
    "creating": Phase.BUILDING,
    "available": Phase.READY,
    "idle": Phase.READY,
    "scaling": Phase.SCALING,
    "error": Phase.FAILED,
    "pending_terminate": Phase.ENDING,
    "terminating": Phase.ENDING,
    "terminated": Phase.GONE,
}
JOB_PHASES = {
    "idle": Phase.BUILDING,
    "pending": Phase.BUILDING,
    "queued": Phase.BUILDING,
    "running": Phase.RUNNING,
    "completed": Phase.SUCCEEDED,
    "failed": Phase.FAILED,
    "pending_stoppage": Phase.ENDING,
    "stopping": Phase.ENDING,
    "stopped": Phase.STOPPED,
}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def schema(name: str) -> Any:
    """Return one schema of the API's description."""
    return load_document()["components"]["schemas"][name]


def test_five_cluster_fields_change_in_place() -> None:
    """Exactly what the documentation lets an update change."""
    assert set(CLUSTER.names(Change.IN_PLACE)) == set(IN_PLACE) == set(schema("ClusterUpdate")["properties"])


def test_twelve_cluster_fields_need_a_new_cluster() -> None:
    """Every other documented parameter of create."""
    assert set(CLUSTER.names(Change.REPLACE)) == set(REPLACE)
    assert len(REPLACE) == 12


def test_every_create_field_of_a_cluster_is_there() -> None:
    """Nothing that the documentation offers is missing, and nothing is sent that it does not know."""
    sent = {*CLUSTER.names(Change.IN_PLACE), *CLUSTER.names(Change.REPLACE)}
    assert sent == set(schema("ClusterCreate")["properties"])
    required = schema("ClusterCreate")["required"]
    assert [problem.field for problem in check(CLUSTER, {}).problems] == required == ["nodes"]


def test_every_field_of_a_run_needs_a_new_run() -> None:
    """A run cannot be changed; what is not sent is only the reason for a new one."""
    assert set(JOB_RUN.names(Change.REPLACE)) == {*schema("JobRun")["properties"], "package", "triggers", "account"}
    assert JOB_RUN.names(Change.IN_PLACE) == ()
    by_name = {"package_id"}
    assert {one.name for one in JOB_RUN.fields if one.required} == set(schema("JobRun")["required"]) - by_name


def test_local_fields() -> None:
    """What steers this tool alone is known by name, because it must never be sent."""
    assert CLUSTER.names(Change.LOCAL) == (
        "wait_for",
        "on_create_failure",
        "active_jobs_on_terminate",
        "ready_timeout",
        "terminate_timeout",
        "notify",
    )
    assert JOB_RUN.names(Change.LOCAL) == (
        "on_unsure",
        "on_cancel",
        "wait_for",
        "max_runtime",
        "on_overrun",
        "rerun",
        "on_failure",
        "on_destroy",
        "if_running",
        "timeout",
        "stop_timeout",
        "notify",
    )


@pytest.mark.parametrize(
    ("kind", "phases", "source"), [(CLUSTER, CLUSTER_PHASES, "ClusterStatus"), (JOB_RUN, JOB_PHASES, "JobStatus")]
)
def test_every_status_has_a_phase(kind: Kind, phases: dict[str, Phase], source: str) -> None:
    """Each of the nine statuses that the sources name means something."""
    assert dict(kind.phases) == phases
    assert set(phases) == set(schema(source)["x-known-values"])
    assert len(phases) == 9


def test_living_statuses() -> None:
    """What is on its way to its end, broken or ended is never adopted."""
    assert [one for one in CLUSTER_PHASES if CLUSTER.is_living(one)] == [
        "pending",
        "creating",
        "available",
        "idle",
        "scaling",
    ]
    assert [one for one in JOB_PHASES if JOB_RUN.is_living(one)] == ["idle", "pending", "queued", "running"]


@pytest.mark.parametrize("kind", [CLUSTER, JOB_RUN], ids=lambda kind: kind.name)
def test_a_new_status_is_neither_goal_nor_failure(kind: Kind) -> None:
    """A status that the service makes up later is borne, and what has it counts as there."""
    assert kind.phase("hibernating") is Phase.UNKNOWN
    assert kind.is_living("hibernating")


def test_statuses_by_phase() -> None:
    """The table can be asked the other way round."""
    assert CLUSTER.statuses(Phase.ENDING, Phase.GONE) == ("pending_terminate", "terminating", "terminated")
    assert JOB_RUN.statuses(Phase.SUCCEEDED) == ("completed",)


@EVERY_KIND
def test_names_are_unique(kind: Kind) -> None:
    """No field hides another one."""
    assert list(kind.by_name) == [one.name for one in kind.fields]
    assert all(kind.by_name[one.name] is one for one in kind.fields)


@EVERY_KIND
def test_defaults_are_canonical(kind: Kind) -> None:
    """A default reads as itself, so that it never differs from what it becomes; a required field has none."""
    for one in kind.fields:
        assert not (one.required and one.default is not None)
        if one.default is not None:
            assert one.read(one.default) == one.default
            assert type(one.read(one.default)) is type(one.default)
