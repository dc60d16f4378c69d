"""Records as outputs and plans see them."""

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core.kinds.cluster import CLUSTER, cluster_view
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.job_run import job_view
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign

SIGNED = sign("night loads", marker_of(Owner("acme", "loads", "dev", "nightly")))


def cluster(**fields: object) -> Cluster:
    """Return a cluster as the service would show it."""
    return Cluster.model_validate({"id": 77, "status": "available", **fields})


def test_view_has_no_marker_and_no_id() -> None:
    """Users see their own text; the id stands elsewhere."""
    view = cluster_view(cluster(description=SIGNED))
    assert view["description"] == "night loads"
    assert "id" not in view


def test_no_description_is_an_empty_one() -> None:
    """A service that sends nothing for an empty description shows no drift."""
    assert cluster_view(cluster(description=None))["description"] == ""


def test_a_sandbox_has_one_node() -> None:
    """Old records show a sandbox with none."""
    assert cluster_view(cluster(type="sandbox", nodes=0))["nodes"] == 1
    assert cluster_view(cluster(type="production", nodes=0))["nodes"] == 0


def test_no_bootstrap_actions_are_an_empty_list() -> None:
    """The service leaves the field out where there are none."""
    assert cluster_view(cluster())["bootstrap_actions"] == []
    shown = cluster_view(cluster(bootstrap_actions=[{"script_path": "s3://a", "args": ["x"]}]))
    assert shown["bootstrap_actions"] == [{"script_path": "s3://a", "args": ["x"]}]


def test_a_bootstrap_action_has_what_a_program_can_say_of_it() -> None:
    """A field that a later version of the service adds to an action is no reason for another cluster."""
    wanted = [{"script_path": "s3://a", "args": ["x"]}, {"script_path": "s3://b"}]
    found = [{"script_path": "s3://a", "args": ["x"], "position": 1}, {"script_path": "s3://b", "position": 2}]
    shown = cluster_view(cluster(bootstrap_actions=found))
    assert differences(CLUSTER, {"bootstrap_actions": wanted}, shown) == ()


def test_view_holds_plain_values_and_unknown_fields() -> None:
    """Times are texts, and what a later version of the service adds is kept."""
    view = cluster_view(cluster(created_at="2026-01-01T00:00:00Z", shiny=True))
    assert view["created_at"] == "2026-01-01T00:00:00Z"
    assert view["shiny"] is True


def test_job_view_is_the_record_alone() -> None:
    """A run's outputs are its record without the id, and without the cluster and package that it shows."""
    record = {"id": 5, "status": "failed", "errors": "no input", "variables": {"A": "1"}}
    view = job_view(Job.model_validate({**record, "cluster": {"id": 501}, "package": {"id": 101}}))
    assert not {"cluster", "package"} & set(view)
    assert view["errors"] == "no input"
    assert view["variables"] == {"A": "1"}
    assert "id" not in view
