"""One stack with a state, a home and settings of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_SECONDS_TO_CANCEL = 20


class Stack:
    """A stack of the project in `project`; everything the engine writes goes below `home`."""

    def __init__(self, project: Path, *, home: Path, environment: Mapping[str, str]) -> None:
        self._project = project
        state = home / "state"
        state.mkdir(exist_ok=True)
        self._environment = {
            **os.environ,
            **environment,
            "PULUMI_HOME": str(home / "home"),
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_PARALLEL": "64",
            "PULUMI_PYTHON_CMD": sys.executable,
        }
        self.run("stack", "init", "demo", quiet=True)

    def run(self, *arguments: str, quiet: bool = False) -> None:
        """Run `pulumi` with its own live output.

        Raises:
            ChildProcessError: it did not succeed.
        """
        self._run(["pulumi", *arguments], quiet=quiet)

    def command(self, *arguments: str) -> None:
        """Run `xplenty-pulumi` in the project.

        Raises:
            ChildProcessError: it did not succeed.
        """
        self._run([sys.executable, "-m", "xplenty_pulumi.cli", *arguments], quiet=False)

    def _run(self, command: list[str], *, quiet: bool) -> None:
        output = subprocess.DEVNULL if quiet else None
        with subprocess.Popen(command, cwd=self._project, env=self._environment, stdout=output) as process:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                _let_it_cancel(process)
                raise
        if code != 0:
            raise ChildProcessError(f"{' '.join(command)} ended with exit code {code}")


def _let_it_cancel(process: subprocess.Popen[bytes]) -> None:
    """The terminal has sent Ctrl-C to the engine too; a second one makes it end its own children and itself."""
    for patience in (2, _SECONDS_TO_CANCEL):
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        else:
            return
    process.kill()
    process.wait()
