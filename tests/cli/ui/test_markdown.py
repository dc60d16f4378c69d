"""What is put into Markdown stays a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xplenty_pulumi.cli.ui.markdown import code, fence, fitting, plain, row

HOSTILE = st.text(alphabet="`|<>@\n\\*_[](){}-!&~ aé", max_size=30)


@given(HOSTILE, HOSTILE)
def test_no_text_ends_its_cell(one: str, other: str) -> None:
    """Only the bars of the table count as such: no other one lacks a backslash, and none has two."""
    line = row([code(one), plain(other)])
    bars = line.replace("\\\\", "").replace("\\|", "")
    assert (bars.count("|"), line.count("\n")) == (3, 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a|b", "`a\\|b`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a\\|b", "`a\\ \\|b`"), ("", ""), ("a\nb", "`a b`")],
)
def test_code_span_holds_any_text(text: str, shown: str) -> None:
    """Backticks are enclosed by more of them, and a backslash before a bar cannot free it."""
    assert code(text) == shown


def test_text_is_no_markup_and_calls_nobody() -> None:
    """Each character that means something gets a backslash."""
    assert plain("*a* <b> @all &lt; ~~c~~") == "\\*a\\* \\<b\\> @ all \\&lt; \\~\\~c\\~\\~"


def test_fence_is_longer_than_any_in_it() -> None:
    """So no text closes it."""
    assert fence("a\n````\nb") == "`````text\na\n````\nb\n`````\n"


def test_bytes_count_and_not_letters() -> None:
    """What does not fit ends it, although a later part would."""
    assert fitting(["é", "éé", "a"], 4) == ["é"]
