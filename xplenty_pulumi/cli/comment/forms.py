"""The forms that `pulumi preview` prints, brought into one: what is none of them is named, and never shown."""

import codecs
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from xplenty_pulumi.dynamic.state import SPECIAL
from xplenty_pulumi.errors import ConfigError

FAILED = "failed"
"""What is set in the document of a preview that did not come to its end."""
_BEGIN = re.compile(r'^\{\s*"(?:config|steps|diagnostics|duration|changeSummary)"', re.MULTILINE)
"""How the engine's own JSON begins; a program may print other lines with a brace before it."""
_EVENT = re.compile(r'^\{"sequence":.*$', re.MULTILINE)
"""A line of PULUMI_ENABLE_STREAMING_JSON_PREVIEW."""
_SAID = re.compile(r"^(?:error|warning): .*$", re.MULTILINE)
"""A line of the engine beside its JSON; whatever else is there may hold values in clear."""
_CUT = "The preview has no end, so it was cut off; what there is of it is not shown."
_OTHER_ENCODINGS: Mapping[bytes, str] = {
    codecs.BOM_UTF8: "begins with a byte order mark",
    codecs.BOM_UTF16_LE: "is UTF-16",
    codecs.BOM_UTF16_BE: "is UTF-16",
}
_ADVICE = "Run `pulumi preview --json 2>&1 | xplenty-pulumi preview-comment --stack NAME`"


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


def document_in(text: str) -> tuple[list[str], Mapping[str, Any]]:
    """Return what the engine says beside the preview, and the preview; an empty one where there is none.

    Raises:
        ConfigError: there is something, but neither JSON of a preview nor a line in which the engine says why.
    """
    events = [event for line in _EVENT.findall(text) if (event := _event(line))]
    if events:
        is_whole = any("summaryEvent" in one for one in events)
        document = _of_events(events)
        return [*_said(_EVENT.sub("", text)), *([] if is_whole else [_CUT])], document
    found = _BEGIN.search(text)
    if found is None:
        said = _said(text)
        if text.strip() and not said:
            raise _unreadable("is no JSON", _ADVICE)
        return said, {}
    start = found.start()
    try:
        document, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return [*_said(text[:start]), _CUT], {}
    return [*_said(text[:start]), *_said(text[end:])], document


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
    document: dict[str, Any] = {"steps": [], "diagnostics": [], "changeSummary": {}, FAILED: True}
    for event in events:
        if "resourcePreEvent" in event:
            document["steps"].append(_step(event["resourcePreEvent"]["metadata"]))
        if "diagnosticEvent" in event:
            document["diagnostics"].append(event["diagnosticEvent"])
        if "summaryEvent" in event:
            summary = event["summaryEvent"]
            document["changeSummary"] = summary.get("resourceChanges") or {}
            document[FAILED] = summary.get("result") == "failed"
    return document


def _step(metadata: Mapping[str, Any]) -> dict[str, Any]:
    names = {"old": "oldState", "new": "newState", "diffs": "diffReasons", "keys": "replaceReasons"}
    return {names.get(name, name): value for name, value in metadata.items()}
