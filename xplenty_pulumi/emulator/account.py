"""The emulated service without a network: one request in, one answer out, and no other input or output."""

import json
import re
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from xplenty_pulumi.clock import Clock, SteppedClock, SystemClock
from xplenty_pulumi.emulator.calls.call import Call
from xplenty_pulumi.emulator.calls.routes import Route, is_free, route_of
from xplenty_pulumi.emulator.hooks.messages import messages_of, triggered
from xplenty_pulumi.emulator.hooks.outbox import Delivery, Outbox
from xplenty_pulumi.emulator.life import clusters, effects
from xplenty_pulumi.emulator.life.clock import Credits, Moment, ServiceTime
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.packages import settled
from xplenty_pulumi.emulator.life.records import FINAL
from xplenty_pulumi.emulator.life.seed import Seed, plant
from xplenty_pulumi.emulator.life.store import Store
from xplenty_pulumi.emulator.life.world import World
from xplenty_pulumi.emulator.wire import reading
from xplenty_pulumi.emulator.wire.messages import NOT_FOUND, VENDOR_TYPE, Answer, Links, Refusal, Request, Response

T = TypeVar("T")
CALLS_KEPT = 100_000
_CLUSTER_OR_JOB = re.compile(r"/[^/]+/api/(clusters|jobs)(?:/(\d{1,18}))?/?")
_VALIDATIONS = re.compile(r"/[^/]+/api/packages/(\d{1,18})/validations(?:/\d{1,18})?/?")
_PREFLIGHT = {"Access-Control-Allow-Methods": "GET, POST, PUT, DELETE", "Access-Control-Allow-Headers": "*"}


class Gate(Protocol):
    """Something that every call passes before it takes effect and again after it."""

    def before(self, request: Request) -> Response | None:
        """Return the answer of a call that is to have no effect, or None to let it pass."""

    def after(self, request: Request, response: Response) -> Response:
        """Return the answer that the client gets in place of `response`; the effect has happened."""


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One line of the log: never a query, a header or a body."""

    method: str
    path: str
    status: int


class Account:
    """An Xplenty account without a network: `handle` takes each call to its end. Safe to share between threads.

    `store` keeps the account; with one that holds an account already, `seed` is not used. A `clock` that is a
    `SteppedClock` ticks after each call that reads something unfinished.
    """

    def __init__(
        self,
        seed: Seed | None = None,
        *,
        clock: Clock | None = None,
        knobs: Knobs | None = None,
        store: Store | None = None,
        gates: Sequence[Gate] = (),
    ) -> None:
        self.lock = threading.RLock()
        self.knobs = knobs or Knobs()
        self.base_url = "http://127.0.0.1"
        self.outbox = Outbox()
        self.stepped = clock if isinstance(clock, SteppedClock) else None
        self._store = store
        self._gates = tuple(gates)
        self._calls: deque[LoggedCall] = deque(maxlen=CALLS_KEPT)
        self._count = 0
        kept = store.load() if store else None
        self._time = ServiceTime(clock or SystemClock(), not_before=kept.now if kept else 0.0)
        self.credits = Credits(self.knobs.credits_per_hour)
        self.seed = kept.seed if kept else (seed or Seed()).with_key()
        self.world = World(
            knobs=self.knobs,
            now=kept.now if kept else self._time.now(),
            region=self.seed.region,
            clusters_that_fail=self.seed.clusters_that_fail,
        )
        if kept:
            self.world.restore(kept.records, next_ids=kept.next_ids, born_at=kept.born_at)
        else:
            plant(self.world, self.seed)
        self.save()

    def handle(self, request: Request) -> Response:
        """Answer one call; every failure is an answer too."""
        with self.lock:
            self.advance()
            ticking = self.stepped if self.stepped and _reads_unfinished(request, self.world) else None
            response = self._through_gates(request)
            self._calls.append(LoggedCall(request.method, request.path, response.status))
            self.save()
            if self.world.hooks:
                self.outbox.wake()
            if ticking is not None:
                ticking.tick()
            return response

    def calls(self) -> tuple[LoggedCall, ...]:
        """Return the calls so far, oldest first; of more than 100,000 only the last."""
        with self.lock:
            return tuple(self._calls)

    def advance(self) -> Moment:
        """Let everything happen that is due by now, put the messages about it into the outbox, return the moment."""
        now = self._time.now()
        effects.advance(self.world, now)
        self._send()
        self.credits = self.credits.at(now)
        return now

    def save(self) -> None:
        """Put new messages into the outbox, then write down what has changed, if there is a store."""
        self._send()
        changes = self.world.take_changes()
        if self._store is not None:
            self._store.save(self.world, changes, seed=self.seed)

    def note_delivery(self, delivery: Delivery) -> None:
        """Keep the result of a delivery with its hook; a hook that was deleted meanwhile stays deleted."""
        with self.lock:
            self._note_trigger(delivery)
            self.save()

    def _send(self) -> None:
        for happening in self.world.take_happenings():
            deliveries, mails = messages_of(happening, links=self._links(), knobs=self.knobs)
            for delivery in self.outbox.add(deliveries, mails):
                self._note_trigger(delivery)

    def _note_trigger(self, delivery: Delivery) -> None:
        hook = self.world.hooks.get(delivery.hook_id)
        if hook is not None and delivery.result != "waiting":
            self.world.put(triggered(hook, delivery, at=self.world.now))

    def _links(self) -> Links:
        return Links(self.base_url, self.seed.account_id)

    def _through_gates(self, request: Request) -> Response:
        """The one place that every call passes before its effect and after it."""
        for gate in self._gates:
            early = gate.before(request)
            if early is not None:
                return early
        try:
            answer = self._answer(request)
        except Refusal as refusal:
            answer = Answer({"message": refusal.message}, status=refusal.status)
        response = self._encoded(answer)
        if request.method == "HEAD":
            response = response.without_body()
        for gate in self._gates:
            response = gate.after(request, response)
        return response

    def _answer(self, request: Request) -> Answer:
        if request.method == "OPTIONS":
            return Answer(None, status=204, headers=_PREFLIGHT)
        if not is_free(request.path):
            if self.credits.remaining == 0:
                raise Refusal(429, "Rate Limit Exceeded")
            self.credits = self.credits.spent()
        route = route_of("GET" if request.method == "HEAD" else request.method, request.path)
        self._admit(request, route)
        call = Call(
            world=self.world,
            seed=self.seed,
            knobs=self.knobs,
            credits=self.credits,
            now=self.world.now,
            links=self._links(),
            parameters=reading.parameters_of(request, area=route.area),
            ids=route.ids,
            type=route.type,
        )
        return route.handler(call)

    def _admit(self, request: Request, route: Route) -> None:
        reading.check_accept(request)
        if reading.key_of(request) != self.seed.api_key:
            raise Refusal(401, "Unauthorized: the API key is missing or wrong")
        if route.account_id not in (None, self.seed.account_id):
            status = self.knobs.foreign_account
            if status == 404:
                raise Refusal(404, NOT_FOUND)
            word = "Unauthorized" if status == 401 else "Forbidden"
            raise Refusal(status, f"{word}: the API key does not belong to this account")

    def _encoded(self, answer: Answer) -> Response:
        self._count += 1
        headers = {
            "Access-Control-Allow-Origin": "*",
            "X-RateLimit-Limit": str(self.credits.limit),
            "X-RateLimit-Remaining": str(self.credits.remaining),
            "X-Request-Id": f"emulated-{self._count:06d}",
            "X-Account-Time": datetime.fromtimestamp(self.world.now, UTC).isoformat(),
            **answer.headers,
        }
        if answer.payload is None:
            return Response(answer.status, headers)
        headers.setdefault("Content-Type", f"{VENDOR_TYPE}; version=2")
        return Response(answer.status, headers, json.dumps(answer.payload).encode())


def _reads_unfinished(request: Request, world: World) -> bool:
    """Whether a request reads a cluster that is under way, or a job or validation that has not ended.

    A list counts where any of its clusters, jobs or validations is unfinished, whatever its filters leave out.
    """
    if request.method == "GET" and (found := _VALIDATIONS.fullmatch(request.path)):
        ours = (one for one in world.validations.values() if one.package_id == int(found[1]))
        return any(settled(one, now=world.now).status == "running" for one in ours)
    found = _CLUSTER_OR_JOB.fullmatch(request.path) if request.method == "GET" else None
    if found is None:
        return False
    kind, number = found.groups()
    if kind == "clusters":
        return any(clusters.is_under_way(cluster) for cluster in _chosen(world.clusters, number))
    return any(job.status not in FINAL for job in _chosen(world.jobs, number))


def _chosen(records: Mapping[int, T], number: str | None) -> Iterable[T]:
    if number is None:
        return records.values()
    record = records.get(int(number))
    return () if record is None else (record,)
