"""The stack that a thing is handed over to: its names, and its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xplenty_pulumi.cli.engine.snapshot import Snapshot
from xplenty_pulumi.core.kinds.marker import Owner, scope_of
from xplenty_pulumi.errors import ConfigError, XplentyError


@dataclass(frozen=True)
class Place:
    """A stack, `organization/project/stack`; empty where there is none and none is needed."""

    stack: str
    config: Mapping[str, object] = field(repr=False)

    @property
    def scope(self) -> str:
        """What the markers of its resources share."""
        return scope_of(self.owner(""))

    def urn(self, tail: str) -> str:
        """Return the URN of a resource of the stack: of its type and its name."""
        _, project, name = self._names
        return f"urn:pulumi:{name}::{project}::{tail}"

    def owner(self, tail: str) -> Owner:
        """Return whose a resource of the stack is."""
        organization, project, name = self._names
        scope = self.config.get("xplenty:scope")
        return Owner(f"{organization}/{scope}" if scope else organization, project, name, tail)

    @property
    def _names(self) -> tuple[str, str, str]:
        organization, project, name = (["", "", *self.stack.split("/")])[-3:]
        return organization, project, name


def place_of(snapshot: Snapshot, *, needs_stack: bool) -> Place:
    """Return the engine's stack; raises ConfigError where there is none although one is needed."""
    try:
        stack = snapshot.full_name()
        return Place(stack, snapshot.configuration(stack))
    except XplentyError as failed:
        if not needs_stack:
            return Place("", {})
        advice = "Name the stack with --stack and the project's folder with --cwd; nothing was changed"
        raise ConfigError(failed.message, advice=advice) from None
