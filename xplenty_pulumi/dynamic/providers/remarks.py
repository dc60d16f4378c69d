"""What one process tells once: warnings about a resource, and what is wrong with the settings of all of them."""

from functools import lru_cache

from xplenty_pulumi.core.kinds.marker import name_in
from xplenty_pulumi.core.kinds.obstacles import NO_UPDATE, NONE_STARTED
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.errors import AuthError, ConfigError, RefusedError, XplentyError


@lru_cache(maxsize=1)
def shown_warnings() -> set[tuple[str, str]]:
    """Return the warnings that this process has shown, and what they are of, each with its resource."""
    return set()


def warn_once(call: EngineCall, text: str, *, of: str = "") -> None:
    """Warn, once in a process: the engine checks a resource that it replaces twice, and compares it so often too.

    `of` is the message of the error that is to refer to the warning.
    """
    resource = call.urn or call.name
    if text and (resource, text) not in shown_warnings():
        shown_warnings().update((resource, one) for one in (text, of) if one)
        bridge.warn(call, text)


def note_replaced(call: EngineCall, *, is_new: bool) -> None:
    """Take back the warning that a resource cannot be updated, where one was shown and it is now checked as a new one.

    The engine replaces it then, as `replace_on_changes` asks, of which no comparison is told.
    """
    resource = call.urn or call.name
    if is_new and any(one == resource and NO_UPDATE in text for one, text in shown_warnings()):
        bridge.note(call, "it is replaced and not updated, as replace_on_changes asks, so the warning above is void")


def told_once(call: EngineCall, refused: RefusedError) -> RefusedError:
    """Return the error, with a reference in place of its words where a warning of this process has them already."""
    if (call.urn or call.name, str(refused)) not in shown_warnings():
        return refused
    return RefusedError(
        "it is not removed, for the reason that its warning gives",
        resource=refused.resource,
        advice="Do what the warning says, then run `pulumi up` again",
    )


@lru_cache(maxsize=1)
def told_troubles() -> dict[tuple[str, str], tuple[str, str]]:
    """Return the troubles with settings that this process has told, each with the URN and the name it was told for."""
    return {}


def told(call: EngineCall, problem: XplentyError) -> str:
    """Return the text of a problem; one of the settings, which all resources share, is told whole for the first only.

    For each other resource one line refers to that, and says what exists of it. The start of a run that a warning has
    said to fail refers to that, and has the way out.
    """
    resource, name = call.urn or call.name, call.name or name_in(call.urn)
    if (resource, problem.message) in shown_warnings():
        return f"{problem.resource}: no run was started, as its warning says{problem.advice.removeprefix(NONE_STARTED)}"
    if not name or problem.resource or not isinstance(problem, AuthError | ConfigError):
        return str(problem)
    happened = problem.message.removesuffix(problem.added).rstrip(". ")
    first, first_name = told_troubles().setdefault((happened, problem.advice), (resource, name))
    if first == resource:
        return str(problem)
    return f"{happened.partition(': ')[0]}, as said for {first_name}{problem.added}"


@lru_cache(maxsize=64)
def warn_of_settings(text: str) -> None:
    """Warn once in a process of what looks like a setting and is none."""
    bridge.stack_line(text, "WARNING")
