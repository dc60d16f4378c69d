"""What `pulumi preview --json` says, as steps and their changes."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xplenty_pulumi.cli.comment.forms import FAILED, document_in
from xplenty_pulumi.core.kinds.registry import FIELDS
from xplenty_pulumi.dynamic.state import is_hidden, kind_of, side_by_side
from xplenty_pulumi.redact import MASK

_NOT_SHOWN = ("pulumi:pulumi:Stack", "pulumi:providers:")
_UNCHANGED = "same"
_NO_PLAN = (_UNCHANGED, "refresh", "read", "create-replacement", "delete-replaced")
"""What only looks, and the parts of a replacement, which has a step of its own."""
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that only the `up` will know."""
_KNOWN_LATER = "[known later]"
_MASKED = frozenset(one.name for one in FIELDS if one.private == "members")
_SHOWN_SEVERITIES = ("error", "warning", "info#err")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class PropertyChange:
    """A property with its value before and after, as JSON; an empty text where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """What is planned for one resource."""

    operation: str
    name: str
    kind: str
    changes: tuple[PropertyChange, ...]


@dataclass(frozen=True)
class Preview:
    """A whole preview. `remarks` are its errors and warnings; `has_failed` where the plan is not complete."""

    steps: tuple[Step, ...]
    unchanged: int
    remarks: tuple[str, ...]
    has_failed: bool


def preview_of(text: str, *, show_variables: bool) -> Preview:
    """Return the preview in `text`; the engine's own errors and warnings beside its JSON are kept as remarks.

    Raises:
        ConfigError: there is something, but neither JSON of a preview nor a line in which the engine says why.
    """
    around, document = document_in(text)
    remarks = [*around, *_diagnostics(document)]
    failed = not document or any(one.get("severity") == "error" for one in document.get("diagnostics") or ())
    steps = [one for one in document.get("steps") or () if not one["urn"].split("::")[2].startswith(_NOT_SHOWN)]
    shown = tuple(_step(one, show_variables=show_variables) for one in steps if one["op"] not in _NO_PLAN)
    unchanged = int((document.get("changeSummary") or _NOTHING).get(_UNCHANGED, 0))
    is_stack_unchanged = any(_is_unchanged_stack(one) for one in document.get("steps") or ())
    return Preview(shown, unchanged - is_stack_unchanged, tuple(remarks), failed or bool(document.get(FAILED)))


def _diagnostics(document: Mapping[str, Any]) -> Iterable[str]:
    """The messages, each once, the errors first."""
    said = [one for one in document.get("diagnostics") or () if one.get("severity") in _SHOWN_SEVERITIES]
    said.sort(key=lambda one: _SHOWN_SEVERITIES.index(one["severity"]))
    messages = (str(one.get("message", "")).strip() for one in said)
    return dict.fromkeys(filter(None, messages))


def _is_unchanged_stack(step: Mapping[str, Any]) -> bool:
    return step["op"] == _UNCHANGED and "::pulumi:pulumi:Stack::" in step["urn"]


def _step(step: Mapping[str, Any], *, show_variables: bool) -> Step:
    _, _, kind, name = step["urn"].split("::", 3)
    before, after = (_inputs(step.get(side), show_variables=show_variables) for side in ("oldState", "newState"))
    changes = list(_changes(before, after, changed=_changed(step)))
    outputs = side_by_side((step.get("oldState") or _NOTHING).get("outputs") or {})
    spent = [name for name in step.get("replaceReasons") or () if name in outputs and name not in {**before, **after}]
    changes += [PropertyChange(name, _spelled(outputs[name]), "") for name in spent if name not in _MASKED]
    return Step(step["op"], name, _shown_type(kind, step), tuple(changes))


def _shown_type(chain: str, step: Mapping[str, Any]) -> str:
    """The resource's type without those of its parents, and of what is ours only the name."""
    shown = chain.rpartition("$")[2]
    is_ours = any(kind_of(step.get(side) or _NOTHING) for side in ("oldState", "newState"))
    return shown.rpartition(":")[2] if is_ours else shown


def _inputs(state: Mapping[str, Any] | None, *, show_variables: bool) -> dict[str, str]:
    """Return the inputs by name, each as JSON; one that holds others by their names, such as `variables.day`."""
    found: dict[str, str] = {}
    for name, value in ((state or _NOTHING).get("inputs") or {}).items():
        if is_hidden(name):
            continue
        hides = name in _MASKED and not show_variables
        for path, inner in value.items() if isinstance(value, dict) else [("", value)]:
            found[f"{name}.{path}" if path else name] = MASK if hides else _spelled(inner)
    return found


def _spelled(value: object) -> str:
    if value in (None, ""):
        return ""
    if value == "[secret]":
        return "[secret]"
    if value == _UNKNOWN:
        return _KNOWN_LATER
    return json.dumps(value, ensure_ascii=False).replace(_UNKNOWN, _KNOWN_LATER)


def _changed(step: Mapping[str, Any]) -> Sequence[str]:
    """The names of the properties for which something happens, as the engine says it."""
    return [*(step.get("detailedDiff") or _NOTHING), *(step.get("diffReasons") or ())]


def _changes(
    before: Mapping[str, str], after: Mapping[str, str], *, changed: Sequence[str]
) -> Iterator[PropertyChange]:
    """Return the changed properties of both sides; all that are set where only one side is there."""
    is_whole = not before or not after
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        top = name.partition(".")[0]
        named = name in changed or (top in changed and not any(one.startswith(f"{top}.") for one in changed))
        if (is_whole and (old or new)) or (not is_whole and (named or old != new)):
            yield PropertyChange(name, old, new)
