"""The core on an emulated account whose clock a test moves, behind a wire that faults can be put on."""

import json
import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.support.in_process import in_process
from tests.support.openapi import SchemaMismatch, validate_request
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.core.reconcile import (
    ClusterReconciler,
    DefinitionReconciler,
    DesiredDefinition,
    KnownDefinitions,
    KnownRuns,
    LiveClusters,
    RunReconciler,
    definition_of,
)
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.intent import everything
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.emulator import EmulatedCluster, Emulator, Knobs, Seed

OWNER = Owner("acme", "loads", "dev", "nightly")
BUILDING_TIME = Knobs().pending_seconds + Knobs().creating_seconds


@dataclass(frozen=True)
class Exchange:
    """One request under way: `forward` hands it to the account, once or later or never."""

    request: httpx.Request
    forward: Callable[[], httpx.Response]
    clock: ManualClock
    postpone: Callable[[float], None]


Behaviour = Callable[[Exchange], httpx.Response]


def lost_before(exchange: Exchange) -> httpx.Response:
    """Break the connection before the request takes effect."""
    raise httpx.ReadError("connection lost", request=exchange.request)


def lost_after(exchange: Exchange) -> httpx.Response:
    """Let the request take effect and lose its answer."""
    exchange.forward()
    raise httpx.ReadError("connection lost", request=exchange.request)


def unreachable(exchange: Exchange) -> httpx.Response:
    """Let nothing leave this machine."""
    raise httpx.ConnectError("no route", request=exchange.request)


def late(seconds: float) -> Behaviour:
    """Lose the answer at once, and let the request take effect `seconds` later."""

    def behave(exchange: Exchange) -> httpx.Response:
        exchange.postpone(seconds)
        raise httpx.ReadError("connection lost", request=exchange.request)

    return behave


def answers(status: int, message: str = "No.") -> Behaviour:
    """Refuse the request with `status`, without any effect."""
    return lambda _exchange: httpx.Response(status, json={"message": message})


def preceded_by(event: Callable[[], object]) -> Behaviour:
    """Let something happen on the account just before the request arrives."""

    def behave(exchange: Exchange) -> httpx.Response:
        event()
        return exchange.forward()

    return behave


def rewritten(change: Callable[[dict[str, Any]], object]) -> Behaviour:
    """Let `change` alter every record of the answer in place."""

    def behave(exchange: Exchange) -> httpx.Response:
        body = exchange.forward().json()
        for record in body if isinstance(body, list) else [body]:
            change(record)
        return httpx.Response(200, json=body)

    return behave


class Wire(httpx.BaseTransport):
    """Hands requests to an account in the calling thread, except for those that a rule treats in another way."""

    def __init__(self, emulator: Emulator, clock: ManualClock) -> None:
        self._inner = in_process(emulator.account)
        self._prefix = f"/{emulator.account_id}/api/"
        self._clock = clock
        self._rules: list[tuple[str, re.Pattern[str], Container[int], Behaviour, list[int]]] = []
        self._postponed: list[tuple[float, httpx.Request]] = []
        self.requests: list[tuple[str, str, Any]] = []
        self.mismatches: list[str] = []

    def on(self, call: str, behaviour: Behaviour, *, calls: Container[int] = range(1, 1_000_000)) -> None:
        """Treat a call such as `GET clusters/501` (a pattern) so; `calls` are the occasions, counted from 1."""
        method, _, path = call.partition(" ")
        self._rules.append((method, re.compile(path), calls, behaviour, []))

    def count(self, call: str) -> int:
        """Return how many requests matched `call`, whatever became of them."""
        return len(self.bodies(call))

    def bodies(self, call: str) -> list[Any]:
        """Return what was sent with each request that matched `call`."""
        method, _, path = call.partition(" ")
        return [one[2] for one in self.requests if one[0] == method and re.fullmatch(path, one[1])]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._deliver_postponed()
        path = request.url.path.removeprefix(self._prefix)
        self._note(request, path)
        exchange = Exchange(
            request,
            forward=lambda: self._inner.handle_request(request),
            clock=self._clock,
            postpone=lambda seconds: self._postponed.append((self._clock.monotonic() + seconds, request)),
        )
        for method, pattern, calls, behaviour, seen in self._rules:
            if request.method == method and pattern.fullmatch(path):
                seen.append(1)
                if len(seen) in calls:
                    return behaviour(exchange)
        return exchange.forward()

    def _note(self, request: httpx.Request, path: str) -> None:
        body = json.loads(request.read() or "null")
        self.requests.append((request.method, path, body))
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        try:
            validate_request(request.method, request.url.path, query=query, body=body)
        except SchemaMismatch as mismatch:
            self.mismatches.append(str(mismatch))

    def _deliver_postponed(self) -> None:
        now = self._clock.monotonic()
        due = [request for moment, request in self._postponed if moment <= now]
        self._postponed = [(moment, request) for moment, request in self._postponed if moment > now]
        for request in due:
            self._inner.handle_request(request)


class Bench:
    """One process of ours on one emulated account; `emulator` shows and changes what the account really holds."""

    def __init__(self, emulator: Emulator, clock: ManualClock, wire: Wire) -> None:
        self.emulator, self.clock, self.wire = emulator, clock, wire
        self.client = Client(
            api_key=emulator.api_key,
            account_id=emulator.account_id,
            base_url=emulator.url,
            clock=clock,
            random=Random(7),
            http=wire,
        )
        self.living = LiveClusters(self.client, clock, random=Random(7))
        self.runs = KnownRuns(self.client, clock, holds_cluster=self.living.holds)
        self.own_clusters: set[int] = set()
        self.told: list[tuple[str, str]] = []
        self.warned: list[str] = []
        self.interruption = ""
        patience = Patience(
            clock=clock,
            tell=lambda headline, detail: self.told.append((headline, detail)),
            interrupted=lambda: self.interruption,
            warn=self.warned.append,
        )
        self.clusters = ClusterReconciler(self.client, self.living, patience)
        self.job_runs = RunReconciler(self.client, self.runs, patience)
        self.hooks = DefinitionReconciler(
            KnownDefinitions(definition_of(HOOK, self.client), clock, random=Random(7)), patience
        )

    @classmethod
    def new(cls, *, knobs: Knobs | None = None, seed: Seed | None = None) -> "Bench":
        """Return a bench on a new account."""
        clock = ManualClock()
        emulator = Emulator(seed, clock=clock, knobs=knobs)
        return cls(emulator, clock, Wire(emulator, clock))

    def another_process(self) -> "Bench":
        """Return a second process of ours on the same account, which knows of the stack's clusters alone."""
        process = Bench(self.emulator, self.clock, self.wire)
        for number in self.own_clusters:
            process.hand_in(number)
        return process

    def hand_in(self, cluster_id: int) -> None:
        """Let the engine hand in this cluster, as one that the state of the stack holds."""
        self.own_clusters.add(cluster_id)
        self.living.hold(cluster_id)

    def ready_cluster(self, **fields: Any) -> EmulatedCluster:
        """Return a cluster that somebody made and that is available."""
        return self.emulator.add_cluster(**fields)

    def own_cluster(self) -> EmulatedCluster:
        """Return an available cluster of the stack that `OWNER` is of."""
        cluster = self.ready_cluster(description=sign("", marker_of(replace(OWNER, name="etl"))))
        self.hand_in(cluster.id)
        return cluster

    def cancel_at(self, call: str) -> None:
        """Let the user have had enough when this call is under way."""
        self.wire.on(call, preceded_by(lambda: setattr(self, "interruption", "cancelled")))

    @property
    def headlines(self) -> list[str]:
        """The headlines told so far, repetitions left out."""
        heads = [headline for headline, _ in self.told]
        return [one for one, before in zip(heads, ["", *heads], strict=False) if one != before]


def signed(text: str = "", *, owner: Owner = OWNER, minutes_ago: float = 0, held: bool = False, seed: int = 1) -> str:
    """Return `text` with the marker of a create call that was sent so many minutes before a bench's clock starts."""
    drawn = marker_of(owner).drawn(ManualClock().now() - timedelta(minutes=minutes_ago), Random(seed))
    return sign(text, drawn.held if held else drawn)


def desired(
    *, owner: Owner = OWNER, timeout: float = 1800, terminate_timeout: float = 1200, **inputs: Any
) -> DesiredCluster:
    """Return a cluster of two nodes as it should be, with these inputs besides; they must be valid."""
    checked = check(CLUSTER, {"nodes": 2, **inputs})
    assert not checked.problems
    return DesiredCluster(checked.inputs, owner, timeout, terminate_timeout)


def desired_run(
    cluster: EmulatedCluster, package_id: int = 101, *, timeout: float = 86_400, owner: str = "nightly", **inputs: Any
) -> DesiredRun:
    """Return a run of the package on the cluster as it should be; its inputs must be valid."""
    checked = check(JOB_RUN, {"cluster_id": cluster.id, "package_id": package_id, **inputs})
    assert not checked.problems
    return DesiredRun(checked.inputs, timeout, replace(OWNER, name=owner))


def desired_hook(*, owner: Owner = OWNER, **inputs: Any) -> DesiredDefinition:
    """Return a Slack hook of failed jobs as it should be, with these inputs besides; they must be valid."""
    slack = {"type": "slack", "settings": {"url": "https://hooks.example.test/tkn-4711"}, "events": ["job.failed"]}
    checked = check(HOOK, {**slack, **inputs})
    assert not checked.problems, checked.problems
    return DesiredDefinition(checked.inputs, owner, everything(HOOK))


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench on a new account; the test fails if a request was sent that the description of the API does not allow."""
    made = Bench.new()
    yield made
    assert not made.wire.mismatches
