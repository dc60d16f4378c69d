"""The network of one process of ours: it keeps what was sent, and lets calls meet faults."""

import json
import re
from collections.abc import Container
from typing import Any
from urllib.parse import parse_qs

import httpx

from tests.support.faults.exchange import Behaviour, Exchange, Postponed
from tests.support.openapi import SchemaMismatch, validate_request
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import ALWAYS, Emulator, Fault


class Wire(httpx.BaseTransport):
    """Hands requests to an account in the calling thread, except for those that a rule treats in another way."""

    def __init__(self, emulator: Emulator, clock: ManualClock) -> None:
        self._account = emulator.account
        self._postponed = Postponed(clock)
        self._rules: list[tuple[str, re.Pattern[str], Container[int], Behaviour | Fault, list[int]]] = []
        self.requests: list[tuple[str, str, Any]] = []
        self.mismatches: list[str] = []

    def on(self, call: str, trouble: Behaviour | Fault, *, calls: Container[int] = ALWAYS) -> None:
        """Treat a call such as `GET clusters/501` (a pattern) so; `calls` are the occasions, counted from 1."""
        method, _, path = call.partition(" ")
        self._rules.append((method, re.compile(path), calls, trouble, []))

    def count(self, call: str) -> int:
        """Return how many requests matched `call`, whatever became of them."""
        return len(self.bodies(call))

    def bodies(self, call: str) -> list[Any]:
        """Return what was sent with each request that matched `call`."""
        method, _, path = call.partition(" ")
        return [one[2] for one in self.requests if one[0] == method and re.fullmatch(path, one[1])]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = Exchange(request, self._account, self._postponed)
        self._note(exchange)
        for method, pattern, calls, trouble, matched in self._rules:
            if request.method == method and pattern.fullmatch(exchange.path):
                matched.append(1)
                if len(matched) in calls:
                    return exchange.meet(trouble) if isinstance(trouble, Fault) else trouble(exchange)
        return exchange.forward()

    def _note(self, exchange: Exchange) -> None:
        request = exchange.request
        body = json.loads(request.read() or "null")
        self.requests.append((request.method, exchange.path, body))
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        try:
            validate_request(request.method, request.url.path, query=query, body=body)
        except SchemaMismatch as mismatch:
            self.mismatches.append(str(mismatch))
