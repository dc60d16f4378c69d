"""A cluster that nobody waits for: what the state has of it, and what a refresh and an `up` make of that."""

from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host
from tests.dynamic.providers.test_host_life import created
from xplenty_pulumi.dynamic.state import side_by_side


@pytest.fixture
def host(here: ProviderScene) -> Host:
    """The calls about a cluster."""
    return here.clusters()


def checked(host: Host, **given: Any) -> dict[str, Any]:
    inputs, failures = host.check(host.properties({"wait_for": "accepted", **given}))
    assert not failures
    return inputs


def test_create_shows_what_was_seen(host: Host) -> None:
    """The outputs have the status of a cluster that is being built, and a refresh takes it as it is."""
    id_, made = created(host, nodes=2, wait_for="accepted")
    assert side_by_side(made)["status"] in ("pending", "creating")
    again, seen, inputs = host.read(id_, made)
    assert again == id_
    assert (inputs["nodes"], inputs["wait_for"]) == (2, "accepted")
    assert list(host.diff(id_, seen, checked(host, nodes=2)).replaces) == []


def test_resize_is_no_drift(here: ProviderScene, host: Host) -> None:
    """The state has the nodes that were asked for, and a refresh during the resize keeps them."""
    id_ = here.ready_cluster()
    _, imported, _ = host.read(
        id_, host.properties({"nodes": 2, "wait_for": "accepted", "__declared": ["nodes", "wait_for"]})
    )
    changed = host.update(id_, imported, checked(host, nodes=4))
    assert side_by_side(changed)["status"] == "scaling"
    assert here.account.cluster(int(id_)).status == "scaling"
    _, seen, inputs = host.read(id_, changed)
    assert (side_by_side(seen)["nodes"], inputs["nodes"]) == (4, 4)


def test_run_waits_for_its_cluster(here: ProviderScene, host: Host) -> None:
    """A run on a cluster that is being built starts once it is available."""
    id_, _ = created(host, nodes=2, wait_for="accepted")
    run, made = created(here.runs(), cluster_id=id_, package_id=101)
    assert side_by_side(made)["status"] == "completed"
    job = here.account.job(int(run))
    since = here.account.cluster(int(id_)).available_since
    assert since is not None
    assert job.created_at >= since
