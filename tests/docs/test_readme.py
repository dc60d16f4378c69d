"""Every block of README is run, and what it says of versions and commands is that of the code."""

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.engine.stack import STEP, Stack
from tools.engine.verify import FLOOR
from tools.picture import PICTURE, lines
from xplenty_pulumi.emulator import Emulator, Seed

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TIMES = re.compile(r"\d+(\.\d+)?")
LONGEST = 135


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and its text."""

    language: str
    text: str


def blocks() -> list[Block]:
    """Return the fenced blocks of README in their order."""
    return [Block(*found) for found in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)]


INSTALL, PULUMI_YAML, PROGRAM, SERVE, FIRST_UP, OUTPUT, ACCOUNT, MAKE = blocks()


@pytest.fixture
def account() -> Iterator[Emulator]:
    """The account that the commands of README start, on which half a minute passes with each look."""
    seed, serve, _ = SERVE.text.splitlines()
    written = shlex.split(seed.partition(" >")[0])[1]
    assert serve.split()[-1] == "&"
    assert f"--seed-file {seed.partition(' >')[2]}" in serve
    with Emulator(Seed(**json.loads(written)), step=STEP) as emulator:
        yield emulator


def test_readme_has_no_block_that_is_not_run_below() -> None:
    """A block added to README needs a test here."""
    languages = [block.language for block in blocks()]
    assert languages == ["console", "yaml", "python", "console", "console", "text", "console", "console"]
    assert len(blocks()) == README.count("```") / 2


def test_readme_is_short() -> None:
    """It is read in a few minutes; what is longer has a page."""
    assert len(README.splitlines()) <= LONGEST


def test_first_program_is_short() -> None:
    """The program on the first screen has at most ten lines."""
    assert len(PROGRAM.text.splitlines()) <= 10


def test_settings_name_the_account() -> None:
    """The exports of README are those that the account of its command needs."""
    seed, serve, settings = SERVE.text.splitlines()
    written = json.loads(shlex.split(seed.partition(" >")[0])[1])
    (port,) = re.findall(r"--port (\d+)", serve)
    assert shlex.split(settings)[1:] == [
        f"XPLENTY_API_URL=http://127.0.0.1:{port}",
        f"XPLENTY_ACCOUNT_ID={written['account_id']}",
        f"XPLENTY_API_KEY={written['api_key']}",
    ]


@pytest.mark.engine
def test_first_program_prints_what_readme_shows(tmp_path: Path, account: Emulator) -> None:
    """Project and program run on the real engine; what README shows is printed; more nodes resize the same cluster."""
    stack = Stack(tmp_path / "project", account)
    (stack.folder / "Pulumi.yaml").write_text(PULUMI_YAML.text)
    (stack.folder / "__main__.py").write_text(PROGRAM.text)
    _mkdir, _export, *commands = [shlex.split(line) for line in FIRST_UP.text.splitlines()]

    printed: set[str] = set()
    for program, *words in commands:
        assert program == "pulumi"
        output = stack.run(*words).succeeded().output
        printed |= {TIMES.sub("N", line).strip() for line in output.splitlines()}

    assert OUTPUT.text
    assert [line for line in OUTPUT.text.splitlines() if TIMES.sub("N", line).strip() not in printed] == []
    (stack.folder / "__main__.py").write_text(PROGRAM.text.replace("nodes=2", "nodes=4"))
    stack.up().succeeded()
    assert [(one.nodes, one.status) for one in account.clusters()] == [(4, "available")]


def test_picture_shows_the_program() -> None:
    """The picture has the rows that README shows and those of a resize, and loads nothing."""
    picture = PICTURE.read_text(encoding="utf-8")
    shown = lines(picture)
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in README
    assert [line for line in OUTPUT.text.splitlines() if re.sub(r"\d+(?=s)", "N", line).strip() not in shown] == []
    assert any("updated" in line and "~nodes" in line for line in shown)
    assert "@font-face" not in picture
    assert "href" not in picture


def test_versions_are_those_of_the_code() -> None:
    """README names the smallest Python, engine and SDK that are supported."""
    (sdk,) = re.findall(r"^pulumi>=([\d.]+)", "\n".join(PROJECT["dependencies"]), re.MULTILINE)
    text = " ".join(README.split())
    assert f"Python {PROJECT['requires-python'].removeprefix('>=')} or later" in text
    assert f"`pulumi`, {FLOOR.major}.{FLOOR.minor} or later on PATH" in text
    assert f"Pulumi's SDK for Python, {sdk} or later" in text


def test_what_is_installed_is_the_package_with_its_extras() -> None:
    """The command names the package of pyproject.toml and extras that it has."""
    found = re.fullmatch(r'pip install "([\w-]+)\[([\w,]+)\]"\n', INSTALL.text)
    assert found is not None
    assert found[1] == PROJECT["name"]
    assert set(found[2].split(",")) <= set(PROJECT["optional-dependencies"])


def test_make_commands_exist() -> None:
    """Each `make` command that README names is a target."""
    listed = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert MAKE.text
    for command in MAKE.text.splitlines():
        assert re.search(rf"^{command}\s", listed, re.MULTILINE)


def test_settings_of_the_account_block_are_read() -> None:
    """The variables are ones that are read."""
    source = (ROOT / "xplenty_pulumi/setting_names.py").read_text()
    assert "XPLENTY_" in ACCOUNT.text
    for variable in re.findall(r"XPLENTY_\w+", ACCOUNT.text):
        assert f'"{variable}"' in source
