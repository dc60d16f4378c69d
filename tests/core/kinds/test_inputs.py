"""Readers give one canonical form for every spelling, and words for everything else."""

from types import MappingProxyType

import pytest

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.inputs import Reader

LONG = "x" * 10_001
NO_IDS = ("", "x", "77.0", "7e1", "1e25", "0", "-7", "+7", "7_0", "\u0667", "9" * 5000)
NO_IDS = ("", "x", "77.0", "7e1", "1e25", "0", "-7", "+7", "7_0", "\u0667", "9" * 5000)


def refusal(read: Reader, value: object) -> str:
    """Return what the reader says against `value`."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what the tests look at
        read(value)
    return str(caught.value)


@pytest.mark.parametrize("value", ["", " ", "night", "\t", "a\nb", "ÄÖ", "😀", "x" * 10_000])
def test_text_is_kept_as_it_is(value: str) -> None:
    """A text is its own canonical form."""
    assert inputs.text()(value) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3, "must be a text, got 3"),
        (None, "must be a text, got None"),
        (b"night", "must be a text, got a bytes"),
        (["night"], "must be a text, got a list"),
        (LONG, "must be at most 10000 characters long, got 10001"),
        ("a\0b", "must not contain NUL characters or unpaired surrogates"),
        ("\ud800", "must not contain NUL characters or unpaired surrogates"),
    ],
)
def test_text_refuses(value: object, words: str) -> None:
    """What is no text, too long or not to be sent is refused in words."""
    assert refusal(inputs.text(), value) == words


@pytest.mark.parametrize("value", ["", "  ", "\n\t"])
def test_text_may_have_to_say_something(value: str) -> None:
    """Where a blank text makes no sense it is refused."""
    assert refusal(inputs.text(blank=False), value) == "must not be empty"


def test_text_may_be_shorter() -> None:
    """The longest text is a setting of the reader."""
    assert inputs.text(longest=3)("abc") == "abc"
    assert refusal(inputs.text(longest=3), "abcd") == "must be at most 3 characters long, got 4"


def test_description_loses_white_space_around_it() -> None:
    """A service may drop such white space, which must not look like drift."""
    assert inputs.description("  night loads \n") == "night loads"


def test_choice_takes_exactly_one_of_its_words() -> None:
    """A choice knows no other spelling."""
    read = inputs.choice("production", "sandbox")
    assert read("sandbox") == "sandbox"
    assert refusal(read, "Sandbox") == "must be one of 'production', 'sandbox', got 'Sandbox'"
    assert refusal(read, ["sandbox"]) == "must be one of 'production', 'sandbox', got a list"


@pytest.mark.parametrize("value", [4, 4.0])
def test_whole_number_has_one_form(value: object) -> None:
    """Every spelling of four is the number four."""
    found = inputs.whole(lowest=1)(value)
    assert found == 4
    assert type(found) is int


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (4.5, "must be a whole number, got 4.5"),
        ("four", "must be a number and not a text, got 'four'"),
        ("4", "must be a number and not a text, got '4'"),
        (True, "must be a number, got True"),
        (None, "must be a number, got None"),
        ([4], "must be a number, got a list"),
        (float("inf"), "must be a finite number, got inf"),
        (float("nan"), "must be a finite number, got nan"),
        (10**400, "must be a number, got 1000"),
        (1, "must be between 2 and 9, got 1"),
        (10, "must be between 2 and 9, got 10"),
    ],
)
def test_whole_number_refuses(value: object, words: str) -> None:
    """What is no whole number in the range is refused in words."""
    assert refusal(inputs.whole(lowest=2, highest=9), value).startswith(words)


def test_whole_number_may_be_open_above() -> None:
    """Without a highest number only the lowest is named."""
    assert inputs.whole(lowest=2)(10**12) == 10**12
    assert refusal(inputs.whole(lowest=2), 1) == "must be at least 2, got 1"


@pytest.mark.parametrize(("value", "found"), [(0, 0.0), (0.25, 0.25), (1, 1.0), (0.5, 0.5)])
def test_number_in_range(value: object, found: float) -> None:
    """A number may have a fraction and may stand on the edge of its range."""
    assert inputs.number(lowest=0, highest=1)(value) == found


@pytest.mark.parametrize("value", [-0.1, 1.01, "much", "0.5", False])
def test_number_out_of_range(value: object) -> None:
    """Beyond the range, and for what is no number, there are words."""
    assert refusal(inputs.number(lowest=0, highest=1), value).startswith("must be ")


@pytest.mark.parametrize("value", [True, "true", "True", "t", "T", 1, 1.0, "1", "1.0"])
def test_flag_true(value: object) -> None:
    """All of the service's spellings of true are True."""
    assert inputs.flag(value) is True


@pytest.mark.parametrize("value", [False, "false", "f", "F", 0, 0.0, "0"])
def test_flag_false(value: object) -> None:
    """All of the service's spellings of false are False."""
    assert inputs.flag(value) is False


@pytest.mark.parametrize("value", ["yes", 2, None, "", [], "on"])
def test_flag_refuses(value: object) -> None:
    """Other words are not guessed at."""
    assert refusal(inputs.flag, value).startswith("must be true or false, got ")


@pytest.mark.parametrize("value", [77, 77.0, "77", " 77", "077"])
def test_identifier_is_a_text_of_digits(value: object) -> None:
    """An id has one form, however it comes."""
    assert inputs.identifier(value) == "77"


def test_long_identifier_is_exact() -> None:
    """An id beyond what a float can hold keeps its last digit."""
    assert inputs.identifier("9007199254740993") == "9007199254740993"
    assert inputs.identifier(9007199254740993) == "9007199254740993"
    assert inputs.identifier(2.0**53 - 1) == "9007199254740991"


@pytest.mark.parametrize("value", [2.0**53, 1e25])
def test_identifier_that_may_have_changed_on_its_way_is_refused(value: float) -> None:
    """A float that stands for more than one whole number is no id, and the text says how to give one that long."""
    assert refusal(inputs.identifier, value).endswith("; give a number that long as a text of digits")


@pytest.mark.parametrize("value", [0, -1, 7.5, True, None, {}, *NO_IDS])
def test_identifier_refuses(value: object) -> None:
    """No other thing can be an id."""
    assert refusal(inputs.identifier, value).startswith("must be an id, a whole number above 0, got ")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1800, 1800),
        (0.5, 0.5),
        ("90", 90),
        ("90s", 90),
        ("30m", 1800),
        ("1h30m", 5400),
        ("1h0m5s", 3605),
        ("1.5h", 5400),
        (" 2h ", 7200),
        ("8784h", 366 * 86_400),
    ],
)
def test_duration_in_seconds(value: object, seconds: float) -> None:
    """A duration is read as a number of seconds or in hours, minutes and seconds."""
    assert inputs.duration(value) == seconds


@pytest.mark.parametrize("value", [0, -1, "0s", "", " ", "soon", "30 m", "1m1h", "8785h", True, None, "nan", ["30m"]])
def test_duration_refuses(value: object) -> None:
    """Everything else is told what a duration looks like."""
    words = refusal(inputs.duration, value)
    assert words == f"must be a time above zero and below a year, such as 1800 or '30m', got {inputs.shown(value)}"


@pytest.mark.parametrize(("value", "seconds"), [(60, 60), (60.0, 60), ("60", 60), ("45m", 2700), ("1.5h", 5400)])
def test_whole_seconds(value: object, seconds: int) -> None:
    """A time that the service counts in seconds may be written like any other."""
    found = inputs.whole_seconds(value)
    assert found == seconds
    assert type(found) is int


@pytest.mark.parametrize("value", [0, 0.5, "0.5s", "soon", True, None, 1e25])
def test_whole_seconds_refuse(value: object) -> None:
    """Parts of a second, no time at all and more than a year are refused."""
    assert refusal(inputs.whole_seconds, value).startswith("must ")


def test_variables_become_the_texts_that_are_sent() -> None:
    """Every value is the text that the service will read as an expression."""
    given = {"A": "'x'", "B": 4.0, "C": 4, "D": 0.5, "E": True, "F": False, "G": "", "H": 2**53 + 1, "I": 1e3}
    assert inputs.variables(MappingProxyType(given)) == {
        "A": "'x'",
        "B": "4",
        "C": "4",
        "D": "0.5",
        "E": "true",
        "F": "false",
        "G": "",
        "H": "9007199254740993",
        "I": "1000",
    }


@pytest.mark.parametrize("value", [[], {}, float("nan"), float("inf"), 10**400, LONG, "a\0b", b"x"])
def test_variables_refuse_a_value_by_its_name(value: object) -> None:
    """A value that cannot be sent is named by its variable, and not shown, since it may be a secret."""
    assert refusal(inputs.variables, {"DAY": value}) == (
        "has a value for 'DAY' that is not a text of at most 10000 characters, a finite number, true or false"
    )


@pytest.mark.parametrize("value", [None, inputs.MISSING])
def test_variables_refuse_none(value: object) -> None:
    """A variable that is None is named, whether it comes as None or as what a program sends in its stead."""
    words = "has None for 'DAY'; leave the variable out, or give it a value"
    assert refusal(inputs.variables, {"DAY": value}) == words


@pytest.mark.parametrize("sign", [1, -1])
def test_variables_refuse_a_number_that_may_have_changed_on_its_way(sign: int) -> None:
    """The engine counts in floats, which cannot tell such numbers from their neighbours; as a text they are exact."""
    assert inputs.variables({"ID": sign * (2.0**53 - 1)}) == {"ID": str(sign * (2**53 - 1))}
    assert refusal(inputs.variables, {"ID": sign * 2.0**53}).startswith("has a value for 'ID' that is not ")
    assert inputs.variables({"ID": str(sign * 2**54)}) == {"ID": str(sign * 2**54)}


@pytest.mark.parametrize("value", ["DAY=1", ["DAY"], None, 3])
def test_variables_are_a_mapping(value: object) -> None:
    """A list or a text is not taken for variables."""
    assert refusal(inputs.variables, value).startswith("must be a mapping of names to values, got ")


@pytest.mark.parametrize("name", ["", "a\0", 3, None])
def test_variable_names_are_texts(name: object) -> None:
    """A name that the service could not know is refused."""
    assert refusal(inputs.variables, {name: "1"}).startswith("has a variable whose name is not a text")


@pytest.mark.parametrize("value", [[], {}, [1, "a"], {"hash": "9f"}, ("x",)])
def test_triggers_are_kept(value: object) -> None:
    """Any list or mapping will do."""
    assert inputs.triggers(value) == value


@pytest.mark.parametrize("value", ["9f", b"9f", 3, None])
def test_triggers_refuse(value: object) -> None:
    """A bare value is more likely a slip; it is not shown, since it may be secret."""
    assert refusal(inputs.triggers, value) == f"must be a list or a mapping, got a {type(value).__name__}"
