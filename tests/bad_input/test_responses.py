"""Answers of the service: a value that all layers can work with, or an error of ours."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import cast

import httpx

from tests.bad_input.amounts import assert_told_well, draws, part, settle, share
from tests.bad_input.documents import answer
from tests.client.http.test_answers import OPERATIONS
from tests.support.faults.script import client_on
from xplenty_pulumi.client import Client, Cluster, Job, Package
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.cluster import CLUSTER, cluster_view
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, job_view
from xplenty_pulumi.core.kinds.package import PACKAGE, package_view
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile import ClusterReconciler, KnownClusters, KnownRuns, RunReconciler
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.dynamic.properties import outputs
from xplenty_pulumi.errors import XplentyError

DEADLINE = 120.0

Operation = Callable[[Client, ManualClock], object]


def read_cluster(client: Client, clock: ManualClock) -> object:
    """Read a cluster as a refresh does."""
    return ClusterReconciler(
        client, KnownClusters(client, clock), Patience(clock=clock), polls=Polls(client, clock)
    ).read(77)


def delete_cluster(client: Client, clock: ManualClock) -> object:
    """End a cluster as a destroy does, with little patience."""
    ClusterReconciler(client, KnownClusters(client, clock), Patience(clock=clock), polls=Polls(client, clock)).delete(
        77, timeout=20, active_jobs="stop"
    )
    return None


def read_run(client: Client, clock: ManualClock) -> object:
    """Read a run as a refresh does."""
    runs = RunReconciler(
        client, KnownRuns(client, clock, holds_cluster=bool), Patience(clock=clock), polls=Polls(client, clock)
    )
    return runs.read(5, last_status="running", desired=DesiredRun({"cluster_id": "77", "package_id": "3"}, timeout=0))


def stop_run(client: Client, clock: ManualClock) -> object:
    """Stop a run as a destroy does, with little patience."""
    RunReconciler(
        client, KnownRuns(client, clock, holds_cluster=bool), Patience(clock=clock), polls=Polls(client, clock)
    ).stop(5, timeout=20)
    return None


RECONCILER: Sequence[Operation] = (read_cluster, read_run, delete_cluster, stop_run)
CLIENT: Sequence[Operation] = (
    lambda client, clock: client.rate_limit(),
    *(lambda client, clock, call=call: call(client) for _, call in OPERATIONS.values()),
)


def spoilt(draw: Random) -> Callable[[httpx.Request], httpx.Response]:
    """Return a service that gives one spoilt answer to everything."""
    given = answer(draw)
    content, asks = b"".join(cast("httpx.SyncByteStream", given.stream)), draw.random() < 0.5

    def answered(request: httpx.Request) -> httpx.Response:
        body = _of_what_is_asked(content, request) if asks else content
        return httpx.Response(given.status_code, headers=given.headers, stream=httpx.ByteStream(body))

    return answered


def _of_what_is_asked(content: bytes, request: httpx.Request) -> bytes:
    """The answer with the id that was asked for, where it is a record that has one: another one is never believed."""
    last = request.url.path.rpartition("/")[2]
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return content
    if not last.isdecimal() or not isinstance(body, dict) or "id" not in body:
        return content
    kept = {name: value for name, value in body.items() if name not in ("url", "html_url")}
    return json.dumps({**kept, "id": int(last)}).encode()


def assert_usable(found: object) -> None:
    """Every record can become outputs, and these can be put into a state."""
    for record in found if isinstance(found, list | tuple) else [found]:
        if isinstance(record, Cluster):
            json.dumps(outputs({"nodes": 2}, cluster_view(record), CLUSTER), allow_nan=False)
        if isinstance(record, Job):
            json.dumps(outputs({"package_id": "3"}, job_view(record), JOB_RUN), allow_nan=False)
        if isinstance(record, Package):
            json.dumps(outputs({"name": "p"}, package_view(record, {}), PACKAGE), allow_nan=False)


@share
@part
def test_spoilt_answers(step: int, part: int) -> None:
    """Every operation gives a usable value or an error of ours, within its deadline."""
    tried = useful = 0
    for draw in draws("responses", step=step, part=part):
        operation = draw.choice(RECONCILER) if draw.random() < 0.08 else draw.choice(CLIENT)
        clock = ManualClock()
        with client_on(spoilt(draw), clock=clock, deadline=DEADLINE) as client:
            try:
                assert_usable(operation(client, clock))
                useful += 1
            except XplentyError as error:
                assert_told_well(error)
        assert clock.monotonic() <= 10 * DEADLINE
        tried += 1
    settle("responses", tried=tried, step=step, part=part)
    assert tried * 0.05 < useful < tried * 0.9, "the answers are all alike"


def test_half_a_surrogate_pair() -> None:
    """Text that UTF-8 cannot express is shown with a question mark, so that a state can hold it."""
    body = b'{"id": 77, "status": "available", "name": "a\\ud800b \\ud83c\\udf19"}'
    with client_on(lambda request: httpx.Response(200, content=body)) as client:
        found = client.clusters.get(77)
    assert cluster_view(found)["name"] == "a?b \U0001f319"
