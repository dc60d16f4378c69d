"""The request behind a provider method: whose resource it is, how long it may take, and whether anybody still waits."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct

from xplenty_pulumi.dynamic.bridge.cancel import cancelled

_HOST_MODULES = ("__main__", "pulumi.dynamic.__main__")
HEARTBEAT = 15.0
"""Seconds after which a row that has no news repeats itself."""


@dataclass(frozen=True)
class EngineCall:
    """The engine's request that the running provider method answers, as far as the host lets it be found.

    `name` is the resource's own, known even where the host tells nothing; `timeout` is 0 where the user gave none.
    `scrub` keeps the secrets of the request out of whatever is told while it is answered.
    """

    urn: str = ""
    timeout: float = 0.0
    context: object = None
    name: str = ""
    heartbeat: float = HEARTBEAT
    scrub: Callable[[str], str] = field(default=str, repr=False, compare=False)
    request: object = field(default=None, repr=False, compare=False)

    @property
    def old_inputs(self) -> Mapping[str, object]:
        """The inputs that the state holds of the resource before an update; empty where the host does not tell them."""
        found = getattr(self.request, "old_inputs", None)
        return json_format.MessageToDict(found) if isinstance(found, Struct) else {}

    @property
    def keeps_state(self) -> bool:
        """Whether a failure can carry an id and outputs into the engine's state."""
        return callable(getattr(self.context, "set_trailing_metadata", None))

    def interrupted(self) -> str:
        """Return why nobody waits for the answer any more, or an empty text."""
        if self.context is not None and cancelled().is_set():
            return "cancelled"
        return "" if self.is_active else "the engine has gone away"

    @property
    def is_active(self) -> bool:
        """Whether the engine still waits for the answer, as far as the host tells."""
        is_active = getattr(self.context, "is_active", None)
        return bool(is_active()) if callable(is_active) else True


def current_call() -> EngineCall:
    """Return the call being answered on this thread, or an empty one.

    The host passes neither request nor context on, so they are read from the frame in which it calls the provider.
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no public way
    while frame is not None:
        local = frame.f_locals
        if frame.f_globals.get("__name__") in _HOST_MODULES and "request" in local and "context" in local:
            request = local["request"]
            return EngineCall(
                urn=_text(getattr(request, "urn", "")),
                timeout=_seconds(getattr(request, "timeout", 0.0)),
                context=local["context"],
                request=request,
            )
        frame = frame.f_back
    return EngineCall()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
