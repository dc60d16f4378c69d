"""Run two examples through their whole life: `python -m tools.demo`, with the engine on PATH."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from tools.demo.account import Account, emulated_account
from tools.demo.stack import Stack
from xplenty_pulumi.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]
TIME_SCALE = 60

Step = tuple[str, Callable[[Stack, Account], None]]

QUICKSTART: tuple[Step, ...] = (
    ("pulumi up: a cluster of 2 nodes, then two job runs on it", lambda stack, _: stack.run("up", "--yes")),
    ("4 nodes instead of 2", lambda stack, _: stack.run("config", "set", "nodes", "4")),
    ("pulumi up: the resize", lambda stack, _: stack.run("up", "--yes")),
    ("pulumi up: nothing is left to do", lambda stack, _: stack.run("up", "--yes", "--expect-no-changes")),
    ("pulumi destroy: jobs forgotten, cluster terminated", lambda stack, _: stack.run("destroy", "--yes")),
)
PIPELINE: tuple[Step, ...] = (
    ("A night of ten minutes", lambda stack, _: stack.run("config", "set", "every", "10 minutes")),
    ("The password of the warehouse", lambda stack, _: stack.run("config", "set", "--secret", "password", "swordfish")),
    ("pulumi up: a connection, a package from a file, a schedule", lambda stack, _: stack.run("up", "--yes")),
    ("Two nights pass, and nobody runs pulumi", lambda _, account: account.wait_for_runs(2)),
    ("xplenty-pulumi status schedules", lambda stack, _: stack.command("status", "schedules")),
    ("Somebody saves the package in the editor", lambda _, account: account.edit_package("loads", "append", "merge")),
    ("xplenty-pulumi pull: the edit comes back into the file", lambda stack, _: stack.command("pull", "loads")),
    ("pulumi up: the state follows, and the service validates it once more", lambda stack, _: stack.run("up", "--yes")),
    ("pulumi destroy: schedule removed, package archived", lambda stack, _: stack.run("destroy", "--yes")),
    ("The cluster that the schedule has made ends when it is idle", lambda _, account: account.wait_for_idle()),
)
EXAMPLES: Mapping[str, tuple[Step, ...]] = MappingProxyType({"quickstart": QUICKSTART, "pipeline": PIPELINE})


def main() -> int:
    """Return 0 when every step did what its title says and nothing is left alive, 130 after Ctrl-C, 1 otherwise."""
    say("An Xplenty account on this machine; a minute of its time takes a second of yours")
    with temporary_folder() as folder:
        try:
            with emulated_account(time_scale=TIME_SCALE) as account:
                return live(folder, account)
        except KeyboardInterrupt:
            say("Stopped by Ctrl-C; the account was this machine's own, so nothing is left anywhere")
            return 130


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give a folder, and remove it afterwards; an engine that was stopped may still write its last lines into it."""
    folder = Path(tempfile.mkdtemp(prefix="xplenty-demo-"))
    try:
        yield folder
    finally:
        for pause in (0.2, 0.5, 1, 2, 4):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            SystemClock().sleep(pause)


def live(folder: Path, account: Account) -> int:
    """Run every step in `folder`, then say what the account shows."""
    for example, steps in EXAMPLES.items():
        project = folder / example
        source = ROOT / "examples" / example
        shutil.copytree(source, project, ignore=shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml"))
        stack = Stack(project, home=folder, environment=account.environment())
        if failed := next((title for title, step in steps if not done(title, step, stack, account)), ""):
            return report(account, failed)
    return report(account, "")


def done(title: str, step: Callable[[Stack, Account], None], stack: Stack, account: Account) -> bool:
    """Run one step under its title; return whether the command succeeded."""
    say(title)
    try:
        step(stack, account)
    except ChildProcessError as problem:
        say(f"Failed: {problem}")
        return False
    return True


def report(account: Account, failed: str) -> int:
    """Print what the account shows now, and return the exit code."""
    living, active, calls = account.summary()
    say("What the account shows now")
    print(f"  clusters living  {living}\n  jobs active      {active}\n  calls used       {calls}")
    if failed:
        say(f"The demo failed at: {failed}")
    elif living or active:
        say("The demo failed: something is left alive")
    else:
        say("Done: created, run, resized, unchanged, scheduled, edited, destroyed; nothing living is left")
    return 1 if failed or living or active else 0


def say(title: str) -> None:
    """Print a title that stands out from the engine's own output."""
    print(f"\n=== {title}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
