"""The stacks of a backend: what is in the states that a report is about, in which account, and what the others hold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from xplenty_pulumi.cli.engine.holders import held_in, is_replaced, marker_in
from xplenty_pulumi.cli.engine.snapshot import Snapshot, advised, together
from xplenty_pulumi.cli.ui.account import settings_of
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Owner, name_in, owner_in, scope_of
from xplenty_pulumi.core.kinds.ownership import origin_in
from xplenty_pulumi.core.reports.drift import Entry
from xplenty_pulumi.core.reports.drift_scan import Elsewhere, OtherAccountEntry
from xplenty_pulumi.dynamic.flows import kept
from xplenty_pulumi.dynamic.state import (
    ACCOUNT,
    DECLARED,
    OBSERVED,
    OWNER,
    SPECIAL,
    kind_of,
    origin_of,
    side_by_side,
)
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.settings import Settings

_ADVICE = "Correct that, or name the stack with --stack and the project's folder with --cwd; nothing was changed"
_WITHOUT_UNMANAGED = "Leave out --unmanaged, which needs to know what every stack of the backend holds"
_MALFORMED = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True)
class StackState:
    """A stack: its names, the account of its settings, the scopes of its markers, and what its state holds.

    `scope` is what it gives to new markers, `scopes` are those of the resources in its state as well. `left_out` is
    what its state has in other accounts.
    """

    name: str
    full_name: str
    project: str
    settings: Settings
    scope: str
    scopes: frozenset[str]
    entries: tuple[Entry, ...]
    left_out: tuple[OtherAccountEntry, ...] = ()


def states(snapshot: Snapshot, *, all_stacks: bool, may_be_none: bool = False) -> tuple[StackState, ...]:
    """Return the engine's stack, or all stacks of the project; none only where there `may_be_none`.

    Raises:
        ConfigError: there is no such stack, or none at all, or its settings are missing or malformed.
        XplentyError: the engine's answer makes no sense.
    """
    with advised(_ADVICE, stack=snapshot.engine.stack):
        found = (
            [one.full_name for one in snapshot.listed()] if all_stacks else _named(snapshot, may_be_none=may_be_none)
        )
    if not found and not may_be_none:
        advice = (
            "See that the backend is the right one (PULUMI_BACKEND_URL, `pulumi login`); --unmanaged looks for what "
            "removed stacks have left behind"
        )
        raise ConfigError("the project has no stack in this backend, so nothing was compared", advice=advice)
    return together(partial(_state, snapshot), found)


def _named(snapshot: Snapshot, *, may_be_none: bool) -> list[str]:
    """The engine's stack; none where none is named or selected, and there may be none."""
    try:
        return [snapshot.read_ahead()]
    except XplentyError:
        if snapshot.engine.stack or not may_be_none or any(one.is_selected for one in snapshot.listed()):
            raise
        return []


def elsewhere(snapshot: Snapshot, account: Settings, compared: Collection[str]) -> Elsewhere:
    """Return what the stacks but those `compared` with the account hold in it, and the scopes of their markers.

    The state says so, and for a stack without resources its name.

    Raises:
        ConfigError: a stack cannot be read.
        XplentyError: what the engine says makes no sense.
    """

    def ours(name: str) -> list[dict[str, Any]]:
        with advised(_WITHOUT_UNMANAGED, stack=name):
            return [one for one in snapshot.resources(name) if kind_of(one)]

    try:
        with advised(_WITHOUT_UNMANAGED):
            names = [one.full_name for one in snapshot.listed("--all") if one.full_name not in compared]
        resources = [one for found in together(ours, names) for one in found]
        here = [one for one in held_in(resources, "") if one.may_be_in(account)]
        held = {reference: one.made for one in here for reference in one.references}
        markers = [marker_in(one.get("inputs") or {}) for one in resources]
    except _MALFORMED:
        raise XplentyError("a stack of the backend makes no sense; nothing was compared") from None
    scopes = {scope_of(owner_in(name)) for name in names}
    return Elsewhere(held, scopes | {one.scope for one in markers if one})


def entry_of(
    resource: Mapping[str, Any], stack: str, *, folder: Path | None = None, now: Owner | None = None
) -> Entry | None:
    """Return what a stack manages, None for what it only looks up, is about to remove, or is not of Xplenty.

    `folder` is that of the project, where contents may be, and `now` an owner of the stack as it is named now.
    """
    kind, outputs = kind_of(resource), side_by_side(resource.get("outputs") or {})
    if kind is None or resource.get("external") or resource.get("delete") or DECLARED not in outputs:
        return None
    inputs, members = _by_member(kind, resource.get("inputs") or {})
    outputs, more = _by_member(kind, outputs)
    hidden = {*kind.shown} if _is_secret((resource.get("outputs") or {}).get(OBSERVED)) else set()
    observed = {one.name: one.default for one in kind.fields} if hidden else outputs
    declared = kind.completed({name: inputs[name] for name in outputs[DECLARED] if name in inputs}, observed)
    marker = marker_in(inputs)
    secret = hidden | {name for name, value in {**outputs, **inputs}.items() if _is_secret(value)}
    return Entry(
        stack=stack,
        name=name_in(str(resource["urn"])),
        kind=kind,
        id=kind.key(resource["id"]),
        declared={name: value for name, value in declared.items() if name not in secret},
        outputs={name: value for name, value in outputs.items() if name not in secret},
        unreadable=tuple(sorted({*secret, *members, *more})),
        marker=marker,
        made=origin_of({**outputs, OWNER: inputs[OWNER]}, now=now) if marker else origin_in(outputs, None),
        is_replaced=is_replaced(resource),
        content=partial(kept, source=str(inputs.get("source") or ""), start=folder),
    )


def _by_member(kind: Kind, values: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The values without the secret members of what is compared member by member, and the ways to these."""
    found, ways = dict(values), set[str]()
    for one in kind.fields:
        members = found.get(one.name)
        if one.by_member and isinstance(members, Mapping) and SPECIAL not in members:
            secret = {name for name, value in members.items() if _is_secret(value)}
            found[one.name] = {name: value for name, value in members.items() if name not in secret}
            ways |= {f"{one.name}.{name}" for name in secret}
    return found, ways


def _state(snapshot: Snapshot, full_name: str) -> StackState:
    plain, folder = owner_in(full_name), snapshot.engine.folder
    try:
        with advised(_ADVICE):
            resources, config = snapshot.resources(full_name), snapshot.configuration(full_name)
        now = owner_in(full_name, scope=config.get("xplenty:scope"))
        left_out = tuple(other for one in resources if (other := _other_account(one, plain.stack)))
        resources = [one for one in resources if not _account_name(one)]
        found = settings_of(full_name, config)
        for one in resources:
            found.require_account((one.get("outputs") or {}).get(ACCOUNT))
        entry = partial(entry_of, stack=plain.stack, folder=folder, now=now)
        entries = tuple(filter(None, map(entry, resources)))
    except ConfigError as problem:
        text = f"stack {plain.stack}: {problem.message}"
        raise ConfigError(text, setting=problem.setting, advice=problem.advice) from None
    except _MALFORMED:
        raise XplentyError(f"stack {plain.stack}: the state makes no sense; nothing was compared") from None
    scopes = frozenset({scope_of(now), *(one.marker.scope for one in entries if one.marker)})
    return StackState(plain.stack, full_name, plain.project, found, scope_of(now), scopes, entries, left_out)


def _account_name(resource: Mapping[str, Any]) -> str:
    """The name of the settings of another account than the stack's own that it is in; empty where it is in that."""
    return str((resource.get("inputs") or {}).get("account") or "")


def _other_account(resource: Mapping[str, Any], stack: str) -> OtherAccountEntry | None:
    kind, account = kind_of(resource), _account_name(resource)
    if kind is None or not account or resource.get("external") or resource.get("delete"):
        return None
    return OtherAccountEntry(stack, name_in(str(resource["urn"])), kind.name, account)


def _is_secret(value: object) -> bool:
    """Whether a secret is in the value; it is ciphertext, so that there is nothing to compare it with."""
    if isinstance(value, Mapping):
        return SPECIAL in value or any(map(_is_secret, value.values()))
    return isinstance(value, list) and any(map(_is_secret, value))
