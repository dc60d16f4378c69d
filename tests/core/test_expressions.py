"""Values of variables are expressions: quoting them, and seeing which one was forgotten."""

import pytest

from xplenty_pulumi import quote
from xplenty_pulumi.core.expressions import looks_unquoted


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("today", "'today'"),
        ("", "''"),
        ("it's", r"'it\'s'"),
        ("C:\\data", r"'C:\\data'"),
        ("\\'", r"'\\\''"),
        ("'x'", r"'\'x\''"),
        ('say "x"', "'say \"x\"'"),
    ],
)
def test_quote_makes_a_string_constant(value: str, quoted: str) -> None:
    """Quotes go around, and whatever would end the constant too early is escaped."""
    assert quote(value) == quoted


@pytest.mark.parametrize("value", ["today", "x", "New York", "s3://bucket/path", "état"])
def test_words_look_unquoted(value: str) -> None:
    """A value that begins like a word and calls nothing was probably meant as a text."""
    assert looks_unquoted({"variables": {"DAY": value}}) == ["DAY"]


@pytest.mark.parametrize(
    "value",
    ["'today'", '"today"', "$START", "5", "2.5", "-1", "CurrentTime()", "true", "NULL", "False", "", " ", "a('b')"],
)
def test_expressions_do_not(value: str) -> None:
    """Constants, references, calls and numbers are expressions."""
    assert looks_unquoted({"variables": {"DAY": value}}) == []


def test_quoted_values_never_look_unquoted() -> None:
    """What `quote` returns is taken for what it is."""
    assert looks_unquoted({"variables": {"DAY": quote("today")}}) == []


def test_both_groups_are_looked_at() -> None:
    """Static and dynamic variables are both expressions; without any there is nothing to say."""
    inputs = {"variables": {"A": "1", "B": "word"}, "dynamic_variables": {"C": "word"}}
    assert looks_unquoted(inputs) == ["B", "C"]
    assert looks_unquoted({"variables": None, "cluster_id": "word"}) == []
