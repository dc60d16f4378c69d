"""Runs through the SDK's host: whose they are, as the state and this process show."""

from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host, HostError
from xplenty_pulumi.client import Client
from xplenty_pulumi.core.kinds.obstacles import ANEW
from xplenty_pulumi.dynamic.state import FOREIGN, OWNER

ENDLESS = 106


def checked(host: Host, cluster: str, **given: Any) -> dict[str, Any]:
    """Return the checked inputs of an endless run on the cluster, with these besides."""
    endless = {"cluster_id": cluster, "package_id": ENDLESS, "wait_for": "running"}
    inputs, failures = host.check(host.properties({**endless, **given}))
    assert not failures
    return inputs


def test_a_delete_leaves_a_run_that_the_diff_of_another_resource_has_shown(scene: ProviderScene) -> None:
    """Two resources have one run in the state; the one that stays keeps it."""
    removed, stays = scene.runs(), scene.runs()
    id_, olds = stays.create(checked(stays, scene.ready_cluster()))
    stays.diff(id_, olds, checked(stays, olds["cluster_id"]))

    removed.delete(id_, {**olds, OWNER: f"acme|{removed.urn}"})

    assert scene.account.job(int(id_)).status == "running"
    name = stays.urn.rpartition("::")[2]
    assert f"job {id_} was not stopped: {name} holds it" in [line.text for line in scene.engine.lines]
    stays.delete(id_, olds)
    assert scene.account.job(int(id_)).status == "stopped"


def test_a_followed_run_of_somebody_else_stays_so_in_the_state(scene: ProviderScene) -> None:
    """The note outlives an update and a refresh, and a delete heeds it."""
    host, cluster = scene.runs(), scene.ready_cluster()
    with Client(
        api_key=scene.account.api_key, account_id=scene.account.account_id, base_url=scene.account.url
    ) as client:
        theirs = client.jobs.run(cluster_id=int(cluster), package_id=ENDLESS)
    id_, made = host.create(checked(host, cluster, if_running="adopt"))
    assert (id_, made[FOREIGN]) == (str(theirs.id), True)

    made = host.update(id_, made, checked(host, cluster, if_running="adopt", timeout="2h"))
    _, made, _ = host.read(id_, made)
    host.delete(id_, made)

    assert scene.account.job(theirs.id).status == "running"
    warned = [line.text for line in scene.engine.lines if line.severity == "WARNING"]
    assert warned[-1].startswith(f"job {id_} (running) was not stopped: somebody else started it")


def test_a_start_that_a_warning_has_said_to_fail_refers_to_it(scene: ProviderScene) -> None:
    """The reason is told once; where no check has warned, the error has it too. The way out is in each."""
    ended = str(scene.account.add_cluster(status="terminated").id)
    warned, other = scene.runs(), scene.runs()
    with pytest.raises(HostError) as brief:
        warned.create(checked(warned, ended))
    with pytest.raises(HostError) as whole:
        other.create(other.properties({"cluster_id": ended, "package_id": ENDLESS}))
    start = f"package {ENDLESS} on cluster {ended}: "
    assert brief.value.status.message == f"{start}no run was started, as its warning says; {ANEW}"
    assert whole.value.status.message.startswith(
        f"{start}cluster {ended} is terminated. No run was started; if this stack"
    )


def test_a_row_says_at_once_that_an_update_goes_on_following(scene: ProviderScene) -> None:
    """The engine plans it without a diff after a cancel, so nothing else says why it is updated."""
    host = scene.runs()
    inputs = checked(host, scene.ready_cluster())
    id_, made = host.create(inputs)
    start = len(scene.engine.lines)
    host.update(id_, {**made, "status": "pending"}, inputs)
    assert scene.engine.lines[start].text == f"goes on following job {id_}"
    host.delete(id_, made)
