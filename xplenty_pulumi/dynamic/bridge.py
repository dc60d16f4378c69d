"""What the dynamic provider host does not offer: the request behind a call, the resource's row, and readable failures.

Everything here leans on details of the host that no contract covers, so each item looks before it acts and has a plain
fallback: no request found means no row text, no partial state, and an error with the host's own traceback.
"""

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from types import FrameType
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, status_pb2

from xplenty_pulumi.clock import Clock
from xplenty_pulumi.dynamic.cancel import cancelled

_HOST_MODULES = ("__main__", "pulumi.dynamic.__main__")
_DETAILS_KEY = "grpc-status-details-bin"
_UNKNOWN = 2
"""The gRPC code with which the host ends a failed call; the one inside the details must be the same."""
_WORKERS = 128
"""More than the engine sends at once, so that its Cancel finds a free one; a thread is made only when it is needed."""
PROVIDER = "__provider"
"""Hidden property that names the provider class; the host needs it in everything that goes into the state."""
_HEARTBEAT = 15.0


class ProviderFailure(Exception):
    """A failure on its way to the engine; its text is all that the user should read."""


@dataclass(frozen=True)
class Call:
    """The engine's request that the running provider method answers, as far as the host lets it be found."""

    urn: str = ""
    timeout: float = 0.0
    context: object = None

    @property
    def keeps_state(self) -> bool:
        """Whether a failure can carry an id and outputs into the engine's state."""
        return callable(getattr(self.context, "set_trailing_metadata", None))

    def interrupted(self) -> str:
        """Return why nobody waits for the answer any more, or an empty text."""
        if self.context is not None and cancelled().is_set():
            return "cancelled"
        is_active = getattr(self.context, "is_active", None)
        return "the engine has gone away" if callable(is_active) and not is_active() else ""


def current_call() -> Call:
    """Return the call being answered on this thread, or an empty one."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        local = frame.f_locals
        if frame.f_globals.get("__name__") in _HOST_MODULES and "request" in local and "context" in local:
            request = local["request"]
            return Call(
                urn=str(getattr(request, "urn", "")),
                timeout=float(getattr(request, "timeout", 0.0) or 0.0),
                context=local["context"],
            )
        frame = frame.f_back
    return Call()


def fail(call: Call, text: str) -> ProviderFailure:
    """Return the exception to raise so that the user reads exactly `text`, with no resource left behind."""
    _attach(call, text, ())
    return ProviderFailure(text)


def fail_partially(
    call: Call,
    text: str,
    *,
    resource_id: str,
    outputs: Mapping[str, object],
    inputs: Mapping[str, object] | None = None,
) -> ProviderFailure:
    """Return the exception to raise so that the engine keeps the resource with its id and shows `text` as the reason.

    `outputs` are all outputs, `__provider` included; so are `inputs`, where a read found others than the state has.
    """
    failed = provider_pb2.ErrorResourceInitFailed(id=resource_id, reasons=[text], properties=_struct(outputs))
    if inputs is not None:
        failed.inputs.CopyFrom(_struct({**inputs, PROVIDER: outputs[PROVIDER]}))
    _attach(call, text, (failed,))
    return ProviderFailure(text)


def reporter(call: Call, clock: Clock) -> Callable[[str, str], None]:
    """Return what tells the resource's row: a new headline at once, a new detail every 15 seconds."""
    last = ("", clock.monotonic() - _HEARTBEAT)

    def tell(headline: str, detail: str) -> None:
        nonlocal last
        now = clock.monotonic()
        if headline == last[0] and now - last[1] < _HEARTBEAT:
            return
        last = (headline, now)
        say(call, f"{headline} · {detail}" if detail else headline)

    return tell


def say(call: Call, text: str) -> None:
    """Show `text` in the row of the resource until the next one comes."""
    _log(call, text, "INFO", ephemeral=True)


def warn(call: Call, text: str) -> None:
    """Show `text` as a warning in the row of the resource and among the diagnostics at the end."""
    _log(call, text, "WARNING", ephemeral=False)


def debug(call: Call, text: str) -> None:
    """Show `text` only to those who run the engine with `--debug`."""
    _log(call, text, "DEBUG", ephemeral=False)


def _log(call: Call, text: str, severity: str, *, ephemeral: bool) -> None:
    engine = _engine()
    if engine is None or not call.urn:
        return
    level = engine_pb2.LogSeverity.Value(severity)
    try:
        engine.Log(engine_pb2.LogRequest(severity=level, urn=call.urn, message=text, ephemeral=ephemeral))
    except Exception:  # noqa: BLE001 - a row that can not be told is no reason to fail what it tells of
        return


def lift_pool() -> bool:
    """Let the host answer as many calls at once as the engine sends, and return whether that worked.

    The host has four workers, and `check` queues behind creates that take minutes. Called on a worker thread.
    """
    for find in (_pool_of_this_worker, _pool_of_main):
        pool = find()
        if isinstance(pool, ThreadPoolExecutor) and isinstance(getattr(pool, "_max_workers", None), int):
            pool._max_workers = max(pool._max_workers, _WORKERS)
            _wake_workers(pool)
            return True
    return False


def _wake_workers(pool: ThreadPoolExecutor) -> None:
    """Have a worker started for each call that is queued already: a pool starts one only when something comes in.

    A destroy sends all its calls at once, before the first of them has lifted the pool.
    """
    waiting = getattr(pool, "_work_queue", None)
    for _ in range(waiting.qsize() if waiting is not None else 0):
        pool.submit(_nothing)


def _nothing() -> None:
    """What a worker is started for that then does the work that is queued before it."""


def _pool_of_this_worker() -> object:
    arguments = getattr(threading.current_thread(), "_args", None) or (None,)
    return arguments[0]() if callable(arguments[0]) else None


def _pool_of_main() -> object:
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if frame.f_code.co_name == "main" and "server" in frame.f_locals:
            state = getattr(frame.f_locals["server"], "_state", None)
            return getattr(state, "thread_pool", None)
        frame = frame.f_back
    return None


def _attach(call: Call, text: str, details: tuple[Message, ...]) -> None:
    context: Any = call.context
    if not call.keeps_state:
        return
    packed = []
    for detail in details:
        wrapped = any_pb2.Any()
        wrapped.Pack(detail)
        packed.append(wrapped)
    status = status_pb2.Status(code=_UNKNOWN, message=text, details=packed)
    context.set_trailing_metadata(((_DETAILS_KEY, status.SerializeToString()),))


def _struct(outputs: Mapping[str, object]) -> Struct:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(dict(outputs), {}))
    finally:
        loop.close()


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The engine's log service: its address is the host's last argument."""
    if len(sys.argv) < 2 or ":" not in sys.argv[-1]:
        return None
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[-1]))
