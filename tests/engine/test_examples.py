"""The examples as their READMEs tell them: every command is run, every line of output that they show is printed."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.accounts.receiver import receiving
from tests.support.engine.ran import LONGEST, Ran, bridged
from tests.support.engine.stack import STEP, Stack, writes
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.emulator.life.seed import read_seed_file

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
NIGHTLY, NOTIFICATIONS, PIPELINE = "nightly_job", "notifications", "pipeline"
MEASURED = re.compile(r"\d+(\.\d+)?(?=s|%)|(?<=127\.0\.0\.1:)\d+")
"""What differs from run to run: seconds, progress and ports."""
HOUR, DAY = 3_600.0, 86_400.0
SUBMITTED = ["job.submitted", "job.started"]


def blocks(example: str, language: str) -> list[str]:
    """Return the fenced blocks of one language in an example's README."""
    text = (EXAMPLES / example / "README.md").read_text(encoding="utf-8")
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in found]


@contextmanager
def emulated(example: str) -> Iterator[Emulator]:
    """Serve the account that the README's first command starts and its settings name, whose time passes by looks."""
    serve, settings, *_ = map(shlex.split, "".join(blocks(example, "console")).splitlines())
    options = dict(zip(serve[2::2], serve[3::2], strict=True))
    seed, knobs = read_seed_file(EXAMPLES / example / options["--seed-file"])
    assert settings[1:] == [
        f"XPLENTY_API_URL=http://127.0.0.1:{options['--port']}",
        f"XPLENTY_ACCOUNT_ID={seed.account_id}",
        f"XPLENTY_API_KEY={seed.api_key}",
    ]
    with Emulator(seed, knobs=knobs, step=STEP) as account:
        yield account


def stack_of(example: str, folder: Path, account: Emulator) -> Stack:
    """Return a stack whose project is the example."""
    stack = Stack(folder / example, account)
    ignored = shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml")
    shutil.copytree(EXAMPLES / example, stack.folder, ignore=ignored, dirs_exist_ok=True)
    stack.run("stack", "init", "dev").succeeded()
    return stack


def commands(example: str) -> list[str]:
    """Return what the README lets its reader run once there are an account, settings and a stack."""
    _serve, _settings, _pace, stack, *lines = "".join(blocks(example, "console")).splitlines()
    assert stack == "pulumi stack init dev"
    return lines


def follow(stack: Stack, line: str, *more: str) -> Ran:
    """Run a line of the README that starts `pulumi`, without the preview."""
    program, *words = shlex.split(line)
    assert program == "pulumi"
    return stack.run(*words, *more, "--skip-preview")


def shows(ran: Ran, block: str) -> None:
    """Check that each line of a README's block was printed, whatever the times in it."""
    printed = {MEASURED.sub("N", line).strip() for line in ran.output.splitlines()}
    shown = [MEASURED.sub("N", line).strip() for line in block.splitlines()]
    assert shown
    assert [line for line in shown if line not in printed] == [], ran.output


@pytest.mark.parametrize("program", sorted(EXAMPLES.glob("*/__main__.py")), ids=lambda path: path.parent.name)
def test_programs_are_short(program: Path) -> None:
    """Each example has a README, and a program that is read in a minute."""
    assert len([line for line in program.read_text(encoding="utf-8").splitlines() if line.strip()]) <= 40
    assert program.with_name("README.md").is_file()


@pytest.mark.parametrize("example", [NIGHTLY, NOTIFICATIONS, PIPELINE])
def test_readmes_have_no_other_block(example: str) -> None:
    """A block of another language needs a test here."""
    text = (EXAMPLES / example / "README.md").read_text(encoding="utf-8")
    assert len(blocks(example, "console") + blocks(example, "text")) == text.count("```") / 2


@bridged("test_failed_run_is_readable_and_the_next_up_starts_a_new_one")
def test_nightly_job(tmp_path: Path) -> None:
    """Runs come in their order and the hook is told; an overrun is stopped and fails the `up`, the next one goes on."""
    first, longer, next_night, end = commands(NIGHTLY)
    stopped, completed, replaced = blocks(NIGHTLY, "text")
    with emulated(NIGHTLY) as account, receiving() as receiver:
        stack = stack_of(NIGHTLY, tmp_path, account)
        stack.run("config", "set", "hookUrl", receiver.url).succeeded()

        shows(follow(stack, first).failed(), stopped)
        assert stops(account) == [9003]
        shows(follow(stack, longer).succeeded(), completed)
        assert stack.run("stack", "output", "rebuild").succeeded().output.strip() == "completed"
        shows(follow(stack, next_night).succeeded(), replaced)
        receiver.received(22)
        events = [delivery.event for delivery in account.deliveries()]
        follow(stack, end).succeeded()

        runs = sorted(account.jobs(), key=lambda run: run.id)
        assert [(run.package_id, run.status) for run in runs] == [
            (201, "completed"),
            (202, "completed"),
            (203, "stopped"),
            (203, "completed"),
            (201, "completed"),
            (202, "completed"),
            (203, "completed"),
        ]
        assert stops(account) == [9003]
        ends = [["job.stopped"] if run.status == "stopped" else ["job.completed"] for run in runs]
        assert events == ["ping", *(event for end in ends for event in SUBMITTED + end)]
        assert [one.status for one in account.clusters()] == ["terminated"]
        assert account.hooks() == ()


def stops(account: Emulator) -> list[int]:
    """Return the ids of the runs that were asked to stop."""
    paths = [call.path for call in account.calls() if call.method == "DELETE"]
    return [int(path.rpartition("/")[2]) for path in paths if re.search(r"/jobs/\d+$", path)]


def test_notifications(tmp_path: Path) -> None:
    """The run of another day is told to `listen`, which has the salt of the stack and runs the example's command."""
    first, take_salt, listen, another_day = commands(NOTIFICATIONS)
    outputs, told = blocks(NOTIFICATIONS, "text")
    with emulated(NOTIFICATIONS) as account:
        stack = stack_of(NOTIFICATIONS, tmp_path, account)
        shows(follow(stack, first).succeeded(), outputs)
        with listening(stack, take_salt, listen) as (port, process):
            follow(stack, another_day, "--config", f"hookUrl=http://127.0.0.1:{port}/etl").succeeded()
            assert process.stdout is not None
            assert process.stdout.readline() == told
            process.terminate()
            assert process.wait(timeout=LONGEST) == 0


@contextmanager
def listening(stack: Stack, take_salt: str, listen: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """Start `listen` as the README does, on a free port; yield the port and the process."""
    variable, _, command = take_salt.removeprefix("export ").rstrip(')"').partition('="$(')
    salt = stack.run(*shlex.split(command)[1:]).succeeded().output.strip()
    take_id = shlex.split(listen.partition('"$(')[2].partition(')"')[0])
    hook = stack.run(*take_id[1:]).succeeded().output.strip()
    words = shlex.split(re.sub(r'"\$\(.*\)"', hook, listen).replace("--port 8765", "--port 0"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{stack.environment['PATH']}"
    with subprocess.Popen(
        [sys.executable, "-m", "xplenty_pulumi.cli", *words[1:]],
        cwd=stack.folder,
        env={**stack.environment, variable: salt, "PATH": path},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().rpartition(":")[2]), process
        finally:
            process.kill()


def test_pipeline(tmp_path: Path) -> None:
    """The schedule runs twice, an edit in the service comes back into the file, and the next `up` only validates it."""
    password, first, schedules, pull, again, end = commands(PIPELINE)
    created, changed = blocks(PIPELINE, "text")
    with emulated(PIPELINE) as account:
        stack = stack_of(PIPELINE, tmp_path, account)
        stack.run(*shlex.split(password)[1:]).succeeded()
        made = follow(stack, first).succeeded()
        if stack.has_bridge:  # without it a row has no text
            shows(made, created)
        for seconds in (DAY, DAY, HOUR):
            account.advance(seconds)
        assert re.search(r"nightly +enabled +1 day .* completed +2 ", stack.command(*shlex.split(schedules)[1:]).output)

        (package,) = [one for one in account.packages() if one.name == "loads"]
        account.edit_package(package.id, data_flow_json=package.data_flow_json.replace("append", "merge"))
        shows(stack.command(*shlex.split(pull)[1:]), changed)
        assert '"operation": "merge"' in (stack.folder / "packages" / "loads.json").read_text(encoding="utf-8")
        sent = len(writes(account))
        follow(stack, again).succeeded()
        assert writes(account)[sent:] == [f"POST /packages/{package.id}/validations"]

        follow(stack, end).succeeded()
        assert [one.name for one in account.schedules() if one.name == "nightly"] == []
        assert (account.connections(), account.packages()[-1].status) == ((), "archived")
