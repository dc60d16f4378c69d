"""What the host of the providers does, without a host: it hands over requests and passes on what comes back."""

from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, status_pb2

import xplenty_pulumi
from tests.support.openapi import SchemaWatch
from tests.support.simulation.world import Process
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.dynamic.bridge import EngineCall, engine
from xplenty_pulumi.dynamic.properties import key_of
from xplenty_pulumi.dynamic.session import Session
from xplenty_pulumi.dynamic.state import OWNER, origin_of, owner_of
from xplenty_pulumi.settings import Settings

Properties = dict[str, Any]


class HostRequest:
    """The engine's request as a provider sees it: it takes a trailer, and keeps what is logged."""

    def __init__(self, old_inputs: Mapping[str, Any] | None = None) -> None:
        self.trailer: tuple[tuple[str, bytes], ...] = ()
        self.warnings: list[str] = []
        self.old_inputs = Struct()
        self.old_inputs.update(dict(old_inputs or {}))

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.trailer = metadata

    def is_active(self) -> bool:
        return True

    def kept(self) -> provider_pb2.ErrorResourceInitFailed | None:
        """Return what the engine keeps of a resource that failed half-way, or None."""
        for _, packed in self.trailer:
            for detail in status_pb2.Status.FromString(packed).details:
                failed = provider_pb2.ErrorResourceInitFailed()
                if detail.Unpack(failed):
                    return failed
        return None


class _Simulated:
    """What stands in for the host in a provider: the session and the request."""

    context = HostRequest()
    process: Process
    kind: Kind

    def call(self) -> EngineCall:
        return EngineCall(context=self.context, request=self.context)

    def session(self) -> Session:
        return self.process.session

    def declared_owners(self) -> set[str]:
        return self.process.declared_owners

    def settings(self) -> Settings:
        return self.process.settings

    def hold(self, _id: str, olds: Mapping[str, Any]) -> None:
        owner = owner_of(olds) if OWNER in olds else None
        self.session().hold(self.kind, key_of(_id, self.kind), owner, made=origin_of(olds))


PROVIDERS: Mapping[str, type[Any]] = {
    name: type(f"Simulated{kind.resource}", (_Simulated, getattr(xplenty_pulumi, f"{kind.resource}Provider")), {})
    for name, kind in KINDS.items()
}
"""The provider of each kind in a simulated process."""


def as_sent(value: Any) -> Any:
    """Return a value as it is after a way through the engine: every number a float, every sequence a list."""
    if isinstance(value, Mapping):
        return {name: as_sent(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_sent(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.fixture(autouse=True)
def simulated_engine(monkeypatch: pytest.MonkeyPatch, schema_watch: SchemaWatch) -> None:
    """Let what providers log reach the simulated request instead of an engine.

    Answers are checked against the API description elsewhere; here there are too many of them.
    """

    def log(call: EngineCall, text: str, severity: str, *, ephemeral: bool) -> None:
        if severity == "WARNING" and isinstance(call.context, HostRequest):
            call.context.warnings.append(text)

    schema_watch.look_away()
    monkeypatch.setattr(engine, "log", log)


def as_properties(value: Mapping[str, Any]) -> Properties:
    """Return properties as they are after a way through the engine."""
    return {name: as_sent(item) for name, item in value.items()}
