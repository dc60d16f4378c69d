"""`docs/how-to/backends.md`: the commands for PostgreSQL are run against a server; the others name what there is."""

import re
import shlex
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.engine.postgres import postgres
from tests.support.engine.stack import Stack
from xplenty_pulumi.emulator import Emulator

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "backends.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(_, POSTGRES), (_, S3), (_, CLOUD), (_, LOCKED), (_, PROVIDER) = BLOCKS
_S3_PARAMETERS = {"region", "endpoint", "use_path_style"}


def exported(block: str) -> list[tuple[str, str]]:
    """Return the variables that a block sets."""
    words = [word for line in block.splitlines() if line.startswith("export ") for word in shlex.split(line)[1:]]
    return [(name, value) for name, _, value in (word.partition("=") for word in words)]


def test_page_has_no_other_block() -> None:
    """A block added to the page needs a test here."""
    assert [kind for kind, _ in BLOCKS] == ["console", "console", "console", "text", "console"]
    assert len(BLOCKS) == PAGE.count("```") / 2


@pytest.mark.engine
def test_commands_for_postgresql(tmp_path: Path) -> None:
    """With the server's own URL and real secrets in the place of the dots, the block makes a stack, on one core too."""
    settings = dict(exported(POSTGRES))
    assert set(settings) == {"PULUMI_BACKEND_URL", "PGPASSWORD", "PULUMI_CONFIG_PASSPHRASE"}
    (command,) = [line for line in POSTGRES.splitlines() if line.startswith("pulumi ")]
    ((name, value),) = re.findall(r"`export (PULUMI_DIY_\w+)=(\d)`", PAGE)
    with postgres() as url, Emulator() as account:
        assert urlsplit(url).scheme == urlsplit(settings["PULUMI_BACKEND_URL"]).scheme
        secrets = {"PGPASSWORD": "any", "PULUMI_CONFIG_PASSPHRASE": "any"}
        stack = Stack(tmp_path, account, PULUMI_BACKEND_URL=url, GOMAXPROCS="1", **{name: value}, **secrets)

        stack.run(*shlex.split(command)[1:]).succeeded()

        names = stack.run("stack", "ls", "--json").succeeded().output
        assert '"prod"' in names
        assert not stack.files()


def test_addresses_of_s3() -> None:
    """They have a bucket and only parameters that the tried address has."""
    assert exported(S3)
    for name, value in exported(S3):
        assert name == "PULUMI_BACKEND_URL"
        parts = urlsplit(value)
        assert (parts.scheme, parts.netloc) == ("s3", "my-bucket")
        assert set(parse_qs(parts.query)) <= _S3_PARAMETERS


def test_settings_of_pulumi_cloud() -> None:
    """The address is the one of the table."""
    settings = dict(exported(CLOUD))
    assert settings.keys() == {"PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"}
    assert f"`{settings['PULUMI_BACKEND_URL']}`" in PAGE


def test_words_of_a_lock_are_those_that_the_tests_of_the_backend_expect() -> None:
    """The life of a stack in `tests/backends` meets them."""
    life = (Path(__file__).resolve().parents[2] / "backends" / "test_postgres.py").read_text()
    assert "the stack is currently locked by 1 lock(s)" in LOCKED
    assert "the stack is currently locked by 1 lock(s)" in life


def test_secrets_provider_is_an_option_of_the_engine() -> None:
    """The command makes a stack whose key is elsewhere."""
    words = shlex.split(PROVIDER)
    assert words[:4] == ["pulumi", "stack", "init", "prod"]
    assert words[4:5] == ["--secrets-provider"]
    assert urlsplit(words[5]).scheme == "awskms"
