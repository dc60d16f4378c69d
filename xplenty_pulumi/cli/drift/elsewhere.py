"""What the stacks of the backend hold that a report is not about, other projects' among them."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from xplenty_pulumi.cli.engine.snapshot import Snapshot, advised, together
from xplenty_pulumi.core.kinds.marker import Owner, scope_of
from xplenty_pulumi.core.reports.drift_scan import Elsewhere
from xplenty_pulumi.dynamic.state import ACCOUNT, kind_of, owner_of
from xplenty_pulumi.errors import ConfigError, XplentyError

_ADVICE = "Leave out --unmanaged, which needs to know what every stack of the backend holds"


@dataclass(frozen=True)
class Backend:
    """The stacks of a backend but those whose full names are in `looked_at`."""

    snapshot: Snapshot
    looked_at: Collection[str]

    def elsewhere(self, account: str) -> Elsewhere:
        """Return what the other stacks hold in the account, and the scopes that their markers can carry.

        The state says so, and for a stack without resources its name.

        Raises:
            ConfigError: a stack cannot be read.
            XplentyError: what the engine says makes no sense.
        """
        try:
            return self._elsewhere(account)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise XplentyError("a stack of the backend makes no sense; nothing was compared") from None

    def _elsewhere(self, account: str) -> Elsewhere:
        with advised(_ADVICE):
            listed = [one.full_name for one in self.snapshot.listed("--all")]
        names = [name for name in listed if name not in self.looked_at]
        states = together(self._resources, names)
        resources = [one for state in states for one in state if kind_of(one)]
        held = frozenset(_held(one) for one in resources if _account(one) in (None, account))
        return Elsewhere(held, {*map(_scope, names), *_scopes(resources)})

    def _resources(self, name: str) -> list[dict[str, Any]]:
        with advised(_ADVICE, stack=name):
            return self.snapshot.resources(name)


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
