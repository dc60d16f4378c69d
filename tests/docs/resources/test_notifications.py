"""The blocks of `docs/how-to/notifications.md` do what the page says."""

import inspect
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.cli.commands.listen.command import listen
from xplenty_pulumi.cli.commands.listen.requests import Notice
from xplenty_pulumi.core.kinds.hook import NEEDED, SETTINGS
from xplenty_pulumi.emulator import Emulator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "notifications.md").read_text()
NOTIFY, HOOK, LISTEN = re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.engine
def test_programs_declare_what_the_page_says(tmp_path: Path) -> None:
    """Both programs run on the real engine, and the blocks take the hook's id and its salt, which is not shown."""
    with Emulator(step=STEP) as account:
        stack = Stack(tmp_path / "stack", account)
        (stack.folder / "__main__.py").write_text(NOTIFY + HOOK)

        output = stack.up().succeeded().output

        (hook,) = account.hooks()
        assert [one.watched for one in account.clusters()] == [False]
        assert [one.watched for one in account.jobs()] == [True]
        assert hook.salt not in output
        taken = [shlex.split(line.partition("$(")[2].rstrip(')"')) for line in LISTEN.splitlines()]
        found = [stack.run(*words[1:]).succeeded().output.strip() for words in taken]
        assert found == [hook.salt, str(hook.id)]


def test_listen_block_listens_where_the_hook_writes() -> None:
    """The command of the page starts, on the port of the page's hook."""
    words = shlex.split(re.sub(r'"\$\(.*\)"', "701", LISTEN.splitlines()[1]))[1:]
    port = words.index("--port") + 1
    assert f":{words[port]}/" in HOOK
    words[port] = "0"
    command = [sys.executable, "-m", "xplenty_pulumi.cli", *words]
    environment = {**os.environ, "XPLENTY_HOOK_SALT": "5a17", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("listening on http://127.0.0.1:")
        process.terminate()
    assert process.returncode == 0


def test_table_has_the_settings_of_each_type() -> None:
    """Types and settings are those that are checked, the needed one first."""
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)
    shown = {type_: re.findall(r"`(\w+)`", settings) for type_, settings in rows}
    assert {type_: set(names) for type_, names in shown.items()} == {one: set(names) for one, names in SETTINGS.items()}
    assert {type_: names[0] for type_, names in shown.items()} == dict(NEEDED)


def test_named_options_and_variables_exist() -> None:
    """Every option and every variable that the page names is one, and no variable is missing."""
    options = {f"--{name.replace('_', '-')}" for name in inspect.signature(listen).parameters} | {"--exec"}
    named = set(re.findall(r"`(--[a-z-]+)", PAGE))
    assert named
    assert named <= options
    assert set(re.findall(r"`(XPLENTY_\w+)`", PAGE)) == {*Notice("ping", "5").variables()}
