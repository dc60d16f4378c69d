"""The one form of a flow and its digest, and what a program or a file gives of a package."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.core.kinds import marker

FLOW = "data_flow_json"
"""How the service names the flow, in a record and in an export."""
_FLOWS = (FLOW, "raw_data")
_TAKEN = ("name", "variables", "flow_type", "flow_version")


@dataclass(frozen=True)
class PackageDocument:
    """What a document says of a package: its flow in canonical form, and the inputs that it has beside it."""

    flow: str = field(repr=False)
    inputs: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def digest(self) -> str:
        """The SHA-256 of the flow."""
        return digest(self.flow)


def read_document(source: str | Mapping[str, Any]) -> PackageDocument:
    """Return what an export document or a bare flow says, given as JSON or as the value that JSON has.

    An export has its flow, even an empty one, under `data_flow_json`, as a text, or under `raw_data`, as an object. Its
    description is without a marker, and what is no input, such as the id, is left out.

    Raises:
        ValueError: it is neither; the text completes the sentence "`source` ...".
    """
    found = _parsed(source, "is no JSON") if isinstance(source, str) else source
    if not isinstance(found, Mapping):
        raise ValueError(f"must be an export document or a flow, which are JSON objects, got a {type(found).__name__}")
    names = sorted((name for name in _FLOWS if name in found), key=lambda name: found[name] in (None, ""))
    if not names:
        if any(isinstance(one, Mapping) and not one.keys().isdisjoint(_FLOWS) for one in found.values()):
            raise ValueError("has an export document one level down; give that document itself")
        return PackageDocument(canonical(found))
    given = {name: found[name] for name in _TAKEN if found.get(name) is not None}
    if isinstance(text := found.get("description"), str):
        given["description"] = marker.strip(text)
    return PackageDocument(canonical(found[names[0]], name=names[0]), given)


def canonical(flow: object, *, name: str = FLOW) -> str:
    """Return the JSON of a flow, given as its value or as its JSON, with sorted names and no blanks between.

    Raises:
        ValueError: it is none; the text completes the sentence "`source` ...".
    """
    value = _parsed(flow, f"has a {name} that is no JSON") if isinstance(flow, str) else flow
    if not isinstance(value, Mapping | list):
        raise ValueError(f"has a {name} that is neither a JSON object nor a list")
    try:
        return _spelled(value)
    except (TypeError, ValueError, RecursionError):
        raise ValueError(f"has a {name} with a value that JSON cannot express") from None


def digest(flow: str) -> str:
    """Return the SHA-256 of a flow in canonical form."""
    return hashlib.sha256(flow.encode()).hexdigest()


@lru_cache(maxsize=32)
def digest_of(flow: str) -> str:
    """Return the digest of a flow as the service shows it; of one that is no JSON, that of its text."""
    try:
        return digest(canonical(flow))
    except ValueError:
        return digest(flow)


def formatted(document: Mapping[str, object]) -> str:
    """Return a document as it is written into a file: sorted and indented, so that a change is few lines of a diff."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _parsed(text: str, problem: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise ValueError(f"{problem}: {wrong}") from None
    except RecursionError:
        raise ValueError(f"{problem}: it is nested too deep") from None


def _spelled(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> object:
    """A mapping or a tuple of a program that is no dictionary and no list."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError
