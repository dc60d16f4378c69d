"""From the many ways in which clients write a request to one plain dictionary of parameters."""

import base64
import binascii
import json
import re
import urllib.parse
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from xplenty_pulumi.emulator.wire.messages import VENDOR_TYPE, Refusal, Request

_ACCEPTABLE = frozenset({VENDOR_TYPE, "application/json", "application/*", "*/*", "*"})
_JSON_TYPES = frozenset({"", "application/json", "text/json", VENDOR_TYPE})
_FORM_TYPE = "application/x-www-form-urlencoded"
_VERSION = re.compile(r"\bversion\s*=\s*\"?([\w.]+)")
_KEY_PARTS = re.compile(r"[^\[\]]+|\[\]")
_ENVELOPES = {
    "clusters": "cluster",
    "jobs": "job",
    "schedules": "schedule",
    "connections": "connection",
    "hooks": "hook",
}


def key_of(request: Request) -> str:
    """Return the API key of HTTP Basic, sent as `key:` or as the bare key, or an empty text."""
    scheme, _, encoded = request.header("authorization").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        user = base64.b64decode("".join(encoded.split()), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return user.partition(":")[0]


def check_accept(request: Request) -> None:
    """Refuse an Accept header that asks for another media type or another version than 2.

    The version may follow a semicolon, a comma or a mere blank: all three are sent by clients in use.
    """
    asked = request.header("accept").lower().strip()
    if asked and _ACCEPTABLE.isdisjoint(re.split(r"[,;\s]+", asked)):
        raise Refusal(406, f"Not acceptable: this API answers in {VENDOR_TYPE}; version=2")
    version = _VERSION.search(asked)
    if version and version[1] != "2":
        raise Refusal(406, f"API version {version[1]} is not supported, use version=2")


def parameters_of(request: Request, *, area: str) -> dict[str, Any]:
    """Return query and body parameters as one dictionary; the body wins, an envelope is opened.

    Raises Refusal: 415 for a body of another type, 400 for one that does not parse.
    """
    parameters = _nested(request.query) if request.query else {}
    if request.body:
        parameters.update(_body(request))
    envelope = _ENVELOPES.get(area, "")
    inner = parameters.get(envelope)
    if isinstance(inner, dict):
        del parameters[envelope]
        parameters.update(inner)
    return parameters


def _body(request: Request) -> Mapping[str, Any]:
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type == _FORM_TYPE:
        return _nested(_text(request.body))
    if media_type.partition(",")[0].partition(" ")[0] not in _JSON_TYPES:
        raise Refusal(415, f"Unsupported content type {media_type}: send application/json")
    text = _text(request.body)
    if not text.strip():
        return {}
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "The request body is not valid JSON") from None
    if value is None or (value is False and request.method in ("GET", "HEAD")):  # false is sent by a PHP client
        return {}
    if not isinstance(value, dict):
        raise Refusal(400, "The request body must be a JSON object")
    return value


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refusal(400, "The request body is not UTF-8") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


@lru_cache(maxsize=256)
def _pairs(encoded: str) -> tuple[tuple[str, str], ...]:
    return tuple(urllib.parse.parse_qsl(encoded, keep_blank_values=True))


def _nested(encoded: str) -> dict[str, Any]:
    """`a[b]=1&a[c][]=2` becomes `{"a": {"b": "1", "c": ["2"]}}`."""
    found: dict[str, Any] = {}
    for key, value in _pairs(encoded):
        _place(found, _KEY_PARTS.findall(key), value)
    return found


def _place(target: dict[str, Any], parts: list[str], value: str) -> None:
    for index, part in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        if following is None:
            target[part] = value
            return
        if following == "[]":
            listed = target.setdefault(part, [])
            if not isinstance(listed, list):
                raise Refusal(400, f"The parameter {parts[0]} has values of different kinds")
            listed.append(value)
            return
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            raise Refusal(400, f"The parameter {parts[0]} has values of different kinds")
        target = inner
