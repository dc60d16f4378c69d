"""The bridge where there is no host: every item looks before it acts."""

import resource
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.threads import no_thread
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall, pool
from xplenty_pulumi.dynamic.providers.cluster import ClusterProvider
from xplenty_pulumi.settings import CI_VARIABLES, in_ci, is_set


class Context:
    """A call's context that only knows whether somebody waits."""

    def __init__(self, *, active: bool) -> None:
        self._active = active

    def is_active(self) -> bool:
        return self._active


class Unwilling:
    """A call's context that takes no trailer although it looks as if it did."""

    def set_trailing_metadata(self, metadata: object) -> None:
        raise TypeError("it is called otherwise now")


def test_no_host_no_call() -> None:
    """Outside the host there is no call to speak to, and nobody who could go away."""
    assert bridge.current_call() == EngineCall()
    assert not EngineCall().keeps_state
    assert EngineCall().interrupted() == ""


def test_engine_that_has_gone_away() -> None:
    """A call that nobody waits for any more is interrupted."""
    assert EngineCall(context=Context(active=True)).interrupted() == ""
    assert EngineCall(context=Context(active=False)).interrupted() == "the engine has gone away"


@pytest.mark.parametrize("context", [None, Context(active=True), Unwilling()])
def test_failure_without_a_trailer_is_only_a_text(context: object) -> None:
    """Where no trailer can be sent the exception itself carries the text."""
    call = EngineCall(context=context)
    assert str(bridge.fail(call, "it failed")) == "it failed"
    assert str(bridge.fail_partially(call, "half", resource_id="1", outputs={"__provider": "p"})) == "half"


def test_pool_is_lifted_only_on_a_worker() -> None:
    """On a thread that is no worker of a host there is no pool to lift; on a worker it is its own."""
    assert not bridge.lift_pool()
    with ThreadPoolExecutor(1) as workers:
        assert workers.submit(bridge.lift_pool).result()
        assert workers._max_workers == pool.WORKERS > 64


def test_calls_that_were_queued_before_and_those_that_come_later_all_run_at_once() -> None:
    """A destroy sends many calls before the first of them has lifted the pool; none waits for another to end."""
    queued, all_running = threading.Event(), threading.Barrier(1 + 30 + 30 + 1, timeout=30)

    lifted = threading.Event()

    def first() -> None:
        queued.wait(timeout=30)
        bridge.lift_pool()
        lifted.set()
        all_running.wait()

    def other() -> None:
        all_running.wait()

    with ThreadPoolExecutor(4) as workers:
        calls = [workers.submit(first), *(workers.submit(other) for _ in range(30))]
        queued.set()
        lifted.wait(timeout=30)
        calls += [workers.submit(other) for _ in range(30)]
        all_running.wait()
        assert all(call.exception(timeout=30) is None for call in calls)


def test_a_machine_that_gives_no_thread_lets_calls_wait_for_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host takes the call all the same: it would end its server otherwise, and answer nothing any more."""
    with ThreadPoolExecutor(4) as workers:
        assert workers.submit(bridge.lift_pool).result()
        monkeypatch.setattr(threading.Thread, "start", no_thread)
        calls = [workers.submit(int, str(number)) for number in range(9)]
        assert [call.result(timeout=30) for call in calls] == [*range(9)]


def test_the_host_may_have_as_many_files_open_as_its_user_may() -> None:
    """An answer for which there is no file free would be lost, with the id of what was created."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = before[1] if before[1] != resource.RLIM_INFINITY else pool.DESCRIPTORS
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
        pool.lift_descriptors()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(pool.DESCRIPTORS, highest), before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("text", "set_"),
    [("true", True), ("1", True), ("yes", True), ("", False), (" 0 ", False), ("False", False), ("off", False)],
)
def test_switches_are_read_as_ci_systems_write_them(text: str, *, set_: bool) -> None:
    """A variable that is empty or says no is not set."""
    assert is_set({"CI": text}, "CI") is set_
    assert not is_set({}, "CI")


@pytest.mark.parametrize("name", CI_VARIABLES)
def test_ci_system_is_recognised_by_what_it_sets(name: str) -> None:
    """Each system's own variable is enough, but one that says CI=false goes before it."""
    assert in_ci({name: "True"})
    assert not in_ci({name: ""})
    assert not in_ci({name: "1", "CI": "false"})


def test_heartbeat_in_a_ci_system_is_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider of a CI system tells without news once a minute, elsewhere more often."""
    for name in CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    elsewhere = ClusterProvider().call().heartbeat
    monkeypatch.setenv("TF_BUILD", "True")
    assert (elsewhere, ClusterProvider().call().heartbeat) == (15, 60)
