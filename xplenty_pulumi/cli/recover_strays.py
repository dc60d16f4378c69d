"""What interrupted creates of a stack have left in the account: found by its marker, told, and ended on request."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from xplenty_pulumi.cli.account import Account, opened
from xplenty_pulumi.cli.asking import ask
from xplenty_pulumi.cli.branch_down import TakingDown
from xplenty_pulumi.cli.engine import Engine
from xplenty_pulumi.cli.screen import Screen
from xplenty_pulumi.core.branches import Living as Marked
from xplenty_pulumi.core.patience import Deadline
from xplenty_pulumi.core.reconcile import Hooks, KnownHooks, Living
from xplenty_pulumi.core.strays import Stray, stray_clusters, stray_hooks

_DYNAMIC = "pulumi-python:dynamic"
_LONGEST = 1200.0
"""Seconds for ending clusters, all together; one that is still being built can be ended only afterwards."""


@dataclass(frozen=True)
class StackAccount:
    """The account of a stack, and what is needed to tell the stack's own things in it.

    `scopes` are all that the markers of its resources can carry. `held` tells the resources in all states of the
    project's backend by the kind, such as `Cluster`.
    """

    account: Account
    scopes: frozenset[str]
    held: Mapping[str, frozenset[int]]

    def strays(self) -> tuple[Stray, ...]:
        """Return the clusters and hooks that are unfinished and in no state, as the account shows them now."""
        living = Living(self.account.client, self.account.clock).look().unended.values()
        clusters = stray_clusters(living, self.scopes, self.held["Cluster"])
        return clusters + stray_hooks(self.account.client.hooks.list(), self.scopes, self.held["Hook"])

    def outlook(self, stray: Stray) -> str:
        """Return what is about a stray, and what becomes of it."""
        what = f"{stray} was left by an interrupted create of this stack, and no state holds it"
        if stray.is_adopted_by(self.account.client.user_id(), now=self.account.clock.now()):
            return f"{what}; the next `pulumi up` adopts it if the program still declares it, and --end-strays ends it"
        reason = "it is more than an hour old, or another user's"
        return f"{what}; no `pulumi up` adopts it, because {reason}; --end-strays ends it"

    def end(self, strays: tuple[Stray, ...], engine: Engine, screen: Screen) -> None:
        """Return once all of them are seen to have ended.

        Raises:
            XplentyError: one could not be ended; the same can be tried again.
        """
        clusters = [Marked(one.id, one.scope, one.status) for one in strays if one.kind == "cluster"]
        down = TakingDown(engine, self.account, screen, timeout=_LONGEST)
        down.end(clusters, Deadline.after(_LONGEST, self.account.clock))
        patience = self.account.patience(lambda _headline, _detail: None, screen.warn)
        hooks = Hooks(self.account.client, KnownHooks(self.account.client), patience)
        for one in strays:
            if one.kind == "hook":
                hooks.delete(one.id)
                screen.line(f"hook {one.id} has ended ({one.scope})")


@contextmanager
def account_of(engine: Engine) -> Iterator[StackAccount]:
    """Give the account of the engine's stack.

    Raises:
        ConfigError: its settings are missing or malformed.
        XplentyError: a state makes no sense.
    """
    from xplenty_pulumi.cli.drift_stacks import states  # noqa: PLC0415 - other commands do not wait for Pulumi's library

    (own,) = states(engine, all_stacks=False)
    held = _held(engine)
    with opened(own.settings) as account:
        yield StackAccount(account, own.scopes, held)


def tell_strays(engine: Engine, screen: Screen, *, ends: bool, yes: bool) -> None:
    """Say which clusters and hooks interrupted creates of the stack have left, and with `ends` end them.

    Raises:
        XplentyError: it could not look.
    """
    with account_of(engine) as found:
        strays = found.strays()
        if not strays:
            screen.line("nothing in the account is left over from an interrupted create of this stack")
        for one in strays:
            screen.line(found.outlook(one))
        if strays and ends:
            ask(f"End {' and '.join(map(str, strays))}?", screen, yes=yes)
            found.end(strays, engine, screen)


def _held(engine: Engine) -> dict[str, frozenset[int]]:
    """The ids in all states of the project, by kind."""
    listed = json.loads(engine.of("").told("stack", "ls", "--json"))
    resources = [one for stack in listed for one in _resources(engine.of(str(stack["name"])))]
    return {kind: frozenset(_ids(resources, kind)) for kind in ("Cluster", "Hook")}


def _resources(engine: Engine) -> list[Mapping[str, Any]]:
    return list((json.loads(engine.told("stack", "export"))["deployment"] or {}).get("resources") or ())


def _ids(resources: list[Mapping[str, Any]], kind: str) -> Iterator[int]:
    """The ids of what is managed; a class derived from ours in a program may go by the name `Resource`."""
    for one in resources:
        type_ = str(one["type"])
        is_kind = type_.startswith(_DYNAMIC) and type_.rpartition(":")[2] in (kind, "Resource")
        if is_kind and not one.get("external") and str(one.get("id", "")).isdecimal():
            yield int(one["id"])
