"""The answer to the engine's Check: inputs in canonical form, or every problem with them, all at once.

What the inputs themselves say comes first. Only where they are in order, the rules of the stack and the service follow.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pulumi.dynamic import CheckFailure, CheckResult

from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.core.kinds.marker import name_in, scope_of
from xplenty_pulumi.core.kinds.registry import FIELDS
from xplenty_pulumi.core.kinds.variables import unquoted_text
from xplenty_pulumi.core.preview import estimate
from xplenty_pulumi.core.preview.estimate import ClusterUse, use_of
from xplenty_pulumi.core.preview.stack_rules import StackRules
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.properties import Inputs
from xplenty_pulumi.dynamic.providers.context import ProviderContext
from xplenty_pulumi.dynamic.providers.naming import named
from xplenty_pulumi.dynamic.providers.remarks import note_replaced, told, warn_once
from xplenty_pulumi.dynamic.secrets import is_secret, secret_values
from xplenty_pulumi.dynamic.state import HIDDEN_INPUTS, OWNER, PROVIDER, SECRETS, Properties, kind_of, owner_of
from xplenty_pulumi.errors import ApiError, ConfigError, RefusedError, SpecError, XplentyError
from xplenty_pulumi.redact import MASK, scrub
from xplenty_pulumi.text import harmless

if TYPE_CHECKING:
    from xplenty_pulumi.core.preview.questions import PreviewQuestions

_PRIVATE = frozenset(one.name for one in FIELDS if one.private)
"""Fields whose value an error must not show, even where the program calls none of it secret."""
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


class DeclaredClusters:
    """The clusters of the stack as they are checked one after another; thread-safe.

    A preview and an `up` are two processes, each of which counts afresh.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uses: dict[str, ClusterUse | None] = {}
        self._types: dict[str, object] = {}
        self._of_type: Counter[object] = Counter()
        self._added: set[object] = set()
        self._is_planned = self._is_cut = False
        bridge.at_end(self.headline, severity="INFO")

    def note(self, subject: Subject, use: ClusterUse | None) -> None:
        """Count a cluster, anew where it was counted before."""
        with self._lock:
            self._is_planned = self._is_planned or subject.is_changed(_COUNTED)
            if subject.owner in self._types:
                self._of_type[self._types[subject.owner]] -= 1
            self._types[subject.owner] = subject.inputs.get("type")
            self._of_type[subject.inputs.get("type")] += 1
            if subject.is_changed(_TYPE):
                self._added.add(subject.inputs.get("type"))
            self._uses[subject.owner] = use

    def uses(self) -> tuple[ClusterUse | None, ...]:
        """Return the uses so far, None for each that is not known yet."""
        with self._lock:
            return tuple(self._uses.values())

    def adds(self, type_: object) -> bool:
        """Return whether any cluster of a type is new so far, or has become one of it."""
        with self._lock:
            return type_ in self._added

    def number(self, type_: object) -> int:
        """Return how many clusters of a type are known."""
        with self._lock:
            return self._of_type[type_]

    def cut(self) -> None:
        """Note that a check has failed, so that the engine may not have reached every cluster."""
        self._is_cut = True

    def headline(self) -> str:
        """Return the estimate as one line where anything of it is planned and every check has passed."""
        with self._lock:
            return estimate.headline(self._uses.values()) if self._is_planned and not self._is_cut else ""


@lru_cache(maxsize=1)
def declared_clusters() -> DeclaredClusters:
    """Return the clusters that this process has checked."""
    return DeclaredClusters()


def warn_of_end(inputs: Mapping[str, object], questions: "PreviewQuestions", call: EngineCall) -> None:
    """Warn where the cluster of a run that is about to start has ended; nothing is refused."""
    with suppress(ApiError):
        if fault := questions.ended_cluster(inputs):
            warn_once(call, fault.warning, of=fault.reason)


def check(provider: ProviderContext, olds: Properties, news: Properties) -> CheckResult:
    """Return the checked inputs of a resource as the rules of the stack have them, with every problem found."""
    note_replaced(provider.call(), is_new=not olds)
    rules, trouble = _rules(provider)
    news, unnamed = named(provider, olds, news)
    inputs = Inputs.of(rules.applied(provider.kind, news))
    checked = inputs.checked(provider.kind)
    before = Inputs.of(olds).checked(provider.kind).inputs if OWNER in olds else None
    secrets = frozenset(map(str, news.get(SECRETS) or ()))
    subject = Subject(provider.kind, str(news.get(OWNER, "")), checked.inputs, before, secrets)
    problems: list[XplentyError] = [*_mistaken(provider, olds), *unnamed, *checked.problems]
    if not problems:
        is_placed = "account" not in inputs.unknown
        problems += trouble or [*_ruled_out(subject, rules), *(_refused(provider, subject) if is_placed else [])]
        for name, text in checked.doubts.items():
            if subject.is_changed((name, *_TYPE)):  # so that a calm `up` shows nothing
                warn_once(provider.call(), text)
    if problems:
        declared_clusters().cut()
    # Defaults are filled in wherever they are needed, and are not in the state.
    given = {name: value for name, value in checked.inputs.items() if name in inputs.known}
    later = {name: news[name] for name in inputs.unknown}
    hidden = {name: news[name] for name in HIDDEN_INPUTS if name in news}
    return CheckResult({**given, **later, **hidden}, [_failure(one, news, provider.call()) for one in problems])


def _mistaken(provider: ProviderContext, olds: Properties) -> list[XplentyError]:
    """What keeps something of another provider, which an alias has found in the state, from being taken for ours."""
    if PROVIDER not in olds or kind_of({"inputs": olds}) is provider.kind:
        return []
    text = f"an alias names something in the state that is no {provider.kind.name} of Xplenty; nothing was changed"
    advice = "Give the resource another name, or give its class a `module` and a `name` of its own"
    return [RefusedError(text, advice=advice)]


def _rules(provider: ProviderContext) -> tuple[StackRules, list[XplentyError]]:
    try:
        return provider.rules(), []
    except ConfigError as problem:
        return StackRules(), [problem]


def _ruled_out(subject: Subject, rules: StackRules) -> list[SpecError]:
    """What the rules of the stack refuse; no call is made."""
    now = SystemClock().now()
    is_new_work = subject.before is None and (subject.kind.ends is not Ending.REMOVED or bool(subject.kind.switch))
    problems = [rules.refusal_of_new(now) if is_new_work else None]
    if subject.kind.ends is Ending.TERMINATED:
        name = name_in(subject.owner)
        declared_clusters().note(subject, use_of(name, subject.inputs, rules, now=now))
        problems.append(rules.refusal_of_type(subject.inputs.get("type")))
        if rules.max_node_hours is not None:
            problems.append(estimate.refusal(declared_clusters().uses(), rules.max_node_hours))
    return [problem for problem in problems if problem is not None]


def _refused(provider: ProviderContext, subject: Subject) -> list[XplentyError]:
    """What the service would refuse of something that is new or has changed, or has one more of its type beside it."""
    is_changed, ends = subject.is_changed(subject.kind.asked_about), subject.kind.ends
    try:
        if name := provider.settings().name:
            provider.require_known_settings(name)
        if not is_changed and not (ends is Ending.TERMINATED and declared_clusters().adds(subject.inputs.get("type"))):
            return []
        questions = provider.session().questions
        match ends:
            case Ending.TERMINATED:
                return [*_refused_cluster(subject, questions, subject.kind.asked_about if is_changed else _TYPE)]
            case Ending.COMPLETED:
                return [*_refused_run(subject, questions, provider.call())]
            case Ending.REMOVED:
                questions.require_account()
                return []
    except (ApiError, ConfigError) as problem:
        return [problem]


def _refused_cluster(subject: Subject, questions: "PreviewQuestions", names: Iterable[str]) -> list[SpecError]:
    asked = {name: subject.inputs[name] for name in names if name in subject.inputs}
    scope = ""
    with suppress(ConfigError):
        scope = scope_of(owner_of({OWNER: subject.owner}))
    ours = declared_clusters().number(subject.inputs.get("type"))
    return questions.refusals_of_cluster(asked, scope=scope, ours=ours)


def _refused_run(subject: Subject, questions: "PreviewQuestions", call: EngineCall) -> list[SpecError]:
    problems = questions.refusals_of_run(subject.inputs)
    if not problems:
        warn_once(call, questions.strange_variables(subject.inputs))
        if "*" not in subject.secrets:  # a secret is likely one of the service's own, which is a plain text
            warn_once(call, unquoted_text(subject.inputs, plain=subject.secrets))
        if subject.before is None or subject.inputs.get("rerun") != "on_failure":
            warn_of_end(subject.inputs, questions, call)
    return problems


def _failure(problem: XplentyError, news: Properties, call: EngineCall) -> CheckFailure:
    """A problem as the engine shows it: with the value of the property that it names, so no secret one is named."""
    name = problem.field if isinstance(problem, SpecError) else ""
    text = told(call, problem)
    if name and is_secret(news, name):
        text = re.sub(r", got .*", f", got {MASK}", text, flags=re.DOTALL)
        name = ""
    shown = harmless(scrub(text, secret_values(news)))
    return CheckFailure("" if name in _PRIVATE else name, shown)
