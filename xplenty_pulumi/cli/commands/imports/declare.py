"""How a program declares what exists: a name for each thing, and its inputs with secrets and references in them."""

import json
import keyword
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import Any

from xplenty_pulumi.cli.commands.imports.literals import Code, text
from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.flows.document import FLOW, canonical, formatted
from xplenty_pulumi.core.kinds.kind import Change, Key, Kind
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.errors import RefusedError
from xplenty_pulumi.text import label

CONFIG, PACKAGE = "config", "xplenty"
"""The names that the program itself uses, besides `pulumi`."""
NOT_SHOWN = "not shown by the service, so it stays as it is"
"""What the configuration has in place of a secret that the service does not show."""
_TAKEN = frozenset({"pulumi", CONFIG, PACKAGE, *keyword.kwlist, *keyword.softkwlist})
_EMPTY: tuple[object, ...] = (None, "", [], {}, ())
Thing = tuple[Kind, Any]


@dataclass(frozen=True)
class Declaration:
    """One thing as a program declares it: the resource's `name`, its `variable`, and its inputs.

    `secrets` has the values that stand in the configuration of the stack, by their keys. `flow` is the content of the
    file that it is made of, empty where it is made of none.
    """

    kind: Kind
    id: Key
    name: str
    inputs: Mapping[str, object] = field(repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    flow: str = field(default="", repr=False)

    @property
    def file(self) -> str:
        """The place of the file with its flow, below the folder of the program; empty where it has none."""
        return f"{self.kind.name}s/{self.name}.json" if self.flow else ""

    @property
    def variable(self) -> str:
        """The name of its variable in the program."""
        return variable_of(self.name)


def variable_of(name: str) -> str:
    """Return the variable of the resource with this name."""
    return name.replace("-", "_")


def names_of(things: Iterable[Thing], *, used: Iterable[str] = ()) -> dict[tuple[str, Key], str]:
    """Return a name for each thing by its kind and id, made from what the service calls it, each name once.

    Names that are `used` in the stack are none of them.
    """
    before = _TAKEN | {variable_of(name) for name in used}
    found: dict[tuple[str, Key], str] = {}
    for kind, record in things:
        base = _name(kind, record)
        others = chain([base, f"{base}-{kind.name}"], (f"{base}-{number}" for number in range(2, 10**9)))
        taken = before | {variable_of(one) for one in found.values()}
        found[kind.name, record.key] = next(one for one in others if variable_of(one) not in taken)
    return found


def require_declarable(kind: Kind, record: Any) -> None:
    """Return if a program can declare the thing; raises RefusedError where its inputs would be refused."""
    plain = _inputs(kind, record)
    if _not_shown(kind, plain) is None:
        problem = check(kind, plain).problems[0]
        raise _undeclarable(kind, record, problem.message)
    _flow(kind, record)


def declare(kind: Kind, record: Any, names: Mapping[tuple[str, Key], str]) -> Declaration:
    """Return how a program declares the thing; `names` are those of all that it declares."""
    plain, name = _inputs(kind, record), names[kind.name, record.key]
    hidden = _not_shown(kind, plain) or {}
    secrets: dict[str, str] = {}
    inputs: dict[str, object] = {}
    for one in kind.fields:
        if one.name in plain or hidden.get(one.name):
            value = plain.get(one.name)
            if one.secret and isinstance(value, Mapping):
                value = _sealed({**value, **hidden.get(one.name, {})}, one.secret, variable_of(name), secrets)
            elif _holds(value, _secret_texts(kind, plain)):
                value = _kept(f"{variable_of(name)}_{one.name}", str(value), secrets)
            inputs[one.name] = _referring(one.name, value, names)
    return Declaration(kind, record.key, name, inputs, secrets, _flow(kind, record))


def _flow(kind: Kind, record: Any) -> str:
    """The flow that a package is made of, as a file has it; empty for what is made of none."""
    if not any(one.made_of for one in kind.fields):
        return ""
    try:
        return formatted(json.loads(canonical(getattr(record, FLOW))))
    except ValueError as problem:
        raise _undeclarable(kind, record, f"it {problem}") from None


def _undeclarable(kind: Kind, record: Any, why: str) -> RefusedError:
    return RefusedError(f"no program can declare it: {why}; it is not imported", resource=label(kind.name, record.key))


def _inputs(kind: Kind, record: Any) -> dict[str, Any]:
    """The inputs that the service shows and that are not what stands where the user says nothing.

    A change repeats no member of a mapping that the service derives, so a program does not declare it.
    """
    repeated = kind.repeated(record, {}) or {}
    view = kind.view(record, {}) | {name: value for name, value in repeated.items() if isinstance(value, Mapping)}
    return {
        one.name: _without_empty(view[one.name])
        for one in kind.fields
        if one.change is not Change.LOCAL
        and not one.made_of
        and (one.required or view.get(one.name) not in (*_EMPTY, one.default, one.usual))
        and view.get(one.name) is not None
    }


def _without_empty(value: Any) -> Any:
    """The value; as a list without the members of its items that are empty, such as the variables of a package."""
    if not isinstance(value, list):
        return value
    return [
        {name: inner for name, inner in item.items() if inner not in _EMPTY} if isinstance(item, Mapping) else item
        for item in value
    ]


def _not_shown(kind: Kind, plain: Mapping[str, Any]) -> dict[str, dict[str, str]] | None:
    """The secret members that are needed and not shown, as few as possible; None where the inputs are wrong anyway."""
    missing = [
        (one.name, member)
        for one in kind.fields
        for member in sorted(one.secret)
        if member not in plain.get(one.name, {})
    ]
    for few in chain.from_iterable(combinations(missing, count) for count in range(len(missing) + 1)):
        added: dict[str, dict[str, str]] = {}
        for name, member in few:
            added.setdefault(name, {})[member] = NOT_SHOWN
        whole = {**plain, **{name: {**plain.get(name, {}), **members} for name, members in added.items()}}
        if not check(kind, whole).problems:
            return added
    return None


def _sealed(members: Mapping[str, Any], secret: Iterable[str], variable: str, secrets: dict[str, str]) -> object:
    return {
        name: _kept(f"{variable}_{name}", str(value), secrets) if name in {*secret} else value
        for name, value in members.items()
    }


def _kept(key: str, value: str, secrets: dict[str, str]) -> Code:
    secrets[key] = value
    return Code(f"{CONFIG}.require_secret({text(key)})")


def _secret_texts(kind: Kind, plain: Mapping[str, Any]) -> list[str]:
    """The secrets among the inputs."""
    found = [plain.get(one.name, {}).get(member) for one in kind.fields for member in one.secret]
    return [str(value) for value in found if value]


def _holds(value: object, secrets: Iterable[str]) -> bool:
    return isinstance(value, str) and any(secret in value for secret in secrets)


def _referring(name: str, value: Any, names: Mapping[tuple[str, Key], str]) -> object:
    """The value with the ids of what the program declares as references: under `package_id` that of a package."""
    if isinstance(value, Mapping):
        return {inner: _referring(inner, item, names) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_referring("", item, names) for item in value]
    kind = KINDS.get(name.removesuffix("_id"))
    if kind is None or not name.endswith("_id"):
        return value
    try:
        found = names.get((kind.name, kind.key(value)))
    except ValueError:
        return value
    return Code(f"{variable_of(found)}.id") if found else value


def _name(kind: Kind, record: Any) -> str:
    """What the service calls it, in the letters of a variable; its kind and id where that says nothing or too much."""
    shown = marker.strip(getattr(record, "name", "") or "")
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not found or _holds(shown, _secret_texts(kind, _inputs(kind, record))):
        return f"{kind.name}-{record.id}"
    return f"{kind.name}-{found}" if found[0].isdigit() else found[:60].strip("-")
