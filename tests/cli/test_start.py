"""What the command line loads before it knows which command is wanted, and that its help says what the commands say."""

import subprocess
import sys
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from xplenty_pulumi.cli.app import COMMANDS, app

ADVICE = "What it was asked to do may be done; look with `xplenty-pulumi status`"
LOADED = """
import sys
from xplenty_pulumi.cli import main
sys.argv = ["xplenty-pulumi", {option!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code
own = {{name for name in sys.modules if name.startswith("xplenty_pulumi")}}
foreign = {{name.partition(".")[0] for name in sys.modules}} & {{"pulumi", "grpc", "httpx", "pydantic", "rich"}}
print(*sorted(own | foreign), sep=" ", file=sys.stderr)
"""


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_no_command(option: str) -> None:
    """Neither the client nor Pulumi's library is waited for, nor any command."""
    code = LOADED.format(option=option)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    own = ("", "._version", ".cli", ".cli.app", ".cli.garbage", ".cli.help")
    assert done.stderr.split() == [f"xplenty_pulumi{name}" for name in sorted(own)]


def test_drift_loads_little_before_the_engine_is_at_work() -> None:
    """What it compares with is loaded while the engine answers."""
    code = "import sys, xplenty_pulumi.cli.commands.drift.command; print(*{'httpx', 'pydantic'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(("words", "searches"), [(["--version"], False), (["branch"], True)])
def test_a_command_that_is_loaded_looks_for_garbage(words: list[str], searches: bool) -> None:
    """The search for garbage is off while there is nothing but what is loaded, and on for all that a command does."""
    code = f"""
import atexit, gc, sys
from xplenty_pulumi.cli import main
atexit.register(lambda: print(gc.isenabled()))
sys.argv = ["xplenty-pulumi", *{words}]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split()[-1] == str(searches)


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["branch", "-h"]])
def test_help_cuts_no_sentence(words: list[str]) -> None:
    """What a command does is wrapped where it does not fit on a line."""
    shown = CliRunner().invoke(app, words, env={"COLUMNS": "60"})
    assert shown.exit_code == 0
    assert "..." not in shown.stdout.replace("[ARGS]...", "")


@pytest.mark.parametrize("line", ["status x", "packages --type x", "wait cluster 7 --for x"])
def test_a_value_that_is_not_taken_is_told_in_plain_words(line: str) -> None:
    """The reason names the values there are, and no tool of typer's."""
    done = CliRunner().invoke(app, line.split())
    assert done.exit_code == 2
    told = " ".join(done.stderr.replace("\u2502", " ").split())
    assert ("'x' is not one of" in told, "Value error" in told) == (True, False)


@pytest.mark.parametrize("words", [["--help"], ["status", "--help"]])
@pytest.mark.parametrize(("closing", "code", "told"), [(">/dev/full", 1, "No space left on device"), (">&-", 0, "")])
def test_output_that_cannot_be_written_is_no_traceback(words: list[str], closing: str, code: int, told: str) -> None:
    """A full disk is one line on stderr; what goes to a closed stdout is wanted by nobody."""
    command = f'"$0" -m xplenty_pulumi.cli {" ".join(words)} {closing}'
    done = subprocess.run(["sh", "-c", command, sys.executable], capture_output=True, text=True, check=False)
    text = f"xplenty-pulumi: cannot write its output: {told}. {ADVICE}\n"
    assert (done.returncode, done.stderr) == (code, text if told else "")


@pytest.mark.parametrize(
    "moment", ["builtins.__import__", "xplenty_pulumi.cli.app.import_module", "xplenty_pulumi.cli.garbage.leave"]
)
def test_ctrl_c_before_and_after_a_command_is_no_traceback(moment: str) -> None:
    """One line and exit code 1, while typer or the command is loaded, and while the process ends."""
    code = f"""
import sys
from unittest import mock
from xplenty_pulumi.cli import main
sys.argv = ["xplenty-pulumi", "branch"]
with mock.patch({moment!r}, side_effect=KeyboardInterrupt):
    main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1:]) == (1, [f"xplenty-pulumi: ended by Ctrl-C. {ADVICE}"])
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_the_program_says_what_each_command_says(name: str) -> None:
    """The sentence that is shown without loading a command is the first of its own help."""
    commands: Any = vars(typer.main.get_command(app))["commands"]
    assert commands[name].help.partition("\n\n")[0].replace("\n", " ") == COMMANDS[name][1]
