"""The SDK's host of dynamic providers, spoken to as the engine does: in this process or in one of its own."""

import asyncio
import importlib.util
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import IO, Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from xplenty_pulumi.dynamic.state import OWNER

HOST_MODULE = "pulumi.dynamic.__main__"
URN = "urn:pulumi:dev::loads::pulumi-python:dynamic/xplenty:Cluster::etl"
LONGEST_CALL = 60.0
UNKNOWN = rpc.UNKNOWN
"""What the engine sends in place of a value that is not known yet."""


@dataclass(frozen=True)
class Line:
    """One message of a provider for the user, as the engine gets it."""

    severity: str
    urn: str
    text: str
    ephemeral: bool


class Engine(engine_pb2_grpc.EngineServicer):
    """The engine's side of the wire: it keeps what it is told, until it is killed."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.kill: Callable[[], object] = lambda: None

    def Log(self, request: Any, context: object) -> Empty:  # noqa: N802 - the protocol's name
        severity = engine_pb2.LogSeverity.Name(request.severity)
        self.lines.append(Line(severity, request.urn, request.message, request.ephemeral))
        return Empty()


class HostError(Exception):
    """A failed call: the text of its status, the bytes of its trailer, and the resource that is kept, if any."""

    def __init__(self, error: grpc.RpcError) -> None:
        super().__init__(error.details())
        self.code: grpc.StatusCode = error.code()
        self.text: str = error.details()
        trailers: dict[str, Any] = dict(error.trailing_metadata() or ())
        self.trailer: bytes = trailers.get("grpc-status-details-bin", b"")
        self.status = status_pb2.Status.FromString(self.trailer)

    @property
    def kept(self) -> Any:
        """The half-made resource that the engine is told to keep."""
        kept = provider_pb2.ErrorResourceInitFailed()
        assert self.status.details[0].Unpack(kept)
        return kept

    @property
    def kept_outputs(self) -> dict[str, Any]:
        """Its outputs as plain values."""
        return dict(rpc.deserialize_properties(self.kept.properties))


def text_of(provider: ResourceProvider) -> str:
    """Return the text of a provider as a program's state has it.

    The SDK wraps a method of Python's pickler each time and never unwraps it, so that after a thousand times in one
    process whoever pickles a mapping would end in a RecursionError.
    """
    pickler: Any = vars(pickle)["_Pickler"]
    before = pickler._batch_setitems
    try:
        return str(serialize_provider(provider))
    finally:
        pickler._batch_setitems = before


class Host:
    """The calls of the engine about resources of one provider."""

    def __init__(self, channel: grpc.Channel, provider: ResourceProvider, *, urn: str = URN) -> None:
        self._stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        self.provider = text_of(provider)
        self.urn = urn

    def properties(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return inputs with what a declared resource adds to them."""
        return {OWNER: f"acme|{self.urn}", **given}

    def configure(self, **config: str) -> None:
        """Hand over the stack's configuration."""
        self._stub.Configure(provider_pb2.ConfigureRequest(args=struct(config)), timeout=LONGEST_CALL)

    def check(self, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], Any]:
        """Return the checked inputs and the failures."""
        before = None if olds is None else self._of(olds)
        done = self._call("Check", provider_pb2.CheckRequest(urn=self.urn, olds=before, news=self._of(news)))
        return dict(rpc.deserialize_properties(done.inputs, True)), list(done.failures)

    def diff(
        self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], *, old_inputs: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the answer to a Diff."""
        before = None if old_inputs is None else self._of(old_inputs)
        request = provider_pb2.DiffRequest(
            id=id_, urn=self.urn, olds=self._of(olds), news=self._of(news), old_inputs=before
        )
        return self._call("Diff", request)

    def create(self, props: Mapping[str, Any], *, timeout: float = 0) -> tuple[str, dict[str, Any]]:
        """Return id and outputs of a new resource."""
        request = provider_pb2.CreateRequest(urn=self.urn, properties=self._of(props), timeout=timeout)
        done = self._call("Create", request)
        return done.id, dict(rpc.deserialize_properties(done.properties))

    def update(self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        """Return the outputs of a changed resource."""
        request = provider_pb2.UpdateRequest(id=id_, urn=self.urn, olds=self._of(olds), news=self._of(news))
        return dict(rpc.deserialize_properties(self._call("Update", request).properties))

    def read(self, id_: str, props: Mapping[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Return id, outputs and inputs of a refreshed resource; an empty id for one that is gone."""
        done = self._call("Read", provider_pb2.ReadRequest(id=id_, urn=self.urn, properties=self._of(props)))
        return done.id, *(dict(rpc.deserialize_properties(part)) for part in (done.properties, done.inputs))

    def delete(self, id_: str, props: Mapping[str, Any], *, timeout: float = 0) -> None:
        """End a resource."""
        request = provider_pb2.DeleteRequest(id=id_, urn=self.urn, properties=self._of(props), timeout=timeout)
        self._call("Delete", request)

    def cancel(self) -> None:
        """Say what the engine says when the user presses Ctrl-C, and at the end of every operation."""
        self._stub.Cancel(Empty(), timeout=10)

    def _of(self, properties: Mapping[str, Any] | None) -> Struct:
        return struct({**(properties or {}), "__provider": self.provider})

    def _call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self._stub, method)(request, timeout=LONGEST_CALL)
        except grpc.RpcError as error:
            raise HostError(error) from None


def struct(properties: Mapping[str, Any]) -> Struct:
    """Return properties as they travel."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(dict(properties), {}))
    finally:
        loop.close()


def host_source() -> str:
    """Return the source of the SDK's own host, whose last line serves it for ever."""
    spec = importlib.util.find_spec(HOST_MODULE)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8").rstrip()
    assert source.endswith("\nmain()")
    return source


def host_module() -> ModuleType:
    """Return the SDK's own host without its last line."""
    module = ModuleType(HOST_MODULE)
    exec(compile(host_source().removesuffix("main()"), HOST_MODULE, "exec"), vars(module))
    return module


@contextmanager
def served(add: Callable[[grpc.Server], object]) -> Iterator[str]:
    """Serve what `add` puts on a server of this process, and give its address."""
    pool = ThreadPoolExecutor(max_workers=4)
    server = grpc.server(pool)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
        pool.shutdown()


@contextmanager
def engine() -> Iterator[tuple[Engine, str]]:
    """Serve an engine, and give it with its address."""
    made = Engine()

    def add(server: grpc.Server) -> None:
        engine_pb2_grpc.add_EngineServicer_to_server(made, server)
        made.kill = lambda: server.stop(None).wait()

    with served(add) as address:
        yield made, address


class _Forgetful(dict[str, ResourceProvider]):
    """A mapping that keeps nothing."""

    def __setitem__(self, key: str, value: ResourceProvider) -> None:
        """Forget it."""


@contextmanager
def host_in_this_process() -> Iterator[grpc.Channel]:
    """Serve the host in this process, where its calls can be watched, and give a channel to it.

    It configures a provider for each call, so that a test may change the environment, which in a process of its own
    stays as it is.
    """
    module = host_module()
    vars(module)["_PROVIDER_CACHE"] = _Forgetful()
    servicer = module.DynamicResourceProviderServicer()
    add = provider_pb2_grpc.add_ResourceProviderServicer_to_server
    with served(lambda server: add(servicer, server)) as address, grpc.insecure_channel(address) as channel:
        yield channel


@dataclass(frozen=True)
class HostProcess:
    """A host in a process of its own: the channel to it, what it has printed since, and how to wait for its end."""

    channel: grpc.Channel
    printed: list[str]
    ended: Callable[[float], int]


@contextmanager
def host_process(
    engine_address: str,
    environment: Mapping[str, str],
    *,
    python: str = sys.executable,
    command: Sequence[str] = ("-m", "pulumi.dynamic"),
) -> Iterator[HostProcess]:
    """Run the host as the engine does."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith(("XPLENTY", "COV_", "COVERAGE"))}
    process = subprocess.Popen(
        [python, "-u", *command, engine_address],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**plain, **environment},
    )
    output, printed = process.stdout, list[str]()
    assert output is not None
    reader = Thread(target=_read, args=(output, printed))
    try:
        port = int(output.readline())
        reader.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield HostProcess(channel, printed, process.wait)
    finally:
        process.terminate()
        process.wait()
        if reader.is_alive():
            reader.join()
        output.close()


def _read(output: IO[str], lines: list[str]) -> None:
    """Keep every line until the process ends."""
    lines.extend(line.rstrip() for line in output)
