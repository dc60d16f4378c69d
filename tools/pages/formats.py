"""The formats of `--json` as a page: each document, and the records in it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from tools.pages.source import NOTE, annotated, sentences, table
from xplenty_pulumi.cli.formats.documents import FORMATS

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "how-to"
_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "StatusDocument": "status",
        "SchedulesDocument": "status schedules",
        "ClusterDocument": "status cluster 502",
        "JobDocument": "status job 9001",
        "UsageDocument": "usage",
        "DriftDocument": "drift --unmanaged",
        "BranchesDocument": "branch list",
        "EmulatorDocument": "emulator",
    }
)
"""The command before an example in the guides, whose tests compare it with what is printed."""
_SPELLED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "PackagesDocument": {
            "version": 1,
            "at": "2026-01-01T00:02:30Z",
            "credits": {"limit": 5000, "remaining": 4999},
            "packages": [
                {
                    "id": 101,
                    "name": "Daily sales",
                    "status": "active",
                    "flow_type": "dataflow",
                    "version": "1.0",
                    "owner": "unmanaged",
                    "created_at": "2025-12-02T00:00:00Z",
                    "updated_at": "2025-12-02T00:00:00Z",
                    "html_url": "https://dashboard.example/emulated-account/packages/101",
                }
            ],
        },
        "RegionsDocument": {
            "version": 1,
            "at": "2026-01-01T00:02:30Z",
            "credits": {"limit": 5000, "remaining": 4999},
            "regions": [
                {
                    "id": "amazon-web-services::us-east-1",
                    "name": "Amazon Web Services - us-east-1",
                    "group_name": "Amazon Web Services",
                    "short_name": "us-east-1",
                }
            ],
        },
    }
)
"""The examples of what no guide shows; the tests of this page compare them with what is printed."""
_WORDS: Mapping[object, str] = MappingProxyType(
    {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        datetime: "time",
        object: "any value",
        NoneType: "null",
    }
)
_OPENING = """\
# JSON formats

Each command below prints one JSON document on stdout with `--json`. Later versions only add fields, so skip those that
you do not know. A field that is removed, or whose meaning changes, comes with another `version`. Times are in UTC, such
as `2026-01-01T00:02:30Z`. What the service does not show is null. With `--watch`, `status` prints one document a line,
whenever something has changed. Examples show one element of each list."""


def pages() -> dict[str, str]:
    """Return the page by its path in the reference."""
    documents: dict[type, list[str]] = {}
    for command, cls in FORMATS.items():
        documents.setdefault(cls, []).append(command)
    records = dict.fromkeys(one for cls in documents for one in _within(cls))
    parts = [_OPENING, NOTE, *(_document(cls, commands) for cls, commands in documents.items())]
    parts += ["## Records", *(f"### {_title(cls)}\n\n{_described(cls).rstrip()}" for cls in records)]
    return {"json.md": "\n\n".join(parts).rstrip() + "\n"}


def example(cls: type) -> dict[str, Any]:
    """Return the example of a document, with one element of each list."""
    if cls.__name__ in _SPELLED:
        return dict(_SPELLED[cls.__name__])
    command = f"xplenty-pulumi {_EXAMPLES[cls.__name__]} --json"
    texts = (page.read_text(encoding="utf-8") for page in sorted(GUIDES.glob("*.md")))
    below = next(text.partition(command)[2] for text in texts if command in text)
    found = re.search(r"^```json\n(.*?)^```$", below, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"the guides have no example of {command}")
    shortened: dict[str, Any] = _shortened(json.loads(found[1]))
    return shortened


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(inner) for name, inner in value.items()}
    return [_shortened(one) for one in value[:1]] if isinstance(value, list) else value


def _document(cls: type, commands: list[str]) -> str:
    title = ", ".join(f"`{command}`" for command in commands)
    shown = json.dumps(example(cls), indent=2)
    return f"## {title}\n\n{_described(cls)}\n```json\n{shown}\n```"


def _described(cls: type) -> str:
    """What a record is, and a table of its fields."""
    said = {name.rstrip("_"): text for base in reversed(cls.__mro__) for name, _, text in _annotated(base)}
    hints = get_type_hints(cls, include_extras=True)
    rows = [
        (f"`{name}`", _kind(hints[one.name]) + (", or missing" if _may_be_missing(one) else ""), said[name])
        for one in fields(cls)
        for name in [one.name.rstrip("_")]
    ]
    return f"{sentences(cls)}\n\n{table(('field', 'type', 'meaning'), rows)}"


def _annotated(base: type) -> list[tuple[str, str, str]]:
    return annotated(base) if is_dataclass(base) else []


def _may_be_missing(one: Any) -> bool:
    return one.default is not MISSING


def _kind(hint: Any) -> str:
    """A type in words, with a link to the record that it is."""
    inner = get_args(hint)
    match get_origin(hint):
        case None:
            return _plain(hint)
        case origin if origin is Literal:
            return _one_of(inner)
        case origin if origin in (Union, UnionType):
            return " or ".join(map(_kind, inner))
        case origin if origin is tuple:
            return f"list of {_kind(inner[0])}"
        case origin if origin is Annotated:
            return _kind(inner[0])
    return f"object with {_kind(inner[1])} by name"


def _plain(hint: Any) -> str:
    if is_dataclass(hint):
        title = _title(hint).lower()
        return f"[{title}](#{title.replace(' ', '-')})"
    return _one_of(one.value for one in hint) if issubclass(hint, Enum) else _WORDS[hint]


def _one_of(values: Iterable[object]) -> str:
    *most, last = (f"`{json.dumps(one)}`" for one in values)
    return f"{', '.join(most)} or {last}" if most else last


def _title(cls: Any) -> str:
    """The name of a record as a heading: `ClusterRow` is `Cluster row`."""
    return re.sub(r"(?<=[a-z])([A-Z])", r" \1", cls.__name__).capitalize()


def _within(cls: type) -> Iterator[type]:
    """The records in a record, however deep."""
    for hint in get_type_hints(cls).values():
        for one in (hint, *get_args(hint), *(deep for inner in get_args(hint) for deep in get_args(inner))):
            if isinstance(one, type) and is_dataclass(one):
                yield one
                yield from _within(one)
