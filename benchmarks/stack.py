"""A stack on the real engine that runs one of the programs here, and the time each command takes."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from benchmarks.session import end_session

ROOT = Path(__file__).resolve().parent.parent
PARALLEL = 64
_LONGEST = 900.0
_LOADED = "pulumi.dynamic, dill, xplenty_pulumi.dynamic.session, benchmarks.floor.provider, benchmarks.plain.provider"


class Stack:
    """A stack of `count` resources of one of the programs here, such as `ours`; its state is below `folder`."""

    def __init__(self, folder: Path, program: str, count: int, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self.project = folder / "project"
        shutil.copytree(ROOT / "benchmarks" / program, self.project, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "state").mkdir()
        self.environment = _environment(folder, {"BENCH_COUNT": str(count), **environment})
        self.run("stack", "init", "bench")

    def up(self, **environment: str) -> float:
        """Create everything without a preview, and return how many seconds that took."""
        return self.run("up", "--yes", "--skip-preview", **environment)

    def destroy(self, **environment: str) -> float:
        """Destroy everything without a preview, and return how many seconds that took."""
        return self.run("destroy", "--yes", "--skip-preview", **environment)

    def forget(self, name: str) -> None:
        """Remove a folder that commands have left in the project."""
        shutil.rmtree(self.project / name)

    def run(self, *arguments: str, **environment: str) -> float:
        """Run `pulumi` to its end, and return how many seconds that took.

        Raises:
            ChildProcessError: it failed, with what it printed last, or did not end in 15 minutes.
        """
        output = self._folder / "output"
        began = time.perf_counter()
        with output.open("wb") as file:
            process = subprocess.Popen(
                ["pulumi", *arguments, "--non-interactive", "--color", "never"],
                cwd=self.project,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            code = process.wait(timeout=_LONGEST)
            took = time.perf_counter() - began
        except subprocess.TimeoutExpired:
            raise ChildProcessError(f"pulumi {arguments[0]} did not end in {_LONGEST:.0f} s") from None
        finally:
            end_session(process.pid)
            process.wait()
        if code != 0:
            raise ChildProcessError(f"pulumi {arguments[0]} failed:\n{output.read_text()[-3000:]}")
        return took


def _environment(folder: Path, extra: Mapping[str, str]) -> dict[str, str]:
    return {
        **{name: value for name, value in _compiling().items() if not name.startswith(("PULUMI", "XPLENTY"))},
        "PYTHONPYCACHEPREFIX": _compiled().name,
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_PARALLEL": str(PARALLEL),
        "PULUMI_PYTHON_CMD": sys.executable,
        "PYTHONPATH": str(ROOT),
        **extra,
    }


def _compiling() -> dict[str, str]:
    """The environment, in which modules are kept compiled, as an installation has them, whatever the shell sets."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@lru_cache(maxsize=1)
def _compiled() -> "tempfile.TemporaryDirectory[str]":
    """A folder for this process with all that programs and providers load, so that no measured command compiles it."""
    folder = tempfile.TemporaryDirectory(prefix="xplenty-bench-bytecode-")
    environment = {**_compiling(), "PYTHONPYCACHEPREFIX": folder.name}
    subprocess.run([sys.executable, "-c", f"import {_LOADED}"], env=environment, cwd=ROOT, check=True)
    return folder


@contextmanager
def stack(program: str, count: int, environment: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Give a new stack in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="xplenty-bench-") as folder:
        yield Stack(Path(folder), program, count, environment or {})
