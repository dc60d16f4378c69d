"""What a check finds out beyond the inputs themselves: the rules of the stack, and what the service says beforehand."""

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.core.kinds.variables import unquoted_text
from xplenty_pulumi.core.preview import estimate
from xplenty_pulumi.core.preview.estimate import ClusterUse, use_of
from xplenty_pulumi.core.preview.stack_rules import StackRules
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.state import OWNER, owner_of
from xplenty_pulumi.errors import ApiError, ConfigError, SpecError, XplentyError

if TYPE_CHECKING:
    from xplenty_pulumi.core.preview.questions import PreviewQuestions

_TYPE = ("type",)
_COUNTED = ("nodes", "terminate_on_idle", "time_to_idle")
"""The inputs that an estimate depends on."""


@dataclass(frozen=True)
class Subject:
    """A resource that is being checked: its canonical inputs, and those that the state has of it, if it has any."""

    kind: Kind
    owner: str
    inputs: Mapping[str, object]
    before: Mapping[str, object] | None
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """The names of its secret variables; `*` where all of them are."""

    def is_changed(self, names: Iterable[str]) -> bool:
        """Return whether it is new, or has another value in one of these inputs."""
        before = self.before
        return before is None or any(self.inputs.get(name) != before.get(name) for name in names)


class Declared:
    """The clusters of the stack as they are checked one after another; thread-safe.

    A preview and an `up` are two processes, each of which counts afresh.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uses: dict[str, ClusterUse] = {}
        self._types: dict[str, object] = {}
        self._is_planned = False
        self._added: set[object] = set()
        bridge.at_end(self.headline, severity="INFO")

    def note(self, subject: Subject, use: ClusterUse | None) -> tuple[ClusterUse, ...]:
        """Count a cluster, anew where it was counted before, and return all that are known so far."""
        with self._lock:
            self._is_planned = self._is_planned or subject.is_changed(_COUNTED)
            if subject.is_changed(_TYPE):
                self._added.add(subject.inputs.get("type"))
            self._types[subject.owner] = subject.inputs.get("type")
            if use is not None:
                self._uses[subject.owner] = use
            return tuple(self._uses.values())

    def adds(self, type_: object) -> bool:
        """Return whether any cluster of a type is new so far, or has become one of it."""
        with self._lock:
            return type_ in self._added

    def number(self, type_: object) -> int:
        """Return how many clusters of a type are known."""
        with self._lock:
            return sum(found == type_ for found in self._types.values())

    def headline(self) -> str:
        """Return the estimate as one line where anything of it is planned."""
        with self._lock:
            return estimate.headline(self._uses.values()) if self._is_planned else ""


@lru_cache(maxsize=1)
def declared_clusters() -> Declared:
    """Return the clusters that this process has checked."""
    return Declared()


@lru_cache(maxsize=1)
def shown_warnings() -> set[tuple[str, str]]:
    """Return the warnings about inputs that this process has shown, each with the resource that it is about."""
    return set()


def warn_once(call: EngineCall, text: str) -> None:
    """Warn of inputs, once in a process: the engine checks a resource that it replaces twice."""
    warning = (call.urn or call.name, text)
    if text and warning not in shown_warnings():
        shown_warnings().add(warning)
        bridge.warn(call, text)


def ruled_out(subject: Subject, rules: StackRules) -> list[SpecError]:
    """Return what the rules of the stack refuse; no call is made."""
    now = SystemClock().now()
    is_new_work = subject.before is None and subject.kind.ends is not Ending.REMOVED
    problems = [rules.refusal_of_new(now) if is_new_work else None]
    if subject.kind.ends is Ending.TERMINATED:
        name = subject.owner.rpartition("::")[2]
        uses = declared_clusters().note(subject, use_of(name, subject.inputs, rules, now=now))
        problems += [
            rules.refusal_of_type(subject.inputs.get("type")),
            estimate.refusal(uses, rules.max_node_hours),
        ]
    return [problem for problem in problems if problem is not None]


def foreseen(subject: Subject, foresight: "PreviewQuestions", call: EngineCall) -> list[XplentyError]:
    """Return what the service would refuse."""
    try:
        match subject.kind.ends:
            case Ending.TERMINATED:
                return [*_of_cluster(subject, foresight)]
            case Ending.COMPLETED:
                return [*_of_run(subject, foresight, call)]
            case Ending.REMOVED:
                foresight.require_account()
                return []
    except ApiError as refused:
        return [refused]


def warn_of_end(inputs: Mapping[str, object], foresight: "PreviewQuestions", call: EngineCall) -> None:
    """Warn where the cluster of a run that is about to start has ended; nothing is refused."""
    with suppress(ApiError):
        warn_once(call, foresight.ended_cluster(inputs))


def is_asked_about(subject: Subject) -> bool:
    """Return whether the service is asked about it: it is new or has changed, or one more of its type is added."""
    if subject.is_changed(subject.kind.asked_about):
        return True
    return subject.kind.ends is Ending.TERMINATED and declared_clusters().adds(subject.inputs.get("type"))


def _of_cluster(subject: Subject, foresight: "PreviewQuestions") -> list[SpecError]:
    names = subject.kind.asked_about if subject.is_changed(subject.kind.asked_about) else _TYPE
    asked = {name: subject.inputs[name] for name in names if name in subject.inputs}
    try:
        scope = marker.scope_of(owner_of({OWNER: subject.owner}))
    except ConfigError:
        scope = ""
    ours = declared_clusters().number(subject.inputs.get("type"))
    return foresight.refusals_of_cluster(asked, scope=scope, ours=ours)


def _of_run(subject: Subject, foresight: "PreviewQuestions", call: EngineCall) -> list[SpecError]:
    problems = foresight.refusals_of_run(subject.inputs)
    if problems:
        return problems
    for text in (foresight.strange_variables(subject.inputs), _unquoted(subject)):
        warn_once(call, text)
    if subject.before is None or subject.inputs.get("rerun") != "on_failure":
        warn_of_end(subject.inputs, foresight, call)
    return []


def _unquoted(subject: Subject) -> str:
    """Which variables read like texts; a secret one is likely one of the service's own, which is a plain text."""
    return "" if "*" in subject.secrets else unquoted_text(subject.inputs, plain=subject.secrets)
