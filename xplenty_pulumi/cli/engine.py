"""The `pulumi` command, for commands of ours that work on a project's stacks."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from xplenty_pulumi.errors import ConfigError, XplentyError


@dataclass(frozen=True)
class Engine:
    """The `pulumi` command in the folder of a project, for one stack; an empty `stack` is the selected one."""

    command: str
    folder: Path
    stack: str

    @classmethod
    def on_path(cls, folder: Path, stack: str) -> "Engine":
        """Return the engine on PATH; raises ConfigError where there is none."""
        command = shutil.which("pulumi")
        if command is None:
            raise ConfigError(
                "there is no `pulumi` on PATH", advice="Put the one that works on this project on PATH, and run again"
            )
        return cls(command, folder, stack)

    def told(self, *arguments: str) -> str:
        """Return what a quiet command prints; raises XplentyError with the engine's own words where it fails."""
        command = [*self._line(*arguments), "--non-interactive", "--color", "never"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, fixed words
        if done.returncode != 0:
            words = " ".join((done.stderr or done.stdout).split()).removeprefix("error: ")
            raise XplentyError(f"`pulumi {arguments[0]}` failed: {words}")
        return done.stdout

    def shown(self, *arguments: str) -> bool:
        """Run a command that prints for itself, and return whether it succeeded."""
        return subprocess.run(self._line(*arguments), cwd=self.folder, check=False).returncode == 0  # noqa: S603 - no shell, fixed words

    def _line(self, *arguments: str) -> list[str]:
        named = bool(self.stack) and arguments[0] != "whoami"
        return [self.command, *arguments, *(["--stack", self.stack] if named else [])]
