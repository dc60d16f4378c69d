"""The blocks and tables of `docs/how-to/gitops.md` are held against the commands, the example and the engine's log."""

import re
import shlex
from itertools import groupby, pairwise
from pathlib import Path

from typer.testing import CliRunner

from tests.engine.test_rows import CALM_UP, NUMBER
from tests.gitops.test_preview_comment import document, step
from tests.gitops.test_workflows import OTHERS, SETTINGS
from tests.gitops.workflows import EXAMPLE
from xplenty_pulumi.cli.app import app
from xplenty_pulumi.cli.ui.markdown import LARGEST
from xplenty_pulumi.settings import CI_VARIABLES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "gitops.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(_, COMMAND), (_, COMMENT), (_, LOG) = BLOCKS


def test_page_has_no_other_block() -> None:
    """A block added to the page needs a test here."""
    assert [kind for kind, _ in BLOCKS] == ["console", "markdown", "text"]
    assert len(BLOCKS) == PAGE.count("```") / 2


def test_comment_is_what_is_printed() -> None:
    """The comment is that of the command above it for a resize and a new day."""
    resize = step("update", "etl", before={"nodes": 2}, after={"nodes": 4})
    load = step("replace", "load", kind="JobRun", before={"variables": {"day": "1"}}, after={"variables": {"day": "2"}})
    words = shlex.split(COMMAND.partition("| xplenty-pulumi ")[2])
    changed = [resize | {"diffReasons": ["nodes"]}, load | {"diffReasons": ["variables"]}]
    changed[1]["detailedDiff"] = {"variables.day": {"kind": "update"}}
    assert CliRunner().invoke(app, words, input=document(*changed)).stdout == COMMENT


def test_log_is_what_the_engine_prints() -> None:
    """But for numbers and the lines of silent minutes, it is the log that the test of the engine's log expects."""
    lines = [re.sub(r"· (Nm)?Ns of", "· Ns of", NUMBER.sub("N", line).strip()) for line in LOG.splitlines()]
    assert [line for line, _ in groupby(lines)] == CALM_UP.splitlines()
    creating = [int(second) for second in re.findall(r"etl creating \((\d+)s\) \[2/2\]", LOG)]
    assert [59 < later - sooner < 65 for sooner, later in pairwise(creating)] == [True, True]


def test_table_of_scripts() -> None:
    """Each script of the example is named, and there are no others."""
    named = set(re.findall(r"`(ci/[\w.]+)`", PAGE))
    assert named == {f"ci/{file.name}" for file in (EXAMPLE / "ci").iterdir() if file.is_file()}


def test_settings_are_those_of_the_workflows() -> None:
    """Every setting that comes from a store has its row."""
    table = PAGE[PAGE.index("| setting | where it is kept |") :].partition("\n\n")[0]
    not_kept = {"PULUMI_STACK", "PULUMI_PARALLEL", "COMMIT", "PULL_REQUEST", "RUN_URL"}
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == (SETTINGS | OTHERS | {"GITLAB_TOKEN"}) - not_kept


def test_numbers_and_names_are_those_of_the_code() -> None:
    """What the page says of sizes, pauses and CI systems is so."""
    assert f"at most {LARGEST:,} bytes" in PAGE
    script = (EXAMPLE / "ci" / "up.sh").read_text()
    assert "${LOCK_PAUSE:-30}" in script
    assert "${LOCK_TRIES:-60}" in script
    assert "every 30 seconds for half an hour" in PAGE
    (sentence,) = re.findall(r"is recognised by what it sets: (.*?)\. `CI=true`", PAGE, re.DOTALL)
    assert tuple(re.findall(r"`(\w+)`", sentence)) == CI_VARIABLES
