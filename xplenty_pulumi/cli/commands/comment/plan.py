"""What `pulumi preview` says in each of its forms, as steps and their changes.

What is none of these forms is named, and never shown.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xplenty_pulumi.core.kinds.registry import FIELDS
from xplenty_pulumi.core.preview.flows import CHANGES
from xplenty_pulumi.dynamic.state import SPECIAL, is_hidden, kind_of, side_by_side
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import MASK

_FAILED = "failed"
"""What is set in the document of a preview that did not come to its end."""
_BEGIN = re.compile(r'^\{\s*"(?:config|steps|diagnostics|duration|changeSummary)"', re.MULTILINE)
"""How the engine's own JSON begins; a program may print other lines with a brace before it."""
_EVENT = re.compile(r'^\{"sequence":.*$', re.MULTILINE)
"""A line of PULUMI_ENABLE_STREAMING_JSON_PREVIEW."""
_SAID = re.compile(r"^(?:error|warning): .*$", re.MULTILINE)
"""A line of the engine beside its JSON; whatever else is there may hold values in clear."""
_NAMES_IN_A_STEP = {"old": "oldState", "new": "newState", "diffs": "diffReasons", "keys": "replaceReasons"}
_CUT = "The preview has no end, so it was cut off; what there is of it is not shown."
_OTHER_ENCODINGS: Mapping[bytes, str] = {
    codecs.BOM_UTF8: "begins with a byte order mark",
    codecs.BOM_UTF16_LE: "is UTF-16",
    codecs.BOM_UTF16_BE: "is UTF-16",
}
ADVICE = "Run `pulumi preview --json 2>&1 | xplenty-pulumi preview-comment --stack NAME`"
_NOT_SHOWN = ("pulumi:pulumi:Stack", "pulumi:providers:")
_UNCHANGED = "same"
_NO_PLAN = (_UNCHANGED, "refresh", "read", "create-replacement", "delete-replaced")
"""What only reads, and the parts of a replacement, which has a step of its own."""
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that only the `up` will know."""
_KNOWN_LATER = "[known later]"
_MASKED = frozenset(one.name for one in FIELDS if one.private in {"members", "items"})
_SIDES = ("oldState", "newState")
_SHOWN_SEVERITIES = ("error", "warning", "info#err", "info")
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
    try:
        return _preview_of(text, show_variables=show_variables)
    except (AttributeError, LookupError, TypeError, ValueError):
        raise _unreadable("is JSON of another form", ADVICE) from None


def _preview_of(text: str, *, show_variables: bool) -> Preview:
    around, document = _document_in(text)
    shown = [one for one in document.get("diagnostics") or () if _is_remark(one)]
    shown.sort(key=lambda one: _SHOWN_SEVERITIES.index(one["severity"]))
    messages = dict.fromkeys(str(one.get("message", "")).strip() for one in shown)
    has_failed = not document or bool(document.get(_FAILED)) or any(one["severity"] == "error" for one in shown)
    types = [(one["urn"].split("::")[2], one) for one in document.get("steps") or ()]
    planned = [one for kind, one in types if not kind.startswith(_NOT_SHOWN) and one["op"] not in _NO_PLAN]
    steps = tuple(_step(one, show_variables=show_variables) for one in planned)
    unchanged = int((document.get("changeSummary") or _NOTHING).get(_UNCHANGED, 0))
    is_stack_unchanged = any(kind == _NOT_SHOWN[0] and one["op"] == _UNCHANGED for kind, one in types)
    return Preview(steps, unchanged - is_stack_unchanged, (*around, *filter(None, messages)), has_failed)


def _is_remark(diagnostic: Mapping[str, Any]) -> bool:
    severity = diagnostic.get("severity")
    return severity in _SHOWN_SEVERITIES and (severity != "info" or f": {CHANGES}:" in str(diagnostic.get("message")))


def _step(step: Mapping[str, Any], *, show_variables: bool) -> Step:
    _, _, kind, name = step["urn"].split("::", 3)
    before, after = (_inputs(step.get(side), show_variables=show_variables) for side in _SIDES)
    changed = [*(step.get("detailedDiff") or _NOTHING), *(step.get("diffReasons") or ())]
    changes = list(_changes(before, after, changed=changed))
    outputs = side_by_side((step.get("oldState") or _NOTHING).get("outputs") or {})
    spent = [name for name in step.get("replaceReasons") or () if name in outputs and name not in {**before, **after}]
    changes += [PropertyChange(name, _spelled(outputs[name]), "") for name in spent if name not in _MASKED]
    own_type = kind.rpartition("$")[2]  # without those of its parents, and of what is ours only the name
    is_ours = any(kind_of(step.get(side) or _NOTHING) for side in _SIDES)
    return Step(step["op"], name, own_type.rpartition(":")[2] if is_ours else own_type, tuple(changes))


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


def decoded(piped: bytes) -> str:
    """Return what was piped in as text.

    Raises:
        ConfigError: it is in another encoding than UTF-8, or begins with a byte order mark.
    """
    for mark, what in _OTHER_ENCODINGS.items():
        if piped.startswith(mark):
            raise _unreadable(what, "Write it as UTF-8 without a byte order mark, as `pulumi` itself does")
    if b"\0" in piped:
        raise _unreadable("holds NUL characters, as UTF-16 does", "Write it as UTF-8, as `pulumi` itself does")
    return piped.decode(errors="replace")


def _document_in(text: str) -> tuple[list[str], Mapping[str, Any]]:
    """What the engine says beside the preview, and the preview; an empty one where there is none."""
    events = [event for line in _EVENT.findall(text) if (event := _event(line))]
    if events:
        is_whole = any("summaryEvent" in one for one in events)
        document = _of_events(events)
        return [*_said(_EVENT.sub("", text)), *([] if is_whole else [_CUT])], document
    if found := _BEGIN.search(text):
        said = _said(text[: found.start()])
        try:
            document, end = json.JSONDecoder().raw_decode(text, found.start())
        except (ValueError, RecursionError):
            return [*said, _CUT], {}
        return [*said, *_said(text[end:])], document
    said = _said(text)
    if text.strip() and not said:
        raise _unreadable("is no JSON", ADVICE)
    return said, {}


def _unreadable(what: str, advice: str) -> ConfigError:
    return ConfigError(
        f"what was piped in {what}, so it is no preview that can be read; nothing was shown", advice=advice
    )


def _said(text: str) -> list[str]:
    lines = _SAID.findall(text)
    return ["\n".join(lines)] if lines else []


def _event(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line, object_hook=lambda found: "[secret]" if SPECIAL in found else found))
    except (ValueError, TypeError, RecursionError):
        return {}


def _of_events(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the stream as the one document that the engine else prints."""
    document: dict[str, Any] = {"steps": [], "diagnostics": [], "changeSummary": {}, _FAILED: True}
    for event in events:
        if "resourcePreEvent" in event:
            metadata = event["resourcePreEvent"]["metadata"]
            document["steps"].append({_NAMES_IN_A_STEP.get(name, name): value for name, value in metadata.items()})
        if "diagnosticEvent" in event:
            document["diagnostics"].append(event["diagnosticEvent"])
        if "summaryEvent" in event:
            summary = event["summaryEvent"]
            document["changeSummary"] = summary.get("resourceChanges") or {}
            document[_FAILED] = summary.get("result") == "failed"
    return document
