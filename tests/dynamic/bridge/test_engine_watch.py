"""A provider whose engine is gone sends nothing more and ends itself; one whose engine lives never does."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import host_process
from tests.support.threads import no_thread
from xplenty_pulumi.dynamic.bridge import EngineCall, engine
from xplenty_pulumi.dynamic.bridge.engine import EngineWatch, require_engine, watched
from xplenty_pulumi.dynamic.bridge.request import HOST, SERVICER
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.errors import Cancelled

LONGEST = 30.0
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that takes connections, as a living engine does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(LONGEST)
        yield server


def watch_of(server: socket.socket) -> EngineWatch:
    """Return a watch over what listens there."""
    host, port = server.getsockname()
    return EngineWatch(f"{host}:{port}")


def test_engine_that_takes_connections_lives(listener: socket.socket) -> None:
    """As long as somebody listens there, whoever that serves, the engine is not gone."""
    assert watch_of(listener).is_reachable()
    assert not watch_of(listener).is_gone()


def test_engine_that_refuses_connections_is_gone(listener: socket.socket) -> None:
    """Once nobody listens any more, it is gone."""
    watch = watch_of(listener)
    listener.close()
    assert not watch.is_reachable()
    assert watch.is_gone()


@pytest.mark.parametrize("trouble", [TimeoutError(), OSError(24, "Too many open files"), OSError(101, "No network")])
def test_other_trouble_is_no_proof(monkeypatch: pytest.MonkeyPatch, trouble: OSError) -> None:
    """A connection that does not come about for another reason says nothing about the engine."""

    def fail(*_arguments: object, **_options: object) -> socket.socket:
        raise trouble

    monkeypatch.setattr(socket, "create_connection", fail)
    assert not EngineWatch(NOWHERE).is_gone()


def test_one_refusal_is_no_proof(monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> None:
    """A single refused connection is not believed."""
    connect, refusals = socket.create_connection, [ConnectionRefusedError()]

    def fail_once(*arguments: object, **options: object) -> socket.socket:
        if refusals:
            raise refusals.pop()
        return connect(*arguments, **options)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(socket, "create_connection", fail_once)
    assert not watch_of(listener).is_gone()
    assert not refusals


def test_lines_that_a_living_engine_closes_mean_nothing(listener: socket.socket) -> None:
    """An engine that closes one silent connection after the other is followed until it is really gone."""
    follower = threading.Thread(target=watch_of(listener).follow)
    follower.start()
    for _ in range(4):
        listener.accept()[0].close()
    assert follower.is_alive()
    listener.close()
    follower.join(LONGEST)
    assert not follower.is_alive()


def test_outside_a_host_nothing_is_watched() -> None:
    """In a process that is no host there is no engine to end with, and a write is not held up."""
    watched.cache_clear()
    assert watched() is None
    require_engine()


def test_call_that_nobody_waits_for_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that the engine has given up, as with a second Ctrl-C, is refused before it sends."""

    class Context:
        def is_active(self) -> bool:
            return False

    monkeypatch.setattr(engine, "current_call", lambda: EngineCall(context=Context()))
    with pytest.raises(Cancelled, match="the engine has gone away, so nothing was sent"):
        require_engine()


def test_dead_engine_sends_nothing(monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> None:
    """Between the engine's end and that of the process nothing is sent either."""
    watch = watch_of(listener)
    monkeypatch.setattr(engine, "watched", lambda: watch)
    require_engine()
    listener.close()
    with pytest.raises(Cancelled, match="the engine has gone away, so nothing was sent"):
        require_engine()


def test_without_a_thread_each_write_asks(monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> None:
    """A machine that gives no thread costs the end of an idle host; a dead engine still sends nothing."""
    host, port = listener.getsockname()
    monkeypatch.setattr(engine, "engine_address", lambda: f"{host}:{port}")
    monkeypatch.setitem(sys.modules, HOST, SimpleNamespace(**{SERVICER: object}))
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    watched.cache_clear()
    try:
        require_engine()
        listener.close()
        with pytest.raises(Cancelled, match="the engine has gone away, so nothing was sent"):
            require_engine()
    finally:
        watched.cache_clear()


@pytest.mark.parametrize("switch", ["on", "off"])
def test_idle_host_ends_with_its_engine(make_apart: Callable[..., ProviderScene], switch: str) -> None:
    """A host that waits for its next call ends without a traceback, the bridge switched off or not."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_BRIDGE=switch)
        host = scene.clusters()
        host.check(host.properties({"nodes": 2}))
        scene.engine.kill()
        assert scene.ended is not None
        assert scene.ended(LONGEST) == 1
        assert not [line for line in scene.printed if "Traceback" in line]


def test_host_without_an_engine_is_left_alone() -> None:
    """A host whose address never took a connection has no proof of an end, so it goes on."""
    with Emulator() as account, host_process(NOWHERE, {"XPLENTY_API_URL": account.url}) as host:
        scene = ProviderScene(host.channel, account, engine=None)  # type: ignore[arg-type]  # that is the case
        first, second = scene.clusters(), scene.clusters()
        for one in (first, second):
            one.check(one.properties({"nodes": 2}))
        with pytest.raises(Exception, match="timed out"):
            host.ended(1.0)
