"""Rows of clusters and job runs, where the service tells less than usual."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.variables import values_of
from xplenty_pulumi.core.reports.overview import Wanted, cluster_row, job_row, jobs_shown
from xplenty_pulumi.core.reports.owners import UNMANAGED, owner_of
from xplenty_pulumi.redact import scrub

NOW = datetime(2026, 1, 31, tzinfo=UTC)
MARKED = "loads [xp1:dev-4ea9dcc:c2c910102dbb]"


@pytest.mark.parametrize(
    ("description", "owner"), [(MARKED, "dev-4ea9dcc"), ("loads", UNMANAGED), (None, UNMANAGED), ("[xp1:", UNMANAGED)]
)
def test_owner_of_a_cluster(description: str | None, owner: str) -> None:
    """It is the scope of a whole marker."""
    assert owner_of(description) == owner


@pytest.mark.parametrize(
    ("embedded", "known", "owner"),
    [
        ({"description": MARKED}, {}, "dev-4ea9dcc"),
        ({"description": None}, {7: "other"}, UNMANAGED),
        ({"id": 7, "name": "x", "url": "y"}, {7: "other"}, "other"),
        (None, {7: "other"}, "other"),
        (None, {8: "other"}, None),
    ],
)
def test_owner_of_a_job_run(embedded: dict[str, Any] | None, known: dict[int, str], owner: str | None) -> None:
    """It is that of the cluster in the record, otherwise of the cluster as far as it is known."""
    job = Job(id=1, status="running", cluster_id=7, cluster=embedded)
    assert job_row(job, known).owner == owner


def test_jobs_that_a_cluster_does_not_count_are_counted() -> None:
    """The documented record has no number of queued jobs, so those that are seen count."""
    rows = [job_row(Job(id=number, status="queued", cluster_id=7)) for number in (1, 2)]
    row = cluster_row(Cluster(id=7, status="available", running_jobs_count=3), rows)
    assert (row.running_jobs, row.queued_jobs) == (3, 2)


def test_sparse_and_strange_records_have_a_row() -> None:
    """A record with an id and a status of which nobody has heard is enough; a run whose progress is whole has ended."""
    cluster, job = cluster_row(Cluster(id=7, status="melting")), job_row(Job(id=8, status="melting", progress=7))
    assert (cluster.phase, cluster.nodes, cluster.headline) == (Phase.UNKNOWN, None, ": melting")
    assert (job.phase, job.progress, job.headline) == (Phase.UNKNOWN, 1.0, "package None: melting")
    assert not cluster.is_ended
    assert job.is_ended
    assert not job_row(Job(id=8, status="melting", progress=0.7)).is_ended


def test_active_runs_come_first() -> None:
    """Then those that have ended, both in the order of the list."""
    jobs = [
        Job(id=4, status="failed"),
        Job(id=3, status="queued"),
        Job(id=2, status="stopped"),
        Job(id=1, status="idle"),
    ]
    assert [row.id for row in jobs_shown(jobs, Wanted(), now=NOW, owners={})] == [3, 1, 4, 2]


def test_age_leaves_out_what_has_no_time_of_creation() -> None:
    """What cannot be told to be young is not."""
    jobs = [Job(id=2, status="idle", created_at=NOW - timedelta(hours=1)), Job(id=1, status="idle")]
    shown = jobs_shown(jobs, Wanted(age=timedelta(hours=2)), now=NOW, owners={})
    assert [row.id for row in shown] == [2]


@pytest.mark.parametrize("text", ["it's secret", "'it\\'s secret'", "it's\n secret", "it\\'s secret"])
def test_value_is_masked_in_each_spelling(text: str) -> None:
    """As it was given, without its quotes, unescaped, and on one line."""
    values = values_of({"a": "'it\\'s secret'", "b": "it's\n secret"}, None)
    assert "secret" not in scrub(f"cannot open {text} today", values)
