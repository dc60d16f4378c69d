"""Secret inputs, found by where they stand, so that they are kept out of all that a provider shows and returns.

The engine hands over secrets in clear, and marks only outputs of the same name as secret again. The service repeats
what it was given: at a fixed place, which is masked, or in a text of its own, which is searched.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from xplenty_pulumi.core.kinds.registry import FIELDS
from xplenty_pulumi.core.kinds.variables import spellings
from xplenty_pulumi.dynamic.state import SECRETS
from xplenty_pulumi.redact import MASK, Secret, hidden, scrub

Path = tuple[str, ...]
GROUPS = tuple(dict.fromkeys(one.name for one in FIELDS if one.private == "members"))
_ECHOES: Mapping[str, Path] = {one.name: one.echo for one in FIELDS if one.echo}
"""Where else a record shows an input."""
_FREE_TEXT = re.compile(r"error|message|reason|summary")
"""How the service names fields with texts of its own."""


def _paths(properties: Mapping[str, object]) -> list[Path]:
    """The ways to all secrets among the properties of a resource, those in variables and settings included."""
    spelled = properties.get(SECRETS)
    found: list[Path] = []
    for one in spelled if isinstance(spelled, list) else ():
        if str(one).startswith("/"):
            found.append(tuple(part.replace("~1", "/").replace("~0", "~") for part in str(one)[1:].split("/")))
        elif one == "*":
            found += [(group,) for group in GROUPS if group in properties]
        else:
            found += [(group, str(one)) for group in GROUPS if group in properties]
    return found


def is_secret(properties: Mapping[str, object], name: str) -> bool:
    """Return whether there is a secret in the input of that name."""
    return any(path[0] == name for path in _paths(properties))


def outside_secrets(properties: Mapping[str, object], path: Path) -> Path:
    """Return the way, or the part of it that leads to a secret which it goes on in."""
    return next((one for one in _paths(properties) if path[: len(one)] == one), path)


def secret_values(properties: Mapping[str, object]) -> list[str]:
    """Return the values to be kept out of texts, each also without the quotes of a string constant."""
    values = [value for path in _paths(properties) for value in _texts_at(properties, path)]
    return [spelling for value in values for spelling in spellings(value)]


def _texts_at(value: object, path: Path) -> Iterator[str]:
    """All plain values at the end of a way, and below it."""
    if isinstance(value, Mapping):
        for name in path[:1] or value:
            yield from _texts_at(value.get(name), path[1:])
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            if not path or path[0] == str(position):
                yield from _texts_at(inner, path[1:])
    elif value is not None and not path:
        yield str(value)


def without_secrets(
    view: Mapping[str, object], properties: Mapping[str, object], *, known: Sequence[Secret] = ()
) -> dict[str, Any]:
    """Return `view`, a record of the service, with a mask wherever it shows a secret input of `properties`.

    Texts in the service's own words are searched for the values; all else is masked by its place alone, so that no
    status, date, link or id is ever masked. What is `known` is a secret of this process, such as the API key.
    """
    shown: Any = _masked_at(view, [*_places(properties)], properties)
    secrets: list[Secret | str] = [*known, *secret_values(properties)]
    return {
        name: _searched(value, secrets, scrub) if _FREE_TEXT.search(name) else _searched(value, known, hidden)
        for name, value in shown.items()
    }


def without_former_secrets(
    view: dict[str, Any], given: Iterable[object], *, now: Mapping[str, object]
) -> dict[str, Any]:
    """Return `view` with a mask where it shows what was secret before and is not any more.

    A record that an update did not change may show that. `given` are all properties of a call of the engine.
    """
    for former in given:
        if isinstance(former, dict) and former.get(SECRETS) not in (None, now.get(SECRETS)):
            view = without_secrets(view, former)
    return view


def _places(properties: Mapping[str, object]) -> Iterator[Path]:
    """Where a record shows the secret inputs of `properties`."""
    for path in _paths(properties):
        yield path
        if echo := _ECHOES.get(path[0]):
            yield echo
        if path[0] in GROUPS:
            group = properties[path[0]]
            names = path[1:2] or tuple(map(str, group if isinstance(group, Mapping) else ()))
            yield from (("effective_variables", name) for name in names)


def _masked_at(value: object, ways: Sequence[Path], asked: object) -> object:
    """Return `value` with a mask at the end of each way; in a list that is not as `asked` all items are masked."""
    if not ways:
        return value
    if () in ways:
        return value if value in (None, "", [], {}) else MASK
    if isinstance(value, Mapping):
        wanted = asked if isinstance(asked, Mapping) else {}
        return {name: _masked_at(inner, _on(ways, name), wanted.get(name)) for name, inner in value.items()}
    if not isinstance(value, list | tuple):
        return value
    if isinstance(asked, list | tuple) and list(asked) == list(value):
        return [_masked_at(item, _on(ways, str(position)), item) for position, item in enumerate(value)]
    return [_masked_at(item, [way[1:] for way in ways], None) for item in value]


def _on(ways: Sequence[Path], name: str) -> list[Path]:
    """What is left of the ways that go on at `name`."""
    return [way[1:] for way in ways if way[0] == name]


def _searched(
    value: object, values: Sequence[Secret | str], search: Callable[[str, Sequence[Secret | str]], str]
) -> object:
    """Return `value` with all texts in it searched."""
    if isinstance(value, str):
        return search(value, values)
    if isinstance(value, Mapping):
        return {name: _searched(inner, values, search) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_searched(inner, values, search) for inner in value]
    return value
