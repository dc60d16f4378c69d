"""Time-outs, half-made resources and Ctrl-C on the real engine, where the bridge is in place."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.engine.process import engine
from tests.support.engine.ran import bridged, eventually
from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.dynamic.state import side_by_side
from xplenty_pulumi.emulator import Emulator, Knobs

AT_ONCE = 100
"""Looks that a wait of ten seconds takes."""


@pytest.fixture
def slow_account() -> Iterator[Emulator]:
    """An account on which a cluster is creating at the first look, and stays so."""
    with Emulator(step=0, knobs=Knobs(pending_seconds=0)) as account:
        yield account


def exported(stack: Stack, name: str) -> dict[str, Any]:
    """Return the record of a resource in what `pulumi stack export` prints."""
    deployment = json.loads(stack.run("stack", "export").succeeded().output)["deployment"]
    assert not deployment.get("pending_operations")
    found: dict[str, Any] = next(one for one in deployment["resources"] if one["urn"].endswith(f"::{name}"))
    return found


@bridged("test_custom_timeouts_do_not_count")
def test_custom_timeout_of_five_seconds(make_stack: Callable[..., Stack], slow_account: Emulator) -> None:
    """A cluster that is never ready fails the `up` after five seconds, with its id and the reason in the state."""
    stack = make_stack(slow_account).declare(cluster("etl", {"custom_timeouts": {"create": "5s"}}), job("load"))

    output = stack.up().failed().output

    (one,) = slow_account.clusters()
    reason = f"cluster {one.id}: not available with 2 nodes after 5s; last seen creating. It goes on existing; "
    assert reason in output
    kept = exported(stack, "etl")
    status = side_by_side(kept["outputs"])["status"]
    assert (kept["id"], status, kept["inputs"]["nodes"]) == (str(one.id), "creating", 2)
    assert [text.startswith(reason) for text in kept["initErrors"]] == [True]
    assert slow_account.jobs() == ()


@bridged("test_refresh_of_an_unfinished_cluster_does_not_fail")
def test_reason_stays_until_the_cluster_is_ready(make_stack: Callable[..., Stack], slow_account: Emulator) -> None:
    """A refresh keeps the reason in the state; the `up` that waits to the end takes it out."""
    stack = make_stack(slow_account).declare(cluster("etl", ready_timeout=0.5))
    stack.up().failed()

    stack.refresh().succeeded()
    (reason,) = exported(stack, "etl")["initErrors"]
    assert "The next `pulumi up` goes on waiting for it" in reason
    (one,) = slow_account.clusters()
    slow_account.edit_cluster(one.id, status="available")
    stack.up().succeeded()

    assert "initErrors" not in exported(stack, "etl")


@bridged("test_interrupted_wait_ends_with_the_cluster_ready")
@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM], ids=lambda name: name.name)
def test_interrupted_wait_ends_at_once(
    make_stack: Callable[..., Stack], slow_account: Emulator, name: signal.Signals
) -> None:
    """The command ends although the cluster is never ready, the id is in the state with what to do next."""
    stack = make_stack(slow_account).declare(cluster("etl"))
    with engine(stack, "up") as running:
        running.says("[2/2] creating")
        before = len(slow_account.calls())
        running.signal(name)
        assert running.ended().code != 0

    assert len(slow_account.calls()) - before < AT_ONCE
    (one,) = slow_account.clusters()
    kept = exported(stack, "etl")
    assert kept["id"] == str(one.id)
    assert "cancelled while waiting" in kept["initErrors"][0]
    assert one.status == "creating"


@bridged("test_interrupted_provider_loses_nothing")
def test_interrupted_provider_shows_no_traceback(make_stack: Callable[..., Stack], slow_account: Emulator) -> None:
    """SIGINT to the provider process alone fails the `up` in the engine's words, and nothing is printed beside them."""
    stack = make_stack(slow_account).declare(cluster("etl"))
    with engine(stack, "up") as running:
        eventually(lambda: slow_account.clusters() or None)
        os.kill(running.provider(), signal.SIGINT)
        output = running.ended().failed().output
    assert "Traceback" not in output
