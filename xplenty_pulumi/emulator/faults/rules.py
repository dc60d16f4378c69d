"""Faults by rule: which call meets which fault, and on which occasions.

faults = Faults(FaultRule("createCluster", "reset after", calls=FIRST))
with Emulator(gates=[faults]) as account:
    ...  # the first POST of a cluster makes one, and its answer is lost
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.backstage import Backstage
from xplenty_pulumi.emulator.faults.catalogue import FAULTS, MIXED_UP
from xplenty_pulumi.emulator.faults.fault import Effect, Fault
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.wire.messages import Request, Response
from xplenty_pulumi.errors import ConfigError

FIRST = range(1, 2)
SECOND = range(2, 3)
ALWAYS = range(1, 2**31)

OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "listClusters": "GET clusters",
        "createCluster": "POST clusters",
        "getCluster": "GET clusters/{id}",
        "updateCluster": "PUT clusters/{id}",
        "terminateCluster": "DELETE clusters/{id}",
        "listJobs": "GET jobs",
        "runJob": "POST jobs",
        "getJob": "GET jobs/{id}",
        "stopJob": "DELETE jobs/{id}",
        "getRateLimit": "GET rate_limit_status",
    }
)
"""The operations that have a name here, as the API description calls them, with method and path."""

_NAMED: Mapping[str, Fault] = MappingProxyType({**FAULTS, **MIXED_UP})
_PLACEHOLDERS = {"{id}": r"\d+", "*": r".*"}
_NO_EFFECT = Response(200)


@dataclass(frozen=True, slots=True)
class FaultRule:
    """A fault for some calls.

    `call` is a name of `OPERATIONS`, or a method and a path below the account such as ``GET clusters/{id}``, where
    ``*`` stands for anything, in place of the method too. `fault` is one of `FAULTS` or `MIXED_UP` by name, or one's
    own. `calls` says which of the calls that match, counted from 1: `FIRST`, `SECOND`, `ALWAYS`, ``range(1, n + 1)``,
    or any set; `lasting`, for how many seconds from the first call that meets it. Raises ConfigError for a name that
    there is not.
    """

    call: str
    fault: Fault | str
    calls: Container[int] = ALWAYS
    lasting: float | None = None

    def __post_init__(self) -> None:
        if isinstance(self.fault, str) and self.fault not in _NAMED:
            raise ConfigError(f"there is no fault {self.fault!r}, only {', '.join(_NAMED)}", setting="fault")
        if " " not in self.spelled:
            raise ConfigError(f"{self.call!r} is neither a method and a path nor an operation", setting="call")

    @property
    def spelled(self) -> str:
        """The call as method and path."""
        return OPERATIONS.get(self.call, self.call)

    def matches(self, request: Request) -> bool:
        """Return whether the rule is about such a call, whatever the occasion."""
        method, _, path = self.spelled.partition(" ")
        parts = request.path.strip("/").split("/")
        tail = "/".join(parts[2:] if len(parts) > 2 and parts[1] == "api" else parts)
        pattern = re.sub(r"\\\{id\\\}|\\\*", lambda found: _PLACEHOLDERS[found[0].replace("\\", "")], re.escape(path))
        return method in ("*", request.method) and re.fullmatch(pattern, tail) is not None

    def what(self) -> Fault:
        """Return the fault itself."""
        return _NAMED[self.fault] if isinstance(self.fault, str) else self.fault


@dataclass(frozen=True, slots=True)
class Strike:
    """One call that met a fault."""

    method: str
    path: str
    fault: Fault


class Faults:
    """A gate that lets calls meet faults, by the first rule whose occasion it is. Safe to use from any thread.

    `seed` decides how late a late commit is. Rules with one need `join`, since nothing else can act later or has the
    time, and so do those that last and those that double a call.
    """

    def __init__(self, *rules: FaultRule, seed: int = 0) -> None:
        self._rules: list[FaultRule] = []
        self._counts: list[int] = []
        self._ends: list[Moment | None] = []
        self._random = Random(seed)  # noqa: S311 - spreads delays; nothing secret depends on it
        self._account: Account | None = None
        self._late: list[tuple[Moment, Request]] = []
        self._struck: tuple[Request, Fault] | None = None
        self._is_settling = False
        self._strikes: list[Strike] = []
        for rule in rules:
            self.add(rule)

    @property
    def strikes(self) -> tuple[Strike, ...]:
        """Every call that met a fault so far, oldest first."""
        return tuple(self._strikes)

    def met(self, rule: FaultRule) -> int:
        """Return how many calls that the rule is about have come since it was added."""
        return self._counts[self._rules.index(rule)]

    def join(self, place: Account | Backstage) -> None:
        """Name the account on which late commits take effect: the one that has this gate."""
        self._account = place.account if isinstance(place, Backstage) else place

    def add(self, rule: FaultRule) -> None:
        """Let one more rule hold from the next call on; its calls are counted from there."""
        self._counts.append(0)
        self._ends.append(None)
        self._rules.append(rule)

    def calm(self) -> None:
        """Let no call meet a fault any more; late commits that are under way still take effect."""
        self._rules, self._counts, self._ends = [], [], []

    def settle(self) -> None:
        """Let every late commit that is due take effect; each call does so, which backstage methods do not."""
        if self._account is None or self._is_settling:
            return
        with self._account.lock:
            now = self._account.advance()
            due = [request for moment, request in self._late if moment <= now]
            self._late = [(moment, request) for moment, request in self._late if moment > now]
            self._is_settling = True
            try:
                for request in due:
                    self._account.handle(request)
            finally:
                self._is_settling = False

    def before(self, request: Request) -> Response | None:
        """Answer in place of the account, unless the call is to take effect now."""
        if self._is_settling:
            return None
        self.settle()
        fault = self._fault_for(request)
        self._struck = None if fault is None else (request, fault)
        if fault is None or fault.effect in (Effect.DONE, Effect.TWICE):
            return None
        if fault.effect is Effect.LATE:
            self._postpone(request, fault)
        return fault.answer(_NO_EFFECT)

    def after(self, request: Request, response: Response) -> Response:
        """Answer what the fault makes of the true answer."""
        if self._is_settling or self._struck is None or self._struck[0] is not request:
            return response
        fault = self._struck[1]
        if fault.effect is Effect.TWICE:
            self._postpone(request, fault)
            self.settle()
        return fault.answer(response)

    def _fault_for(self, request: Request) -> Fault | None:
        found = None
        for number, rule in enumerate(self._rules):
            if not rule.matches(request):
                continue
            self._counts[number] += 1
            if found is None and self._counts[number] in rule.calls and not self._is_over(number):
                found = rule.what()
        if found is not None:
            self._strikes.append(Strike(request.method, request.path, found))
        return found

    def _is_over(self, number: int) -> bool:
        """Whether a rule has lasted; the first call that it would strike begins its time."""
        lasting = self._rules[number].lasting
        if lasting is None:
            return False
        now = self._joined().advance()
        end = self._ends[number]
        self._ends[number] = end = now + lasting if end is None else end
        return now >= end

    def _postpone(self, request: Request, fault: Fault) -> None:
        self._late.append((self._joined().advance() + self._random.uniform(*fault.lateness), request))

    def _joined(self) -> Account:
        if self._account is None:
            raise ConfigError(
                "a fault that lasts, comes late or comes twice needs an account, and that is not known",
                setting="faults",
                advice="Call faults.join(account) before the first call.",
            )
        return self._account
