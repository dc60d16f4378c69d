"""The name of something whose program gives none: that of its resource, spelled as `pulumi:autonaming` says; pure.

The engine hands these options only to a provider that has announced that it takes them, which the SDK's host cannot do.
So the configuration is read here. What is random there comes from the marker here, so that a preview and its `up` make
the same name: the first seven digits of the name's hash in the marker are the suffix.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from hashlib import shake_256
from types import MappingProxyType
from uuid import UUID

from xplenty_pulumi.core.kinds.inputs import text
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, name_in
from xplenty_pulumi.errors import ConfigError, SpecError
from xplenty_pulumi.text import printable

SETTING = "pulumi:autonaming"
"""The key of the stack's configuration that says how names are made."""
LONGEST = 255
"""Characters of a name that is made; the service documents no limit, and more than this is no name to read."""
_PATTERNS: Mapping[object, str] = MappingProxyType(
    {"default": "${name}-${hex(7)}", "verbatim": "${name}", "disabled": ""}
)
_EXPRESSION = re.compile(r"\$\{([^}]*)\}")
_DRAWN = re.compile(r"(hex|alphanum|string|num)\((\d{1,3})\)")
_LETTERS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
_ALPHABETS: Mapping[str, str] = MappingProxyType({"alphanum": _LETTERS + _DIGITS, "string": _LETTERS, "num": _DIGITS})


def pattern_for(autonaming: object, type_: str) -> str:
    """Return the pattern of names for resources of this type; an empty one where none is to be made.

    `autonaming` is the value of the setting, None where it is not set. What it says of the type goes before what it
    says of the provider, and that before what it says of all.

    Raises:
        ConfigError: the setting has another form than the engine's documents say.
    """
    for section in _sections(autonaming, type_):
        if isinstance(pattern := section.get("pattern"), str):
            return _usable(pattern)
        if "mode" in section:
            if (mode := section["mode"]) in _PATTERNS:
                return _PATTERNS[mode]
            raise _malformed(f"its mode {mode!r} is none of {', '.join(map(str, _PATTERNS))}")
    return _PATTERNS["default"]


def _sections(autonaming: object, type_: str) -> tuple[Mapping[str, object], ...]:
    """What the setting says of a type, of its provider, and of all resources."""
    found: tuple[object, ...] = ()
    with suppress(ValueError, AttributeError):
        whole = json.loads(str(autonaming or "{}"))
        provider = whole.get("providers", {}).get(type_.partition(":")[0], {})
        found = (provider.get("resources", {}).get(type_, {}), provider, whole)
    sections = tuple(one for one in found if isinstance(one, Mapping))
    if len(sections) != len(found) or not found:
        raise _malformed("it is no mapping of a mode, a pattern and providers")
    return sections


def _usable(pattern: str) -> str:
    if not pattern:
        raise _malformed("its pattern is empty; its mode 'disabled' makes no names")
    if printable(pattern) != pattern:
        raise _malformed(f"its pattern has a character that cannot be printed, {pattern!r}")
    return pattern


def _malformed(why: str) -> ConfigError:
    advice = "Correct it in the stack's configuration, or give each cluster a `name`"
    return ConfigError(f"{SETTING} is malformed: {why}", setting=SETTING, advice=advice)


def automatic_name(pattern: str, owner: Owner, *, field: str) -> str:
    """Return the name that a pattern makes for a resource; the same one for the same owner, always and everywhere.

    Raises:
        SpecError: the pattern has something unknown in it, or makes what cannot be a name; `field` is the input.
    """
    made = _EXPRESSION.sub(partial(_spelled, owner, field=field), pattern)
    try:
        text(blank=False, longest=LONGEST)(made)
    except ValueError as problem:
        raise SpecError(f"{field}, which {SETTING} makes, {problem}", field=field, advice=_advice(field)) from None
    return made


def _advice(field: str) -> str:
    return f"Give it a `{field}`, or change {SETTING}"


def _spelled(owner: Owner, match: "re.Match[str]", *, field: str) -> str:
    """The text in place of an expression such as `${hex(7)}`."""
    organization, hashed = owner.organization.partition("/")[0], marker_of(owner).name
    drawn = _DRAWN.fullmatch(match[1])
    if drawn is not None:
        return _characters(hashed, drawn[1], int(drawn[2]))
    texts = {
        "name": name_in(owner.name),
        "organization": organization,
        "project": owner.project,
        "stack": owner.stack,
        "uuid": str(UUID(bytes=shake_256(hashed.encode()).digest(16))),
    }
    if match[1] not in texts:
        problem = f"{SETTING} has {match[0]}, which names that this package makes cannot have"
        raise SpecError(problem, field=field, advice=_advice(field))
    return texts[match[1]]


def _characters(hashed: str, alphabet: str, count: int) -> str:
    """So many characters from the hash in the marker, the same ones each time."""
    drawn = shake_256(hashed.encode()).digest(count)
    if alphabet == "hex":
        return (hashed + drawn.hex())[:count]
    letters = _ALPHABETS[alphabet]
    return "".join(letters[byte % len(letters)] for byte in drawn)
