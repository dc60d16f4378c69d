"""Answers of the service, spoilt: records with fields dropped or retyped, bytes in a wrong charset, cut or endless."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import httpx

from tests.bad_input.values import nested, value
from tests.client.test_models import DOCUMENTED_CLUSTER, DOCUMENTED_JOB

DEEP = 10_000
HUGE = b'{"id": ' + b"9" * 5_000 + b', "status": "available"}'

PACKAGE: Mapping[str, Any] = {"id": 3, "name": "p", "status": "active", "variables": {"a": "1"}, "owner_id": 1}
LOG: Mapping[str, Any] = {"id": 5, "url": "https://api.xplenty.com/x", "log": "line", "summaries": [{"log": "a"}]}
LIMITS: Mapping[str, Any] = {"limits": {"limit": 5000, "remaining": 4999}}
INSTANCE: Mapping[str, Any] = {"instance_id": "i-1", "private_dns": "a", "public_dns": "b", "status": "running"}
VALIDATION: Mapping[str, Any] = {"id": 7, "package_id": 3, "status": "failed", "errors": [{"message": "Unknown field"}]}
RECORDS: Sequence[Mapping[str, Any]] = (
    *(DOCUMENTED_CLUSTER, DOCUMENTED_JOB, PACKAGE, VALIDATION),
    *(LOG, LIMITS, INSTANCE),
)


def mutated(draw: Random, record: Mapping[str, Any]) -> Any:
    """Return a copy of `record` with up to five fields dropped, retyped, nested or doubled."""
    changed: dict[str, Any] = dict(record)
    for name in draw.sample(sorted(record), k=draw.randint(1, min(5, len(record)))):
        action = draw.randrange(4)
        if action == 0:
            del changed[name]
        elif action == 1:
            changed[name] = value(draw)
        elif action == 2:
            changed[name] = draw.choice(([changed[name]], {name: changed[name]}, nested(60, changed[name])))
        else:
            changed[name.upper()] = changed[name]
    return changed


def document(draw: Random) -> Any:
    """Return a spoilt record, alone, in a list of good and bad ones, in an envelope, or no record at all."""
    record = draw.choice(RECORDS)
    spoilt = mutated(draw, record)
    shapes = (spoilt, spoilt, spoilt, [spoilt], [dict(record), spoilt], {"cluster": spoilt}, [[spoilt]], value(draw))
    return draw.choice(shapes)


def _spelled(draw: Random) -> bytes:
    return json.dumps(document(draw)).encode()


def _other_charset(draw: Random) -> bytes:
    text = json.dumps({**draw.choice(RECORDS), "name": "\u00e9t\u00e9 \U0001f319"}, ensure_ascii=False)
    return text.encode(draw.choice(("utf-8-sig", "utf-16", "utf-32-le", "cp1252", "utf-7", "cp500")), errors="replace")


def _damaged(draw: Random) -> bytes:
    body = bytearray(_spelled(draw))
    for _ in range(draw.randint(1, 5)):
        body[draw.randrange(len(body))] = draw.randrange(256)
    return bytes(body[: draw.randint(0, len(body))]) if draw.random() < 0.5 else bytes(body)


def _strange(draw: Random) -> bytes:
    whole = _spelled(draw)
    wrapped = (whole + whole, b")]}'\n" + whole, b"callback(" + whole + b")", whole + b"\0", b" " * 5_000 + whole)
    pages = (b"", b"null", b"NaN", b"<html>\xff</html>", b'{"id":1,"id":2,"status":"available"}', HUGE, b"\xef\xbb\xbf")
    return draw.choice((*wrapped, *pages))


def _deep(draw: Random) -> bytes:
    levels = draw.choice((900, 5_000, DEEP, DEEP * 5))
    opened, closed = draw.choice(((b"[", b"]"), (b'{"id":', b"}")))
    return opened * levels + b"1" + closed * levels


_BODIES: Sequence[tuple[Callable[[Random], bytes], int]] = (
    (_spelled, 70),
    (_other_charset, 8),
    (_damaged, 12),
    (_strange, 8),
    (_deep, 2),
)


def body(draw: Random) -> bytes:
    """Return the bytes of a spoilt answer."""
    makers, weights = zip(*_BODIES, strict=True)
    make: Callable[[Random], bytes] = draw.choices(makers, weights)[0]
    return make(draw)


def answer(draw: Random) -> httpx.Response:
    """Return a spoilt answer: mostly a success, as a refusal is judged by its status."""
    status = draw.choice((200, 200, 200, 201, 201, 202, 204, 206, 400, 404, 409, 422, 500, draw.randint(200, 999)))
    headers = {
        "Content-Type": draw.choice(("application/json", "text/html", "application/json; charset=utf-16", "\x7f"))
    }
    content = body(draw)
    if draw.random() < 0.05:
        headers["Content-Encoding"] = draw.choice(("gzip", "deflate", "br", "x"))
        content = draw.choice((content, gzip.compress(content), gzip.compress(content)[:-9]))
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))
