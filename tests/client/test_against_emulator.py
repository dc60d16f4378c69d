"""The operations against the emulated service: in process, and once over a real socket."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.support.faults.transport import in_process
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.emulator import Emulator
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.errors import AuthError, InvalidError, NotFoundError, RateLimitedError


@pytest.fixture
def clock() -> ManualClock:
    """The time of the service and of the client."""
    return ManualClock()


@pytest.fixture
def account(clock: ManualClock) -> Account:
    """An account with the packages that every new one has."""
    return Account(clock=clock)


@pytest.fixture
def client(account: Account, clock: ManualClock) -> Iterator[Client]:
    """A client of that account."""
    with client_of(account, clock) as made:
        yield made


def client_of(account: Account, clock: ManualClock, *, key: str | None = None) -> Client:
    return Client(
        api_key=key or account.seed.api_key,
        account_id=account.seed.account_id,
        clock=clock,
        random=Random(1),
        http=in_process(account),
    )


def test_life_of_a_cluster(client: Client, clock: ManualClock) -> None:
    """A cluster is created, becomes available, grows, and ends."""
    created = client.clusters.create({"nodes": 2, "name": "night", "time_to_idle": 600})
    assert (created.status, created.nodes, created.name, created.time_to_idle) == ("pending", 2, "night", 600)
    assert created.created_at == clock.now()
    clock.advance(600)
    assert client.clusters.get(created.id).status == "available"
    assert client.clusters.update(created.id, {"nodes": 3}).status == "scaling"
    clock.advance(600)
    assert client.clusters.get(created.id).nodes == 3
    assert len(client.clusters.instances(created.id)) >= 3
    assert client.clusters.terminate(created.id).status == "pending_terminate"
    clock.advance(600)
    assert [cluster.status for cluster in client.clusters.list()] == ["terminated"]


def test_life_of_a_job(client: Client, clock: ManualClock) -> None:
    """A job runs on a cluster that is still being built, completes, and can be asked for its variables and log."""
    cluster = client.clusters.create({"nodes": 2})
    job = client.jobs.run(cluster_id=cluster.id, package_id=101, variables={"day": "'2026-02-02'"})
    assert (job.cluster_id, job.package_id, job.variables) == (cluster.id, 101, {"day": "'2026-02-02'"})
    clock.advance(3600)
    done = client.jobs.get(job.id, include=("package", "cluster"))
    assert (done.status, done.progress) == ("completed", 1.0)
    assert done.completed_at is not None
    assert job.created_at is not None
    assert done.completed_at > job.created_at
    assert done.outputs is not None
    assert [output.name for output in done.outputs] == ["daily_sales"]
    assert done.package is not None
    assert done.package["name"] == "Daily sales"
    assert client.jobs.variables(job.id)["day"] == "'2026-02-02'"
    assert client.jobs.log(job.id).body is not None


def test_children_of_a_workflow(clock: ManualClock) -> None:
    """The tasks of a workflow are jobs of their own, which name their task, and come page by page."""
    flow = '{"components": [{"name": "one", "package_id": 101}, {"name": "two", "package_id": 103}]}'
    account = Account(clock=clock)
    with client_of(account, clock) as client:
        package = client.packages.create({"name": "Both", "flow_type": "workflow", "data_flow_json": flow})
        job = client.jobs.run(cluster_id=client.clusters.create({"nodes": 2}).id, package_id=package.id)
        clock.advance(3600)
        children = list(client.jobs.children(job.id, page_size=1))
        failed = list(client.jobs.children(job.id, status="failed"))
    assert [((one.component or {})["name"], one.status) for one in children] == [
        ("two", "failed"),
        ("one", "completed"),
    ]
    assert [one.errors for one in failed] == ["Package failed to execute: input path not found."]


def test_failed_and_stopped_jobs(client: Client, clock: ManualClock) -> None:
    """A failed job carries the service's words, a stopped one ends, and stopping what has failed is refused."""
    cluster = client.clusters.create({"nodes": 2})
    clock.advance(600)
    failed = client.jobs.run(cluster_id=cluster.id, package_id=103)
    clock.advance(600)
    found = client.jobs.get(failed.id, include=["log_summary"])
    assert (found.status, found.errors) == ("failed", "Package failed to execute: input path not found.")
    assert found.log_summary is not None
    with pytest.raises(InvalidError, match=f"job {failed.id}"):
        client.jobs.stop(failed.id)
    running = client.jobs.run(cluster_id=cluster.id, package_id=101)
    assert client.jobs.stop(running.id).status == "pending_stoppage"
    clock.advance(60)
    assert [job.status for job in client.jobs.list(package_id=101)] == ["stopped"]


@pytest.mark.parametrize("next_link_on_last_page", [False, True])
def test_many_pages(clock: ManualClock, next_link_on_last_page: bool) -> None:
    """A list of several pages comes complete and in order, newest first."""
    account = Account(clock=clock, knobs=Knobs(next_link_on_last_page=next_link_on_last_page))
    with client_of(account, clock) as client:
        made = []
        for number in range(23):
            made.append(client.clusters.create({"nodes": 2, "name": f"number-{number}"}).id)
            clock.advance(1)
        assert [cluster.id for cluster in client.clusters.list(page_size=10)] == made[::-1]
        assert [cluster.id for cluster in client.clusters.list(page_size=10, sort="created", direction="asc")] == made


def test_packages(client: Client) -> None:
    """Active and archived packages are listed apart, and one can be read with its flow."""
    assert {package.id for package in client.packages.list()} == {101, 102, 103, 104, 106}
    assert [package.id for package in client.packages.list(status="archived")] == [105]
    assert client.packages.get(101).variables == {"day": "'2026-01-01'", "output_path": "'/sales'"}
    assert client.packages.get(101, include=["flow"]).data_flow_json is not None


def test_budget(client: Client) -> None:
    """Asking for the budget is free; every other call costs one credit and has what is left in its answer."""
    before = client.rate_limit()
    assert client.rate_limit() == before
    client.packages.get(101)
    assert client.credits is not None
    assert (client.credits.limit, client.credits.remaining) == (before.limit, before.remaining - 1)


def test_budget_used_up(clock: ManualClock) -> None:
    """Without credits a call waits and tries again, and in the end names the budget."""
    account = Account(clock=clock, knobs=Knobs(credits_per_hour=1))
    with client_of(account, clock) as client:
        client.packages.get(101)
        with pytest.raises(RateLimitedError, match="budget"):
            client.packages.get(101)


def test_refusals(client: Client) -> None:
    """An error for a refusal has the words of the service."""
    with pytest.raises(NotFoundError, match="cluster 424242"):
        client.clusters.get(424242)
    with pytest.raises(NotFoundError, match="package 9 on cluster 8"):
        client.jobs.run(cluster_id=8, package_id=9)
    with pytest.raises(InvalidError, match="nodes"):
        client.clusters.create({"nodes": 0})


def test_wrong_key(account: Account, clock: ManualClock) -> None:
    """A wrong key costs the service one call."""
    with client_of(account, clock, key="not-the-key") as client:
        for _ in range(3):
            with pytest.raises(AuthError, match="XPLENTY_API_KEY"):
                list(client.clusters.list())
    assert len(account.calls()) == 1


def test_over_a_socket() -> None:
    """The same client talks to the served emulator over HTTP."""
    with Emulator() as emulator:
        seed = emulator.account.seed
        with Client(api_key=seed.api_key, account_id=seed.account_id, base_url=emulator.account.base_url) as client:
            assert client.packages.get(101).name == "Daily sales"
            cluster = client.clusters.create({"nodes": 2})
            assert [found.id for found in client.clusters.list()] == [cluster.id]
