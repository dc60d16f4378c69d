"""What the command line loads before it knows which command is wanted, and that its help says what the commands say."""

import subprocess
import sys
from typing import Any

import pytest
import typer.main

from xplenty_pulumi.cli.app import COMMANDS, app

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
    own = ("", "._version", ".cli", ".cli.app")
    assert done.stderr.split() == [f"xplenty_pulumi{name}" for name in sorted(own)]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_the_program_says_what_each_command_says(name: str) -> None:
    """The sentence that is shown without loading a command is the first of its own help."""
    commands: Any = vars(typer.main.get_command(app))["commands"]
    assert commands[name].help.partition("\n\n")[0].replace("\n", " ") == COMMANDS[name][1]
