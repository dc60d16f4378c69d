"""What an event says, field by field."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

EventName = Literal["adoption", "call", "outcome", "wait"]
VERSION = 1
"""Raised when a field changes its meaning or goes away; a new one does not raise it."""

COMMON: Mapping[str, str] = MappingProxyType(
    {
        "version": f"the version of this format, {VERSION}; a new field does not change it",
        "time": "when it began: ISO 8601 in UTC, such as `2026-01-31T02:00:00.250000Z`",
        "event": "`adoption`, `call`, `outcome` or `wait`",
        "seconds": "how long it took",
        "process": "the id of the process",
        "trace": "the id of the trace, 32 hexadecimal digits; an operation is a trace unless TRACEPARENT names one",
        "span": "the id of the event, 16 hexadecimal digits",
        "parent": "the `span` of what it is a part of",
        "operation": "`create`, `update`, `delete`, `read`, `check`, `diff` or `lookup`, or the name of a command",
        "urn": "the URN of the resource that the operation is about",
        "name": "the name of that resource in the program",
        "kind": "its kind, such as `cluster` or `job`",
        "id": "its id, once it is known",
        "error": "why it failed, without secrets",
        "error_class": "the class of that error, such as `ReadyTimeout`",
    }
)
"""What events of several names have. What is not known is left out."""

OWN: Mapping[EventName, Mapping[str, str]] = MappingProxyType(
    {
        "call": {
            "method": "the HTTP method",
            "path": "the path of the address, without its query",
            "call": "`read`, `write` or `create`: how harmful it is to repeat it",
            "resource": "what it is about, such as `cluster 501`",
            "attempt": "1 for the first try of a call, 2 for its first repetition",
            "reason": "why there was no complete answer, without secrets",
            "result": "`answered`, `unsure` or `not sent`; a refusal of the service is an answer",
            "status": "the HTTP status",
            "request_id": "the service's own id of the request",
            "credits": "the calls that are left of the hour, by the latest answer",
        },
        "wait": {
            "resource": "what is waited for, such as `cluster 501`",
            "goal": "what it is to be, such as `available`",
            "result": "`reached` or `failed`",
            "polls": "how often it was looked at",
            "last_status": "the status that was seen last",
        },
        "adoption": {
            "resource": "what is taken instead of making a new one, such as `cluster 501`",
            "reason": "why, without secrets",
        },
        "outcome": {
            "result": "`succeeded`, `failed`, or `kept`: failed, and the state keeps what exists",
            "exit_code": "of a command: its exit code",
        },
    }
)
"""What an event of one name has besides."""
