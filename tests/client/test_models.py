"""Records: the documented shapes, the documented oddities, and whatever may come later."""

from datetime import UTC, datetime, timedelta

import pydantic
import pytest

from xplenty_pulumi.client import Cluster, Instance, Job, JobLog, Package, RateLimit
from xplenty_pulumi.client.parsing import parse

DOCUMENTED_CLUSTER: dict[str, object] = {
    "id": 4711,
    "name": "cyan-river-12",
    "description": "Nightly loads",
    "status": "pending",
    "owner_id": 12,
    "plan_id": None,
    "nodes": 3,
    "type": "production",
    "created_at": "2026-02-03T04:05:06Z",
    "updated_at": "2026-02-03T04:05:07Z",
    "available_since": None,
    "terminated_at": None,
    "running_jobs_count": 0,
    "terminate_on_idle": False,
    "time_to_idol": 1800,
    "terminated_on_idle": False,
    "region": "amazon-web-services::eu-west-1",
    "zone": "eu-west-1a",
    "master_instance_type": "m5.xlarge",
    "slave_instance_type": "m5.large",
    "master_spot_price": None,
    "slave_spot_price": 0.21,
    "master_spot_percentage": None,
    "slave_spot_percentage": 0.75,
    "allow_fallback": True,
    "stack": "vanila-everest",
    "idle_since": "2026-02-03T04:05:06Z",
    "url": "https://api.xplenty.com/acme/api/clusters/4711",
    "html_url": "https://xplenty.com/acme/clusters/4711",
    "bootstrap_actions": [{"script_path": "s3://acme/setup.tar.gz", "args": ["one", "two"]}, {"script_path": "s3://b"}],
    "creator": {"type": "Schedule", "display_name": "Nightly", "id": 9, "url": "u", "html_url": "h"},
}

DOCUMENTED_JOB: dict[str, object] = {
    "id": 815,
    "status": "failed",
    "variables": {"InputPath": "'/today'"},
    "owner_id": 12,
    "progress": 1,
    "attempts": 1,
    "master_auto_retry_attempts": 3,
    "outputs_count": 1,
    "outputs": [
        {
            "component": {"name": "out", "type": "cloud_storage_destination_component", "fields": ["id"]},
            "created_at": "2026-02-03T04:05:06Z",
            "id": 31,
            "name": "rows",
            "preview_url": "https://api.xplenty.com/acme/api/jobs/815/outputs/31/preview",
            "records_count": 1234567,
            "updated_at": "2026-02-03T04:05:06Z",
            "url": "https://api.xplenty.com/acme/api/jobs/815/outputs/31",
        }
    ],
    "started_at": "2026-02-03T04:05:09Z",
    "created_at": "2026-02-03T04:05:06Z",
    "updated_at": "2026-02-03T04:06:06Z",
    "completed_at": "2026-02-03T04:06:06Z",
    "failed_at": None,
    "cluster_id": 4711,
    "package_id": 88,
    "errors": "The source is empty.",
    "runtime_in_seconds": 57,
    "log_url": "https://api.xplenty.com/acme/api/jobs/815/log",
    "package": {"id": 88, "name": "Loads", "url": "https://api.xplenty.com/acme/api/packages/88"},
    "log_summary": {
        "id": 5,
        "body": "...",
        "error_summary": "Nothing to read",
        "openai_extract": "Nothing",
        "action_items": ["Fill the source."],
        "created_at": "2026-02-03T04:06:07Z",
    },
}


def test_documented_cluster() -> None:
    """A cluster as documented is read in full, with the misspelt key of the answer to create."""
    cluster = Cluster.model_validate(DOCUMENTED_CLUSTER)
    assert (cluster.id, cluster.status, cluster.nodes, cluster.time_to_idle) == (4711, "pending", 3, 1800)
    assert cluster.created_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert cluster.available_since is None
    assert cluster.slave_spot_percentage == 0.75
    assert cluster.bootstrap_actions is not None
    assert [action.args for action in cluster.bootstrap_actions] == [("one", "two"), None]
    assert cluster.creator is not None
    assert (cluster.creator.type, cluster.creator.id) == ("Schedule", 9)


def test_documented_job() -> None:
    """A job as documented is read in full, embedded records as the service sends them."""
    job = Job.model_validate(DOCUMENTED_JOB)
    assert (job.id, job.status, job.errors, job.runtime_in_seconds) == (815, "failed", "The source is empty.", 57)
    assert job.progress == 1.0
    assert job.variables == {"InputPath": "'/today'"}
    assert job.outputs is not None
    assert (job.outputs[0].id, job.outputs[0].records_count) == (31, 1234567)
    assert job.package == {"id": 88, "name": "Loads", "url": "https://api.xplenty.com/acme/api/packages/88"}
    assert job.log_summary is not None
    assert job.log_summary.action_items == ("Fill the source.",)


def test_job_of_other_shapes_keeps_what_it_says() -> None:
    """Parts of a second, a list of errors and the readable ones of several outputs are kept."""
    outputs = [{"id": 31, "name": "rows"}, {"name": "without an id"}, None, {"id": "32"}]
    errors = ["The source is empty.", {"message": "Nothing to read.", "code": 7}, None]
    job = Job.model_validate({**DOCUMENTED_JOB, "runtime_in_seconds": 96.4, "errors": errors, "outputs": outputs})
    assert (job.runtime_in_seconds, job.errors) == (96.4, "The source is empty.; Nothing to read.")
    assert job.outputs is not None
    assert [one.id for one in job.outputs] == [31, 32]


def test_whole_seconds_stay_whole() -> None:
    """A whole number of seconds is shown without a fraction."""
    job = Job.model_validate(DOCUMENTED_JOB)
    assert '"runtime_in_seconds":57,' in job.model_dump_json()


@pytest.mark.parametrize("value", ["garbage", {"id": 1}, 7])
def test_outputs_that_are_no_list_read_as_none(value: object) -> None:
    """What is no list has no items to keep."""
    assert Job.model_validate({**DOCUMENTED_JOB, "outputs": value}).outputs is None


def test_documented_others() -> None:
    """Packages, logs, instances and budgets are read."""
    package = Package.model_validate(
        {"id": 88, "name": "Loads", "status": "active", "version": 4, "flow_type": "dataflow", "variables": {}}
    )
    assert (package.version, package.flow_type, package.variables) == (4, "dataflow", {})
    assert JobLog.model_validate({"body": "done", "url": "u"}).body == "done"
    instance = Instance.model_validate({"instance_id": "i-1", "status": "available", "master": True, "spot": False})
    assert (instance.master, instance.spot, instance.zone) == (True, False, None)
    assert RateLimit.model_validate({"limit": "5000", "remaining": 12}).limit == 5000


def test_only_what_identifies_is_required() -> None:
    """Every other field may be missing."""
    cluster = Cluster(id=1, status="idle")
    rest = cluster.model_dump(exclude={"id", "status"})
    assert set(rest.values()) == {None}


def test_numbers_and_flags_as_texts() -> None:
    """Numbers and booleans sent as texts are read."""
    cluster = Cluster.model_validate(
        {"id": "7", "status": "idle", "nodes": "4", "terminate_on_idle": "1", "allow_fallback": "t", "zone": 3}
    )
    assert (cluster.id, cluster.nodes, cluster.terminate_on_idle, cluster.allow_fallback) == (7, 4, True, True)
    assert cluster.zone == "3"
    assert Cluster.model_validate({"id": 7, "status": "idle", "terminate_on_idle": "0"}).terminate_on_idle is False


def test_plan_id_of_both_kinds() -> None:
    """A plan is known by a number or by a name."""
    plans = [Cluster.model_validate({"id": 7, "status": "idle", "plan_id": plan}).plan_id for plan in (3, "pro", None)]
    assert plans == [3, "pro", None]


@pytest.mark.parametrize("value", ["garbage", {"a": 1}, [1], float("nan"), float("inf"), "1e999", ""])
def test_unreadable_values_read_as_none(value: object) -> None:
    """What cannot be read as its documented type is None, and the record stays valid."""
    fields = ("nodes", "created_at", "terminate_on_idle", "slave_spot_price", "bootstrap_actions")
    cluster = Cluster.model_validate({"id": 7, "status": "idle", **dict.fromkeys(fields, value)})
    assert [getattr(cluster, field) for field in fields] == [None] * len(fields)


def test_unknown_fields_and_statuses() -> None:
    """What the service may add later is kept."""
    cluster = Cluster.model_validate({"id": 7, "status": "hibernating", "mood": "calm"})
    assert cluster.status == "hibernating"
    assert cluster.model_extra == {"mood": "calm"}


@pytest.mark.parametrize(
    "record",
    [
        {"status": "idle"},
        {"id": 7},
        {"id": None, "status": "idle"},
        {"id": True, "status": "idle"},
        {"id": 0, "status": "idle"},
        {"id": -7, "status": "idle"},
        {"id": 7.5, "status": "idle"},
        {"id": "seven", "status": "idle"},
        {"id": [7], "status": "idle"},
        {"id": 7, "status": None},
        {"id": 7, "status": ""},
        {"id": 7, "status": 3},
        [],
        "cluster",
        None,
    ],
)
@pytest.mark.parametrize("model", [Cluster, Job, Package])
def test_records_without_id_or_status(model: type[pydantic.BaseModel], record: object) -> None:
    """A record that does not say which it is and how it stands is none."""
    with pytest.raises(pydantic.ValidationError):
        model.model_validate(record)


@pytest.mark.parametrize(
    "text", ["2026-02-03T04:05:06Z", "2026-02-03T07:05:06+03:00", "2026-02-03T04:05:06", "2026-02-03 04:05:06Z"]
)
def test_times_are_aware_and_in_utc(text: str) -> None:
    """Offsets are converted, and a time without one is UTC, as documented."""
    moment = Cluster.model_validate({"id": 7, "status": "idle", "created_at": text}).created_at
    assert moment == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert moment is not None
    assert moment.utcoffset() == timedelta(0)


def test_time_beyond_the_calendar() -> None:
    """A time that UTC cannot express reads as None."""
    record = {"id": 7, "status": "idle", "created_at": "9999-12-31T23:59:59-23:00"}
    assert Cluster.model_validate(record).created_at is None


@pytest.mark.parametrize(
    ("status", "shown"), [("in\tflight\x1b[2J", "in flight [2j"), ("\t", "?"), ("\u00e9t\u00e9", "\u00e9t\u00e9")]
)
def test_a_status_can_be_shown_on_a_line(status: str, shown: str) -> None:
    """Every text about a thing has its status, so what a terminal would obey is left out of it."""
    assert parse(Job, {**DOCUMENTED_JOB, "status": status}).status == shown


def test_frozen() -> None:
    """A record is a value and does not change."""
    cluster = Cluster(id=1, status="idle")
    with pytest.raises(pydantic.ValidationError):
        cluster.status = "available"  # type: ignore[misc] # the type checker refuses too, which is the point


def test_repr_is_short_and_discreet() -> None:
    """The printed form names the record and shows nothing that may be secret."""
    job = Job.model_validate({**DOCUMENTED_JOB, "variables": {"password": "hunter2-secret"}, "token": "hunter2-secret"})
    assert repr(job) == "Job(id=815, status='failed')"
    assert "hunter2" not in f"{job} {job!r}"


def test_records_share_the_set_of_their_fields() -> None:
    """A thousand records of one list hold their field names once, and each still tells which it was given."""
    first, second = (parse(Cluster, {**DOCUMENTED_CLUSTER, "id": number}) for number in (1, 2))
    fewer = parse(Cluster, {"id": 3, "status": "idle"})
    assert first.model_fields_set is second.model_fields_set
    assert first.creator is not None
    assert second.creator is not None
    assert first.creator.model_fields_set is second.creator.model_fields_set
    assert fewer.model_fields_set == {"id", "status"}
    assert first.model_copy(update={"bootstrap_actions": None}) != first
    assert first.model_fields_set == second.model_fields_set == Cluster(**DOCUMENTED_CLUSTER).model_fields_set


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-13-01T00:00:00Z", "", "soon", 10**400]
)
def test_a_moment_that_cannot_be_told_is_none(text: object) -> None:
    """A time outside of all calendars in UTC is as good as none, and the record is read all the same."""
    read = parse(Cluster, {"id": 3, "status": "idle", "created_at": text, "nodes": 2})
    assert (read.created_at, read.nodes) == (None, 2)


@pytest.mark.parametrize("status", ["TERMINATED", "Terminated"])
def test_the_capitals_of_a_status_mean_nothing(status: str) -> None:
    """Taken for another one, it would never be the end that a destroy waits for."""
    assert parse(Cluster, {"id": 7, "status": status}).status == "terminated"
