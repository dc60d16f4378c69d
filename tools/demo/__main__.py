"""Run two examples through their whole life: `python -m tools.demo`, with the engine on PATH."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.demo.account import Account, emulated_account
from tools.demo.stack import Stack
from xplenty_pulumi.clock import SystemClock

ROOT = Path(__file__).resolve().parents[2]
TIME_SCALE = 120

Act = Callable[[Stack, Account], None]


def pulumi(*arguments: str) -> Act:
    """Return the act of running `pulumi` with these words."""
    return lambda stack, _account: stack.run(*arguments)


def command(*arguments: str) -> Act:
    """Return the act of running `xplenty-pulumi` with these words."""
    return lambda stack, _account: stack.command(*arguments)


# Some nights of the pipeline pass while the quickstart lives. What a preview shows is seen at the first and the resize.
STEPS: tuple[tuple[str, str, Act], ...] = (
    (
        "pipeline",
        "A night of five minutes, and the password of the warehouse",
        pulumi("config", "set-all", "--plaintext", "every=5 minutes", "--secret", "password=swordfish"),
    ),
    ("pipeline", "pulumi up: a connection, a package from a file, a schedule", pulumi("up", "--yes")),
    (
        "quickstart",
        "pulumi up: a cluster of 2 nodes, then two job runs on it",
        pulumi("up", "--yes", "--skip-preview"),
    ),
    ("quickstart", "4 nodes instead of 2", pulumi("config", "set", "nodes", "4")),
    ("quickstart", "pulumi up: the resize", pulumi("up", "--yes")),
    ("quickstart", "pulumi up: nothing is left to do", pulumi("up", "--skip-preview", "--expect-no-changes")),
    (
        "quickstart",
        "pulumi destroy: jobs forgotten, cluster terminated",
        pulumi("destroy", "--yes", "--skip-preview"),
    ),
    ("pipeline", "Two nights pass, and nobody runs pulumi", lambda _, account: account.wait_for_runs(2)),
    ("pipeline", "xplenty-pulumi status schedules", command("status", "schedules")),
    (
        "pipeline",
        "Somebody saves the package in the editor",
        lambda _, account: account.edit_package("loads", "append", "merge"),
    ),
    ("pipeline", "xplenty-pulumi pull: the edit comes back into the file", command("pull", "loads")),
    (
        "pipeline",
        "pulumi up: the state follows, and the service validates it once more",
        pulumi("up", "--yes", "--skip-preview"),
    ),
    ("pipeline", "pulumi destroy: schedule removed, package archived", pulumi("destroy", "--yes", "--skip-preview")),
    (
        "pipeline",
        "The cluster that the schedule has made ends when it is idle",
        lambda _, account: account.wait_for_idle(),
    ),
)
"""Each step: the example in whose folder it is done, its title, and the act."""


def main() -> int:
    """Return 0 when every step did what its title says and nothing is left alive, 130 after Ctrl-C, 1 otherwise."""
    say("An Xplenty account on this machine; two minutes of its time take a second of yours")
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
    stacks: dict[str, Stack] = {}
    for example, title, act in STEPS:
        if example not in stacks:
            stacks[example] = stack_of(example, folder, account)
        if not done(f"{example}: {title}", act, stacks[example], account):
            return report(account, f"{example}: {title}")
    return report(account, "")


def stack_of(example: str, folder: Path, account: Account) -> Stack:
    """Make a stack of a copy of the example in `folder`."""
    project = folder / example
    source = ROOT / "examples" / example
    shutil.copytree(source, project, ignore=shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml"))
    return Stack(project, home=folder, environment=account.environment())


def done(title: str, act: Act, stack: Stack, account: Account) -> bool:
    """Do one step under its title; return whether the command succeeded."""
    say(title)
    try:
        act(stack, account)
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
