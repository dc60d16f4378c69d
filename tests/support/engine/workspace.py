"""A folder with an engine's home, backend, environment and account of its own, in which commands run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.accounts.clients import settings_of
from tests.support.engine.interpreter import interpreter_in, vault_address
from tests.support.engine.ran import LONGEST, Ran
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.settings import bridge_enabled

NO_ENGINE = (
    "These tests run the real Pulumi engine and there is no `pulumi` on PATH. `make test` gets one; by hand, "
    "`python -m tools.engine` prints the folder to put on PATH."
)


def environment_without(*prefixes: str) -> dict[str, str]:
    """Return the environment of the tests without variables of the engine, of this package and of these prefixes."""
    assert shutil.which("pulumi"), NO_ENGINE
    foreign = ("PULUMI", "XPLENTY", "VAULT", *prefixes)
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


class Workspace:
    """Home and backend are in `top`, where commands run too unless `folder` is another; settings name the account."""

    def __init__(
        self,
        top: Path,
        account: Emulator | None,
        *,
        folder: Path | None = None,
        without: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.top, self.folder = top, folder or top
        (top / "state").mkdir(parents=True)
        self.environment = {
            **environment_without(*without),
            "COLUMNS": "160",
            "PULUMI_HOME": str(top / "home"),
            "PULUMI_BACKEND_URL": f"file://{top / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_PARALLEL": "64",
            "GOGC": "400",  # it has little to remember, and ends soon
            "VAULT_SERVER_URL": vault_address(),
            "PULUMI_PYTHON_CMD": str(interpreter_in(top)),
            "XPLENTY_POLL_SECONDS": "0.1",
            "XPLENTY_BRIDGE": os.environ.get("XPLENTY_BRIDGE", "on"),
            **(settings_of(account) if account else {}),
            **(environment or {}),
        }

    @property
    def has_bridge(self) -> bool:
        """Whether the providers may lean on details of their host."""
        return bridge_enabled(self.environment)

    def line(self, *words: str, **environment: str) -> Ran:
        """Run any command to its end; `environment` is for this command alone."""
        done = subprocess.run(
            words,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        return Ran(done.returncode, done.stdout, self.has_bridge)

    def pulumi(self, *arguments: str, **environment: str) -> Ran:
        """Run `pulumi` to its end."""
        return self.line("pulumi", *arguments, "--non-interactive", "--color", "never", **environment)

    def command(self, *arguments: str, **environment: str) -> Ran:
        """Run our own command to its end."""
        return self.line(str(interpreter_in(self.top)), *own_command(*arguments)[1:], **environment)

    def recover(self, *arguments: str, **environment: str) -> Ran:
        """Run the documented recovery command, where nothing is under way any more."""
        return self.command("recover", "--no-wait", *arguments, **environment)


def own_command(*arguments: str) -> tuple[str, ...]:
    """Return the words of `xplenty-pulumi` with these arguments."""
    return (sys.executable, "-m", "xplenty_pulumi.cli", *arguments)
