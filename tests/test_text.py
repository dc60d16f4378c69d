"""Texts of others reach neither a terminal nor a CI system as anything but texts."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from xplenty_pulumi import text
from xplenty_pulumi.text import duration, harmless, not_commands, one_line, plural, rough_duration, since, stamp, stated

OBEYED = {
    "escape": "\x1b[2J\x1b]0;title\x07",
    "bell": "\x07",
    "carriage return": "\r",
    "C1": "\x9b31m",
    "direction": "\u202egnp.exe\u2066",
    "line separator": "\u2028::error::no",
    "deleted": "\x7f",
}


@pytest.mark.parametrize("obeyed", OBEYED.values(), ids=OBEYED)
def test_nothing_that_a_terminal_obeys_is_left(obeyed: str) -> None:
    """Control characters, and those that turn the direction of writing, become blanks; the rest stays."""
    shown = harmless(f"before{obeyed}after\n\tZo\u00eb")
    assert shown.startswith("before ")
    assert shown.endswith("after\n\tZo\u00eb")
    assert all(one.isprintable() or one in "\n\t" for one in shown)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::it broke", ": :error::it broke"),
        ("  ::add-mask::x", "  : :add-mask::x"),
        ("one\n::set-output name=a::b", "one\n: :set-output name=a::b"),
        ("##[error]it broke", "# #[error]it broke"),
        ("at the end ##[group]x", "at the end # #[group]x"),
        ("##vso[task.setvariable variable=a]b", "# #vso[task.setvariable variable=a]b"),
        ("##TeamCity[buildStop]", "# #TeamCity[buildStop]"),
    ],
)
def test_no_line_is_a_command_of_a_ci_system(line: str, shown: str) -> None:
    """It can still be read."""
    assert not_commands(line) == harmless(line) == shown


@pytest.mark.parametrize("text", ["", "amazon-web-services::us-east-1", "a [x] ## heading", "urn:pulumi:dev::a::b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    """Two colons within a line are no command, nor is a heading."""
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("count", "noun", "shown"),
    [(1, "job", "1 job"), (0, "job run", "0 job runs"), (2, "branch", "2 branches"), (1200, "call", "1,200 calls")],
)
def test_counts_carry_their_noun(count: int, noun: str, shown: str) -> None:
    """Large ones are grouped by thousands."""
    assert plural(count, noun) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        (None, None, ""),
        (" a\r\n\x1b[2Jb ", None, "a [2Jb"),
        ("abcdef", 5, "ab..."),
        ("abcde", 5, "abcde"),
        (f"a{' ' * 50}b", 5, "a..."),
    ],
)
def test_a_text_is_brought_onto_one_line(text: str | None, limit: int | None, shown: str) -> None:
    """Nothing that a terminal obeys is in it, and it has no more than the characters that are allowed."""
    assert one_line(text, limit=limit) == shown


@pytest.mark.parametrize(
    ("seconds", "exact", "rough"),
    [(45, "45s", "45s"), (190, "3m10s", "3m10s"), (7500, "2h05m", "2h05m"), (180_000, "50h", "2d")],
)
def test_durations_are_spelled_in_two_ways(seconds: float, exact: str, rough: str) -> None:
    """A rough one counts days from the second on."""
    assert (duration(seconds), rough_duration(seconds)) == (exact, rough)


def test_moments_are_told_in_utc() -> None:
    """To the second, and one that is not known as a dash."""
    noon = datetime.fromisoformat("2026-03-01T12:00:00.5+02:00")
    assert (stamp(noon), since(noon, noon + timedelta(hours=1)), since(None, noon)) == (
        "2026-03-01T10:00:00Z",
        "1h",
        "-",
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("failed", "failed"),
        ("stopped", "was stopped"),
        ("error", "is in error"),
        ("terminated", "is terminated"),
        ("pending_terminate", "is pending_terminate"),
    ],
)
def test_a_status_is_a_part_of_a_sentence(status: str, said: str) -> None:
    """The service's word is kept wherever it is one that follows `is`."""
    assert stated(status) == said


def test_no_other_module_does_the_same() -> None:
    """What brings texts onto a line, or counts things, is here and nowhere else."""
    here = Path(str(text.__file__))
    own = re.compile(r"""isprintable|(''|"") if [\w.()]+ == 1 else ['"]s""")
    assert {file for file in here.parent.rglob("*.py") if own.search(file.read_text())} == {here}
