"""The answer to the engine's Check: inputs in canonical form, or every problem with them, all at once."""

import os
import re
from functools import lru_cache

from pulumi.dynamic import CheckFailure, CheckResult

from xplenty_pulumi import settings
from xplenty_pulumi.core.kinds.check import Checked
from xplenty_pulumi.core.kinds.kind import Ending
from xplenty_pulumi.core.kinds.registry import FIELDS
from xplenty_pulumi.core.preview.stack_rules import StackRules, load_rules, misplaced_rules
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.inputs import Inputs
from xplenty_pulumi.dynamic.providers.context import ProviderContext
from xplenty_pulumi.dynamic.providers.preview import Subject, foreseen, is_asked_about, ruled_out
from xplenty_pulumi.dynamic.secrets import is_secret, secret_values
from xplenty_pulumi.dynamic.state import HIDDEN_INPUTS, OWNER, PROVIDER, SECRETS, Properties, kind_of
from xplenty_pulumi.errors import ConfigError, RefusedError, SpecError, XplentyError
from xplenty_pulumi.redact import MASK, scrub
from xplenty_pulumi.text import harmless

_PRIVATE = frozenset(one.name for one in FIELDS if one.private)
"""Fields whose value an error must not show, even where the program calls none of it secret."""


def check(provider: ProviderContext, olds: Properties, news: Properties) -> CheckResult:
    """Return the checked inputs of a resource, sized as the stack says, with every problem found.

    What the inputs themselves say comes first; only where they are in order the stack's rules and the service do.
    """
    rules, trouble = _rules(provider)
    inputs = Inputs.of(rules.sized(news) if provider.kind.ends is Ending.TERMINATED else news)
    checked = inputs.checked(provider.kind)
    before = Inputs.of(olds).checked(provider.kind).inputs if OWNER in olds else None
    secrets = frozenset(map(str, news.get(SECRETS) or ()))
    subject = Subject(provider.kind, str(news.get(OWNER, "")), checked.inputs, before, secrets)
    problems: list[XplentyError] = [*_mistaken(provider, olds), *checked.problems]
    if not problems:
        problems += trouble or [*ruled_out(subject, rules), *_asked(provider, subject)]
        _tell_doubts(provider, subject, checked)
    return CheckResult(_kept(news, inputs, checked), [_failure(one, news) for one in problems])


def _kept(news: Properties, inputs: Inputs, checked: Checked) -> Properties:
    """What goes into the state: what is given, in canonical form; defaults are filled in wherever they are needed."""
    given = {name: value for name, value in checked.inputs.items() if name in inputs.known}
    later = {name: news[name] for name in inputs.unknown}
    hidden = {name: news[name] for name in HIDDEN_INPUTS if name in news}
    return {**given, **later, **hidden}


def _mistaken(provider: ProviderContext, olds: Properties) -> list[XplentyError]:
    """What keeps something of another provider, which an alias has found in the state, from being taken for ours."""
    if PROVIDER not in olds or kind_of({"inputs": olds}) is provider.kind:
        return []
    text = f"an alias names something in the state that is no {provider.kind.name} of Xplenty; nothing was changed"
    advice = "Give the resource another name, or give its class a `module` and a `name` of its own"
    return [RefusedError(text, advice=advice)]


def _rules(provider: ProviderContext) -> tuple[StackRules, list[XplentyError]]:
    names = provider.configured_names(provider.project)
    for text in (
        *settings.strange_variables(os.environ),
        *misplaced_rules(provider.project, names, os.environ, provider.configuration),
    ):
        warn_of_settings(text)
    try:
        settings.require_known(provider.configured_names())
        return load_rules(os.environ, provider.configuration), []
    except ConfigError as problem:
        return StackRules(), [problem]


@lru_cache(maxsize=64)
def warn_of_settings(text: str) -> None:
    """Warn once in a process of what looks like a setting and is none."""
    bridge.stack_line(text, "WARNING")


def _asked(provider: ProviderContext, subject: Subject) -> list[XplentyError]:
    try:
        provider.settings()
        return foreseen(subject, provider.session().foresight, provider.call()) if is_asked_about(subject) else []
    except ConfigError as problem:
        return [problem]


def _tell_doubts(provider: ProviderContext, subject: Subject, checked: Checked) -> None:
    """Warn of what is new or has changed, so that a calm `up` says nothing."""
    for text in [text for name, text in checked.doubts.items() if subject.is_changed((name, "type"))]:
        bridge.warn(provider.call(), text)


def _failure(problem: XplentyError, news: Properties) -> CheckFailure:
    """A problem as the engine shows it: with the value of the property that it names, so no secret one is named."""
    field = problem.field if isinstance(problem, SpecError) else ""
    text = str(problem)
    if field and is_secret(news, field):
        text = re.sub(r", got .*", f", got {MASK}", text, flags=re.DOTALL)
        field = ""
    shown = harmless(scrub(text, secret_values(news)))
    return CheckFailure("" if field in _PRIVATE else field, shown)
