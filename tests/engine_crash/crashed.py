"""What a crash test sets up and holds against the account afterwards."""

import json
from dataclasses import dataclass
from typing import Any

from tests.engine_crash.cases import OPERATIONS
from tests.engine_crash.moments import Census, Hold
from tests.support.engine.stack import Stack
from tests.support.scoreboard import count
from xplenty_pulumi.emulator import Emulator

SIGNALS = 5
DEAD_ENGINES = 19
KILLS = len(OPERATIONS) * 6
"""Two victims at three moments of each operation."""
POINTS = KILLS + SIGNALS + DEAD_ENGINES


@dataclass(frozen=True)
class CrashedStack:
    """A stack, its account, and the gates that every call passes."""

    stack: Stack
    account: Emulator
    hold: Hold
    census: Census

    def left_behind(self) -> tuple[bool, list[str]]:
        """Return whether a lock is left, and the kinds of operations that are pending."""
        locks = list((self.stack.folder / "state").rglob("locks/**/*.json"))
        return bool(locks), [one["type"] for one in self._checkpoint().get("pending_operations") or ()]

    def held_ids(self) -> dict[str, str]:
        """Return the ids in the state by resource name, read from the state's file, which is faster than asking."""
        resources = self._checkpoint().get("resources") or ()
        return {one["urn"].rpartition("::")[2]: one["id"] for one in resources if "xplenty" in one["type"]}

    def _checkpoint(self) -> dict[str, Any]:
        file = self.stack.folder / "state" / ".pulumi" / "stacks" / "tests" / "dev.json"
        latest: dict[str, Any] | None = json.loads(file.read_text())["checkpoint"]["latest"]
        return latest or {}

    def continue_by(self, command: str, *arguments: str) -> None:
        """Run `up` or `destroy`, which succeeds, and hold the account against the state."""
        {"up": self.stack.up, "destroy": self.stack.destroy}[command](*arguments).succeeded()
        living = self.account.living_clusters()
        held = self.held_ids()
        assert [str(one.id) for one in living] == ([held["etl"]] if command == "up" else [])
        assert bool(held) == (command == "up")
        assert self.account.unfinished_jobs() == ()


def count_point() -> None:
    """Add one to the figure of crash points on the real engine."""
    count("crash points on the real engine", goal=POINTS, command="make test-long")
