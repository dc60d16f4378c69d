"""Bootstrap actions are read in one form, whichever of their parts are left out."""

import pytest

from xplenty_pulumi.core.kinds.inputs import bootstrap_actions, shown


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], []),
        ([{"script_path": "s3://a"}], [{"script_path": "s3://a"}]),
        ([{"script_path": "s3://a", "args": None}], [{"script_path": "s3://a"}]),
        ([{"script_path": "s3://a", "args": []}], [{"script_path": "s3://a"}]),
        (({"script_path": "s3://a", "args": ("x", "y")},), [{"script_path": "s3://a", "args": ["x", "y"]}]),
    ],
)
def test_actions_have_one_form(given: object, found: object) -> None:
    """No arguments and an empty list of them are the same."""
    assert bootstrap_actions(given) == found


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("s3://a", "must be a list of actions, got 's3://a'"),
        ({"script_path": "s3://a"}, "must be a list of actions, got a dict"),
        (["s3://a"], "[0] must have script_path and perhaps args, and nothing else"),
        ([{"script_path": "s3://a", "arg": 1}], "[0] must have script_path and perhaps args, and nothing else"),
        ([{"script_path": "s3://a"}, {"args": []}], "[1] needs a script_path"),
        ([{"script_path": ""}], "[0] needs a script_path"),
        ([{"script_path": "s3://a", "args": "x"}], "[0] has args that are not a list of texts"),
        ([{"script_path": "s3://a", "args": [1]}], "[0] has args that are not a list of texts"),
    ],
)
def test_actions_refuse(given: object, words: str) -> None:
    """What is wrong is named with its position."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is what is tested
        bootstrap_actions(given)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        ("a", "'a'"),
        ({"key": "s3cret"}, "a dict"),
        ({1}, "a set"),
        ("x" * 58, repr("x" * 58)),
        ("x" * 99, "'" + "x" * 56 + "..."),
    ],
)
def test_errors_show_values_shortly(value: object, text: str) -> None:
    """A text never holds what is in a container, and never a long value."""
    assert shown(value) == text
