"""Failures as the user should read them: one paragraph, and what exists kept in the state.

A trailer of the host's answer replaces its traceback by our text, and can hold the half-made resource.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Self

from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from xplenty_pulumi.dynamic.bridge.request import EngineCall
from xplenty_pulumi.dynamic.state import PROVIDER
from xplenty_pulumi.text import harmless

_DETAILS_KEY = "grpc-status-details-bin"
_UNKNOWN = 2
"""The gRPC code with which the host ends a failed call; the one inside the details must be the same."""


class ProviderFailure(Exception):
    """A failure on its way to the engine; its text is all that the user should read.

    `kept_id` is the id of what the state keeps, empty for nothing, and `error_class` the class of what went wrong.
    """

    kept_id = ""
    error_class = ""

    def of(self, problem: Exception) -> Self:
        """Return this failure as one because of `problem`."""
        self.error_class = type(problem).__name__
        return self


def fail(call: EngineCall, text: str) -> ProviderFailure:
    """Return the exception to raise so that the user reads `text` and nothing else, with no resource left behind.

    What a terminal or a CI system would obey is taken out of it.
    """
    text = harmless(text)
    _attach(call, lambda: packed(text))
    return ProviderFailure(text)


def fail_partially(
    call: EngineCall,
    text: str,
    *,
    resource_id: str,
    outputs: Mapping[str, object],
    inputs: Mapping[str, object] | None = None,
) -> ProviderFailure:
    """Return the exception to raise so that the engine keeps the resource with its id and shows `text` as the reason.

    `outputs` are all outputs, `__provider` included; so are `inputs`, where a read found others than the state has.
    """
    text = harmless(text)
    if _attach(call, lambda: packed(text, half_made(text, resource_id, outputs, inputs))):
        failure = ProviderFailure(text)
        failure.kept_id = resource_id
        return failure
    return fail(call, text)


def half_made(
    text: str, resource_id: str, outputs: Mapping[str, object], inputs: Mapping[str, object] | None
) -> Message:
    """Return the detail with which the engine keeps a resource that is not as it should be."""
    failed = provider_pb2.ErrorResourceInitFailed(id=resource_id, reasons=[text], properties=_struct(outputs))
    if inputs is not None:
        failed.inputs.CopyFrom(_struct({**inputs, PROVIDER: outputs[PROVIDER]}))
    return failed


def packed(text: str, *details: Message) -> bytes:
    """Return a status of `text` and `details` as it travels in the trailer."""
    wrapped = []
    for detail in details:
        wrapped.append(any_pb2.Any())
        wrapped[-1].Pack(detail)
    sent: bytes = status_pb2.Status(code=_UNKNOWN, message=text, details=wrapped).SerializeToString()
    return sent


def _attach(call: EngineCall, build: Callable[[], bytes]) -> bool:
    """Set the trailer, and return whether that worked; if not, the host's own way of failing still carries the text."""
    context: Any = call.context
    try:
        context.set_trailing_metadata(((_DETAILS_KEY, build()),))
    except Exception:  # noqa: BLE001 - nothing may take the place of the failure itself
        return False
    return True


def _struct(outputs: Mapping[str, object]) -> Struct:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(dict(outputs), {}))
    finally:
        loop.close()
