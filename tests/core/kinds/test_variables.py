"""Values of variables are expressions: quoting them, and seeing which one was forgotten."""

from typing import Any

import pytest

from xplenty_pulumi import quote
from xplenty_pulumi.core.kinds.variables import looks_unquoted, unquoted_text
from xplenty_pulumi.errors import SpecError


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
        (5, "'5'"),
        (0.5, "'0.5'"),
    ],
)
def test_quote_makes_a_string_constant(value: str | float, quoted: str) -> None:
    """Quotes go around, and whatever would end the constant too early is escaped."""
    assert quote(value) == quoted


def test_quote_names_what_it_cannot_take() -> None:
    """An output has no text yet."""
    unknown: Any = object()
    with pytest.raises(SpecError, match=r"a text or a number, got object.*`output\.apply\(quote\)`"):
        quote(unknown)


@pytest.mark.parametrize("value", ["today", "x", "New York", "état", "end", "CurrentTime", "10 days", "it's", "a@b.c"])
def test_words_look_unquoted(value: str) -> None:
    """A word that calls nothing and is none of the language was probably meant as a text."""
    assert looks_unquoted({"variables": {"DAY": value}}) == ["DAY"]


@pytest.mark.parametrize(
    "value",
    [
        *("2026-01-31", "2026/1/31", "31.01.2026", "2026-01", "2026-01-31 12:00:00", "2026-01-31T00:00:00Z", "12:30"),
        *(
            "/sales/x",
            "./x",
            "s3://bucket/path",
            "gs://a b",
            "C:\\data",
            "*.csv",
            "10.0.0.1",
            "1.2.3",
            "80%",
            "#1",
            "~",
        ),
        *("1 2", "'a' 'b'", "'a", "$A $B", "3f2a-11", "5,"),
    ],
)
def test_dates_paths_and_the_like_look_unquoted(value: str) -> None:
    """A date is also a subtraction, and a path a division: neither was meant as one."""
    assert looks_unquoted({"variables": {"DAY": value}}) == ["DAY"]


@pytest.mark.parametrize(
    "value",
    [
        *(
            "'today'",
            '"today"',
            "$START",
            "5",
            "2.5",
            "-1",
            "CurrentTime()",
            "true",
            "NULL",
            "False",
            "",
            " ",
            "a('b')",
        ),
        *("$A + 1", "1 + 2", "(int)$x", "$x is null", "not $a", "!$a", "-$x", "1e5", "1e-5", "10L", ".5", "${x}"),
        *("CASE WHEN $a == 1 THEN 'x' ELSE 'y' END", "($a > 1 ? 'x' : 'y')", "$a matches '.*'", "$m#'k'", "$a.b()"),
        *("SubtractDuration(CurrentTime(),'P1D')", "ToDate('2026-01-31')", "CONCAT('a', $b)", "$_ACCOUNT"),
        *(quote("it's"), quote("C:\\d"), quote("a\nb"), quote("2026-01-31"), "org.apache.pig.X('a')"),
    ],
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


def test_warning_names_the_variables_and_the_remedy() -> None:
    """The text names each variable once and `quote`, shows no value, and leaves plain ones out."""
    inputs = {"variables": {"day": "2026-01-31", "path": "/sales/x", "password": "hunter two", "n": "5"}}
    text = unquoted_text(inputs, plain=frozenset({"password"}))
    assert text.startswith("day, path look like texts without quotes")
    assert "xplenty_pulumi.quote(...)" in text
    assert "2026" not in text
    assert unquoted_text({"variables": {"day": "2026-01-31"}}).startswith("day looks like a text without quotes")
    assert unquoted_text({"variables": {"day": quote("2026-01-31")}}) == ""
