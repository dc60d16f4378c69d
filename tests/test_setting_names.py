"""What settings are called: no variable means two things, and texts name those of the account they are about."""

from itertools import product

import pytest

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.setting_names import OF_ACCOUNT, OTHER_VARIABLES, SHARED, VARIABLES, SettingNames, variable_of
from xplenty_pulumi.settings import load

WORDS = sorted({word.lower() for one in (*VARIABLES.values(), *OTHER_VARIABLES) for word in one.split("_")[1:]})
NAMES = ["-".join(words) for length in (1, 2, 3) for words in product([*WORDS, "eu"], repeat=length)]
TAKEN = ["former", "eu-former", "eu-west-former", "former-former"]


def accepted(name: str) -> bool:
    """Return whether a set can have this name."""
    try:
        return inputs.account(name) == name
    except ValueError:
        return False


def test_no_variable_is_of_two_settings() -> None:
    """Whatever names are accepted, each variable of a set is of that set's setting only."""
    names = [name for name in NAMES if accepted(name)]
    variables = [variable_of(key, name) for name in names for key in OF_ACCOUNT]
    assert len({*variables}) == len(variables)
    assert {*variables}.isdisjoint({*VARIABLES.values(), *OTHER_VARIABLES})


def test_only_names_that_end_in_former_are_taken() -> None:
    """The names that are refused are those whose account is the former name of another account."""
    refused = {name for name in NAMES if not accepted(name)}
    assert refused == {name for name in NAMES if f"-{name}".endswith("-former")}


@pytest.mark.parametrize("name", TAKEN)
def test_taken_name_is_refused_with_its_variable(name: str) -> None:
    """The input and the settings both refuse it, and say which variable would mean two things."""
    variable = variable_of("accountId", name)
    with pytest.raises(ValueError, match=f"its accountId would be {variable}, which is the variable of another"):
        inputs.account(name)
    named = {variable_of(key, name): "x" for key in OF_ACCOUNT}
    with pytest.raises(ConfigError, match=f"account must be another name.*{variable}.*{name}"):
        load(named, lambda _key: None, name)


@pytest.mark.parametrize("name", ["former-eu", "formerly", "eu", "api", "account"])
def test_like_names_are_free(name: str) -> None:
    """A name that only resembles a taken one has variables of its own."""
    assert accepted(name)


@pytest.mark.parametrize("key", OF_ACCOUNT)
def test_names_in_a_text(key: str) -> None:
    """Both places of a setting are named; for what a set may leave out those of the stack's own account are too."""
    own, of_eu = SettingNames(), SettingNames("eu")
    assert own.both(key) == f"{VARIABLES[key]} (or xplenty:{key})"
    assert of_eu.both(key).startswith(f"{variable_of(key, 'eu')} (or xplenty-eu:{key}")
    assert (f"or else {VARIABLES[key]}" in of_eu.both(key)) is (key in SHARED)
