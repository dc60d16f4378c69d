"""Texts of others reach neither a terminal nor a CI system as anything but texts."""

import pytest

from xplenty_pulumi.text import harmless, not_commands

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
