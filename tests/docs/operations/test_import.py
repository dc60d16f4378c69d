"""The blocks and tables of `docs/how-to/import.md`."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands.imports.test_declare import cluster, hook, package, schedule
from tests.support.engine.stack import STEP, Stack
from xplenty_pulumi.cli.commands.imports.declare import declare, names_of
from xplenty_pulumi.cli.commands.imports.program import program_of
from xplenty_pulumi.cli.commands.imports.run import FLOOR
from xplenty_pulumi.core.kinds.registry import kind_of
from xplenty_pulumi.emulator import Emulator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "import.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROGRAM = next(text for language, text in BLOCKS if language == "python")
COMMANDS = next(text for language, text in BLOCKS if language == "console").splitlines()


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose time passes with each look."""
    with Emulator(step=STEP) as made:
        yield made


@pytest.fixture
def stack(tmp_path: Path, account: Emulator) -> Stack:
    """A new stack whose settings name the account."""
    return Stack(tmp_path, account)


def test_page_has_no_other_block() -> None:
    """A block added to the page needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2 == 2
    assert "`pulumi` {}.{} or later".format(*FLOOR) in PAGE


def test_program_is_what_is_written() -> None:
    """The program of the page is that of an account with a cluster, a hook, a package and a schedule of it."""
    records = [
        cluster(name="Nightly ETL", nodes=3, region="amazon-web-services::us-east-1"),
        hook(events=["job.failed"]),
        package(name="Daily sales", variables={"day": "'2026-01-01'"}),
        schedule(),
    ]
    things = [(kind_of(one), one) for one in records]
    names = names_of(things)
    assert program_of([declare(kind, one, names) for kind, one in things], folder=".") == PROGRAM


@pytest.mark.engine
def test_commands_take_an_account_over(stack: Stack, account: Emulator) -> None:
    """The two commands of the page, one after the other, and then nothing is planned."""
    account.add_cluster(name="Nightly ETL")
    (stack.folder / "__main__.py").write_text('"""A Python Pulumi program"""\n\nimport pulumi\n')
    ours, engine = (shlex.split(line) for line in COMMANDS)
    stack.command(*ours[1:]).succeeded()
    stack.run(*engine[1:]).succeeded()
    stack.up("--expect-no-changes").succeeded()


@pytest.mark.engine
def test_import_without_a_file_fails_as_the_page_says(stack: Stack, account: Emulator) -> None:
    """The words by which somebody looks for the page are those that the engine prints."""
    one = account.add_cluster()
    words = ("pulumi-python:dynamic/xplenty:Cluster", "etl", str(one.id), "--yes", "--generate-code=false")
    ran = stack.run("import", *words)
    assert (ran.code != 0, "KeyError: '__provider'" in ran.output) == (True, True)
    (stack.folder / "__main__.py").write_text(
        "import pulumi, xplenty_pulumi\n"
        f"xplenty_pulumi.Cluster('etl', nodes=2, opts=pulumi.ResourceOptions(import_='{one.id}'))\n"
    )
    output = stack.run("preview").failed().output
    assert "see docs/how-to/import.md" in output
    assert "Traceback" not in output
