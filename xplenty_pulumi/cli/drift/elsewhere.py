"""What the stacks of the backend hold that a report is not about, other projects' among them."""

import json
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.core.kinds.marker import Owner, scope_of
from xplenty_pulumi.core.reports.drift_scan import Elsewhere
from xplenty_pulumi.dynamic.state import ACCOUNT, kind_of, owner_of
from xplenty_pulumi.errors import ConfigError, XplentyError

_AT_ONCE = 4
"""Stacks whose states the engine is asked for at the same time."""


@dataclass(frozen=True)
class Backend:
    """The stacks of the engine's backend but those whose full names are in `looked_at`."""

    engine: Engine
    looked_at: Collection[str]

    def elsewhere(self, account: str) -> Elsewhere:
        """Return what the other stacks hold in the account, and the scopes that their markers can carry.

        The state says so, and for a stack without resources its name.

        Raises:
            ConfigError: a stack can not be read.
            XplentyError: what the engine says makes no sense.
        """
        try:
            return self._elsewhere(account)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise XplentyError("a stack of the backend makes no sense; nothing was compared") from None

    def _elsewhere(self, account: str) -> Elsewhere:
        listed = json.loads(self._told("", "stack", "ls", "--all", "--json", "--fully-qualify-stack-names"))
        names = [name for one in listed if (name := str(one["name"])) not in self.looked_at]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            states = list(pool.map(self._resources, names))
        resources = [one for state in states for one in state if kind_of(one)]
        held = frozenset(_held(one) for one in resources if _account(one) in (None, account))
        return Elsewhere(held, {*map(_scope, names), *_scopes(resources)})

    def _resources(self, name: str) -> list[dict[str, Any]]:
        deployment = json.loads(self._told(name, "stack", "export")).get("deployment") or {}
        return list(deployment.get("resources") or ())

    def _told(self, stack: str, *words: str) -> str:
        try:
            return self.engine.of(stack).told(*words)
        except XplentyError as failed:
            advice = "Leave out --unmanaged, which needs to know what every stack of the backend holds"
            raise ConfigError(f"{f'stack {stack}: ' if stack else ''}{failed.message}", advice=advice) from None


def _held(resource: dict[str, Any]) -> tuple[str, int]:
    kind, number = kind_of(resource), str(resource.get("id", ""))
    return (kind.name if kind else "", int(number) if number.isdecimal() else 0)


def _account(resource: dict[str, Any]) -> object:
    return (resource.get("outputs") or {}).get(ACCOUNT)


def _scope(full_name: str) -> str:
    organization, project, stack = ["", "", *full_name.split("/")][-3:]
    return scope_of(Owner(organization, project, stack, ""))


def _scopes(resources: list[dict[str, Any]]) -> Iterator[str]:
    for one in resources:
        with suppress(ConfigError):
            yield scope_of(owner_of(one.get("inputs") or {}))
