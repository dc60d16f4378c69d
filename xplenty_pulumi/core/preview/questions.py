"""What is asked of the service before anything is done, so that a preview says what an `up` would run into.

Each question is asked once in a process, whoever wants to know, and for seconds only. A service that cannot be asked
is no reason to fail: that is said once, nothing more is asked, and the `up` itself says what is wrong.
"""

import threading
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from xplenty_pulumi.client import Client, Cluster, Package
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.core.kinds.kind import LIVING, Key, Kind
from xplenty_pulumi.core.kinds.obstacles import Obstacle, fault_of, fault_of_package
from xplenty_pulumi.core.preview.plan_limits import PlanLimits, limits_of, refusal_of_nodes, refusal_of_number
from xplenty_pulumi.core.preview.shown import ShownRecords
from xplenty_pulumi.core.reading.lookup import as_id, named, or_listed, or_none, require_account
from xplenty_pulumi.core.reading.pages import listed_by_status
from xplenty_pulumi.core.reading.readiness import ReadyClusters
from xplenty_pulumi.core.reading.shared import SharedCall
from xplenty_pulumi.errors import (
    ApiError,
    AuthError,
    NotFoundError,
    NotSentError,
    RateLimitedError,
    ServerError,
    SpecError,
    XplentyError,
)

LONGEST_CALL = 5.0
"""Seconds that a call may take, repeats included."""
_LIVING = CLUSTER.statuses(*LIVING)
_SYSTEM = "_"
"""How the names of the service's own variables begin, which a run may set whatever its package declares."""

T = TypeVar("T")


class PreviewQuestions:
    """What is known of an account before anything is done in it; thread-safe.

    `ready` are the clusters that need not be asked about; one that an answer shows ready is added. `warn` is called
    once where the service cannot be asked. Every method raises ApiError where no call can succeed with these settings:
    the key is refused, the account not known, or the address points elsewhere.
    """

    def __init__(self, client: Client, warn: Callable[[str], None], *, ready: ReadyClusters) -> None:
        self._client = client.within(LONGEST_CALL)
        self._warn = warn
        self._lock = threading.Lock()
        self._calls: dict[Hashable, SharedCall[Any]] = {}
        # Free of charge; after a success no refusal of what follows (403) is taken for one of the key itself.
        self._key = SharedCall(lambda: or_none(self._client.rate_limit, None))
        self._account = SharedCall(lambda: require_account(self._client))
        self._ready = ready
        self._shown = ShownRecords(self._client)
        self._read: set[tuple[str, Key]] = set()
        self._is_blind = False

    def note_read(self, kind: Kind, key: Key) -> None:
        """Remember that a refresh has just told of this thing, so that nothing is asked about it."""
        self._read.add((kind.name, key))

    def shown(self, kind: Kind, key: Key) -> tuple[Any | None] | None:
        """Return the record of what is to change in place, which is None where it is gone; None for not known."""
        if (kind.name, key) in self._read:
            return None
        return self._answer(("shown", kind.name, key), lambda: (self._shown.find(kind, key),))

    def require_account(self) -> None:
        """Return where the account is known, or where the service cannot be asked."""
        self._answer("account", self._account.once)

    def refusals_of_run(self, inputs: Mapping[str, object]) -> list[SpecError]:
        """Return why a run with these known inputs cannot be: no such package, or no such cluster."""
        field = "package_id" if "package_id" in inputs else "package"
        found = self._packages(inputs.get(field))
        problem = None if found is None else _refusal_of_package(str(inputs.get(field)), found)
        fault = self._fault_of_cluster(inputs)
        reasons = {"cluster_id": fault.reason if fault and fault.is_missing else None, field: problem}
        advice = "Correct it, then run again"
        return [SpecError(reason, field=name, advice=advice) for name, reason in reasons.items() if reason]

    def ended_cluster(self, inputs: Mapping[str, object]) -> Obstacle | None:
        """Return why no run can start on the cluster of a run, which has ended; None where one can.

        This is no reason to refuse the run: one that an earlier attempt started there and lost can still be adopted.
        """
        fault = self._fault_of_cluster(inputs)
        return None if fault is None or fault.is_missing else fault

    def strange_variables(self, inputs: Mapping[str, object]) -> str:
        """Return which variables of a run its package does not declare, as a text; an empty one for none.

        The service takes any variable, and what a package does with one that it does not declare is not documented, so
        this is no reason to refuse the run.
        """
        found = self._packages(inputs.get("package_id", inputs.get("package"))) or ()
        groups = (inputs.get("variables"), inputs.get("dynamic_variables"))
        given = {str(name) for group in groups if isinstance(group, Mapping) for name in group}
        if len(found) != 1 or (known := found[0].variables) is None:
            return ""
        strange = sorted(name for name in given - set(known) if not name.startswith(_SYSTEM))
        if not strange:
            return ""
        declared = f"it declares {', '.join(sorted(known))}" if known else "it declares none"
        noun = "variable" if len(strange) == 1 else "variables"
        return f"package {found[0].id} does not declare the {noun} {', '.join(strange)}; {declared}"

    def takes_run_key(self, inputs: Mapping[str, object]) -> bool:
        """Return whether the package of a run is known to declare the variable for a run's own key."""
        found = self._packages(inputs.get("package", inputs.get("package_id"))) or ()
        return len(found) == 1 and RUN_KEY in (found[0].variables or {})

    def refusals_of_cluster(self, inputs: Mapping[str, object], *, scope: str, ours: int) -> list[SpecError]:
        """Return which limits of the plan a cluster with these known inputs exceeds.

        `ours` counts the clusters of its type that its stack declares, itself included; `scope` is the stack's in
        markers.
        """
        limits = self._answer("plan", self._plan) or PlanLimits()
        problems = [refusal_of_nodes(inputs.get("nodes"), limits)]
        if limits.clusters(inputs.get("type")) is not None:
            living = self._answer("living", self._living) or ()
            scopes = {one.id: found.scope for one in living if (found := marker.read(one.description))}
            others = [one for one in living if one.type == inputs.get("type") and scopes.get(one.id) != scope]
            problems.append(refusal_of_number(inputs.get("type"), limits, ours=ours, others=others))
        return [problem for problem in problems if problem is not None]

    def _packages(self, id_or_name: object) -> tuple[Package, ...] | None:
        """The packages that are meant, or None where that is not known."""
        if id_or_name is None:
            return None
        number = as_id(str(id_or_name))
        if number is not None:
            get = partial(self._client.packages.get, number)
            found = self._answer(("package", number), lambda: (or_none(get, self._client),))
            return None if found is None else tuple(one for one in found if one is not None)
        active = self._answer("packages", lambda: tuple(self._client.packages.list()))
        return None if active is None else named(active, str(id_or_name))

    def _fault_of_cluster(self, inputs: Mapping[str, object]) -> Obstacle | None:
        found = self._cluster(inputs)
        account = str(inputs.get("account") or "")
        return None if found is None else fault_of(int(str(inputs["cluster_id"])), found[0], account=account)

    def _cluster(self, inputs: Mapping[str, object]) -> tuple[Cluster | None] | None:
        """The cluster of a run, or None where nothing need be known of it, or it is not known."""
        text = str(inputs.get("cluster_id", ""))
        if not text.isdecimal() or int(text) in self._ready:
            return None
        return self._answer(("cluster", text), lambda: (self._read_cluster(int(text)),))

    def _read_cluster(self, number: int) -> Cluster | None:
        clusters = self._client.clusters
        found = or_listed(partial(clusters.get, number), clusters.list, self._client, number=number)
        if found is not None:
            self._ready.note(found)
        return found

    def _plan(self) -> PlanLimits:
        # Plans are billing, which the key's user may not be allowed to see.
        try:
            return limits_of(self._client.plans.subscription(), self._client.plans.list())
        except (AuthError, NotFoundError) as hidden:
            self._require_settings(hidden)
            return PlanLimits()

    def _living(self) -> tuple[Cluster, ...]:
        return tuple(listed_by_status(self._client, CLUSTER, _LIVING).values())

    def _answer(self, question: Hashable, ask: Callable[[], T]) -> T | None:
        """The answer to a question, asked by whoever wants it first; None where the service cannot be asked."""
        with self._lock:
            if self._is_blind:
                return None
            call = self._calls.setdefault(question, SharedCall(ask))
        try:
            self._key.once()
            answer: T = call.once()
        except XplentyError as trouble:
            self._require_settings(trouble)
            with self._lock:
                is_news, self._is_blind = not self._is_blind, True
            if is_news:
                text = "packages, the plan's limits and what is to change could not be checked before the operation"
                self._warn(f"{text}: {trouble.message}")
            return None
        return answer

    def _require_settings(self, trouble: XplentyError) -> None:
        """Return where another call than the one that met `trouble` may succeed."""
        if isinstance(trouble, ApiError) and (trouble.status == 401 or 300 <= trouble.status < 400):
            raise trouble
        if isinstance(trouble, AuthError | NotFoundError):
            with suppress(NotSentError, ServerError, RateLimitedError):
                self._account.once()


def _refusal_of_package(named: str, found: tuple[Package, ...]) -> str | None:
    if as_id(named) is not None:
        fault = fault_of_package(named, next(iter(found), None))
        return fault.reason if fault else None
    if not found:
        return f"no active package is named {named!r}"
    ids = ", ".join(str(one.id) for one in found)
    return f"packages {ids} are all named {named!r}" if len(found) > 1 else None
