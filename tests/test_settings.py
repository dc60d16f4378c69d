"""Settings: the environment before the configuration, and errors that name both places."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from pulumi.dynamic import Config

from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.core.preview.stack_rules import load_rules
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.setting_names import ONLY_CONFIGURED, OTHER_VARIABLES, VARIABLES, variable_of
from xplenty_pulumi.settings import (
    DEFAULT_URL,
    Settings,
    bridge_enabled,
    load,
    names_in,
    nothing,
    require_known,
    require_known_in,
    strange_variables,
)

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {"XPLENTY_API_KEY": "key-e", "XPLENTY_ACCOUNT_ID": "acc-e", "XPLENTY_API_URL": "http://127.0.0.1:1"}
CONFIG: Mapping[str, object] = {"xplenty:apiKey": "key-c", "xplenty:accountId": "acc-c", "xplenty:apiUrl": "https://c"}


def test_environment_comes_first() -> None:
    """Where both say something the environment counts."""
    assert load(ENVIRONMENT, CONFIG.get) == Settings(Secret("key-e"), "acc-e", "http://127.0.0.1:1")


def test_configuration_comes_second() -> None:
    """Each setting is looked up by itself."""
    assert load({}, CONFIG.get) == Settings(Secret("key-c"), "acc-c", "https://c")
    assert load({"XPLENTY_ACCOUNT_ID": " acc-e "}, CONFIG.get) == Settings(Secret("key-c"), "acc-e", "https://c")


EU: Mapping[str, object] = {
    "xplenty-eu:apiKey": "key-eu",
    "xplenty-eu:accountId": "acc-eu",
    "xplenty:apiUrl": "https://c",
}


def test_another_account_has_names_of_its_own() -> None:
    """Key and account are those of the set; what it leaves out of the rest is that of the stack's own account."""
    assert load({}, EU.get, "eu") == Settings(Secret("key-eu"), "acc-eu", "https://c")
    environment = {"XPLENTY_EU_ACCOUNT_ID": "acc-e", "XPLENTY_EU_API_URL": "https://e", "XPLENTY_API_KEY": "own"}
    assert load(environment, EU.get, "eu") == Settings(Secret("key-eu"), "acc-e", "https://e")


@pytest.mark.parametrize("key", ["apiKey", "accountId"])
def test_what_is_missing_of_another_account_is_named(key: str) -> None:
    """Neither the key nor the account of the stack stands in for those of a set."""
    environment = {variable_of(one, "eu-west"): "x" for one in ("apiKey", "accountId") if one != key}
    with pytest.raises(ConfigError, match=f"xplenty-eu-west:{key} is not set.*{variable_of(key, 'eu-west')}"):
        load({**ENVIRONMENT, **environment}, CONFIG.get, "eu-west")


def test_two_names_of_one_account_are_one() -> None:
    """Sets that say the same share what a process knows of the account."""
    one, other = (
        load({variable_of(key, name): "x" for key in ("apiKey", "accountId")}, EU.get, name) for name in ("a", "b")
    )
    assert one == other
    assert (one.name, other.name) == ("a", "b")


def test_account_of_a_set_must_be_that_of_the_state() -> None:
    """The advice names the variable of the set."""
    with pytest.raises(ConfigError, match="XPLENTY_EU_ACCOUNT_ID"):
        load({}, EU.get, "eu").require_account("another")


def test_variables_of_sets_are_no_misspelled_settings() -> None:
    """What a set may hold is known for any name, and nothing else is."""
    assert strange_variables(["XPLENTY_EU_API_KEY", "XPLENTY_EU_WEST_ACCOUNT_ID", "XPLENTY_API_KEY"]) == []
    assert len(strange_variables(["XPLENTY_EU_SIZING"])) == 1


def test_strange_key_of_a_set_is_refused() -> None:
    """A misspelled setting of a set is an error that names the nearest."""
    with pytest.raises(ConfigError, match=r"xplenty-eu:acountId is no setting.*nearest is xplenty-eu:accountId"):
        require_known(["acountId"], "eu")


def test_shared_setting_that_is_malformed_is_named_where_it_stands() -> None:
    """What a set leaves out is to be corrected in the stack's own settings, and what it holds in its own."""
    with pytest.raises(ConfigError, match=r"xplenty:pollSeconds must be.*Correct XPLENTY_POLL_SECONDS"):
        load({"XPLENTY_POLL_SECONDS": "often"}, EU.get, "eu")
    with pytest.raises(ConfigError, match=r"xplenty-eu:pollSeconds must be.*Correct XPLENTY_EU_POLL_SECONDS"):
        load({"XPLENTY_EU_POLL_SECONDS": "often"}, EU.get, "eu")


def test_address_has_a_default() -> None:
    """Only key and account have to be given."""
    found = load({"XPLENTY_API_KEY": "k", "XPLENTY_ACCOUNT_ID": "a"}, lambda _key: None)
    assert (found.api_url, found.poll_seconds) == (DEFAULT_URL, None)


@pytest.mark.parametrize(("variable", "key"), [("XPLENTY_API_KEY", "apiKey"), ("XPLENTY_ACCOUNT_ID", "accountId")])
def test_what_is_missing_is_named(variable: str, key: str) -> None:
    """The error names the variable and the command, and tells empty from not set."""
    others = {name: text for name, text in ENVIRONMENT.items() if name != variable}
    with pytest.raises(ConfigError, match=f"xplenty:{key} is not set.*{variable}.*pulumi config set") as caught:
        load(others, lambda _key: None)
    assert caught.value.setting == key
    with pytest.raises(ConfigError, match=f"xplenty:{key} is empty"):
        load({**ENVIRONMENT, variable: "  "}, CONFIG.get)


@pytest.mark.parametrize(("variable", "key"), [("XPLENTY_API_KEY", "apiKey"), ("XPLENTY_ACCOUNT_ID", "accountId")])
def test_what_is_missing_where_the_environment_alone_counts(variable: str, key: str) -> None:
    """The variable is named, and no key of a configuration that nobody reads."""
    others = {name: text for name, text in ENVIRONMENT.items() if name != variable}
    with pytest.raises(ConfigError, match=f"^{variable} is not set, and no stack's configuration is read") as caught:
        load(others, nothing)
    assert (caught.value.setting, "xplenty:" in str(caught.value)) == (key, False)


@pytest.mark.parametrize(("text", "seconds"), [("0.05", 0.05), ("300", 300.0), ("", None), (" 5 ", 5.0)])
def test_pause(text: str, seconds: float | None) -> None:
    """The pause between looks is a number of seconds, or left to us."""
    assert load({**ENVIRONMENT, "XPLENTY_POLL_SECONDS": text}, CONFIG.get).poll_seconds == seconds


@pytest.mark.parametrize("text", ["0", "0.04", "301", "nan", "-1", "often"])
def test_impossible_pause(text: str) -> None:
    """Any other pause is refused."""
    with pytest.raises(ConfigError, match="pollSeconds must be a number of seconds") as caught:
        load({**ENVIRONMENT, "XPLENTY_POLL_SECONDS": text}, CONFIG.get)
    assert caught.value.setting == "pollSeconds"


@pytest.mark.parametrize(("text", "share"), [("0.01", 0.01), ("1", 1.0), ("", 0.5), (" 0.25 ", 0.25)])
def test_share_of_the_calls(text: str, share: float) -> None:
    """A process spends half of the hourly calls at most, or what the user says."""
    assert load({**ENVIRONMENT, "XPLENTY_CREDIT_SHARE": text}, CONFIG.get).credit_share == share


@pytest.mark.parametrize("text", ["0", "0.009", "1.1", "nan", "-1", "half"])
def test_impossible_share(text: str) -> None:
    """Any other share is refused."""
    with pytest.raises(ConfigError, match=r"creditShare must be a number from 0\.01 to 1") as caught:
        load({**ENVIRONMENT, "XPLENTY_CREDIT_SHARE": text}, CONFIG.get)
    assert caught.value.setting == "creditShare"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("maxNodeHour", "maxNodeHours"),
        ("alowedTypes", "allowedTypes"),
        ("APIKEY", "apiKey"),
        ("expire", "expires"),
        ("scopes", "scope"),
    ],
)
def test_misspelt_setting_is_an_error_with_the_nearest_name(name: str, nearest: str) -> None:
    """A guard that nothing heeds is off, so its name must be right."""
    with pytest.raises(ConfigError) as caught:
        require_known(["apiKey", name])
    assert f"xplenty:{name} is no setting, so it has no effect; the nearest is xplenty:{nearest}" in str(caught.value)
    assert f"pulumi config rm xplenty:{name}" in str(caught.value)


def test_known_settings_pass() -> None:
    """Everything that is read anywhere is known; what resembles nothing is refused without a guess."""
    require_known([*VARIABLES, *ONLY_CONFIGURED])
    with pytest.raises(ConfigError) as caught:
        require_known(["qqq"])
    assert "the nearest is" not in str(caught.value)


def test_every_setting_that_is_read_is_known() -> None:
    """What `load` and `load_rules` look up, and nothing else, is in the table with its variable."""
    asked: list[str] = []

    def look_up(key: str) -> object:
        asked.append(key.removeprefix("xplenty:"))
        return {"xplenty:apiKey": "k", "xplenty:accountId": "a"}.get(key)

    load({}, look_up)
    load_rules({}, look_up)
    assert {*asked} == {*VARIABLES}


def test_names_are_those_of_our_namespace() -> None:
    """Only what begins with the prefix is in a namespace; without a configuration nothing is."""
    found = {"xplenty:apiKey": "k", "aws:region": "r", "loads:day": "d"}
    assert names_in(Config(found, "loads")) == ("apiKey",)
    assert names_in(Config(found, "loads"), "loads") == ("day",)
    assert names_in(None) == ()


@pytest.mark.parametrize("account", ["", "eu"])
def test_namespace_of_the_project_has_names_of_the_program(account: str) -> None:
    """In a project that is named like a namespace of ours nothing can be told apart; anywhere else it can."""
    namespace = f"xplenty-{account}" if account else "xplenty"
    found = {f"{namespace}:nods": "3"}
    require_known_in(Config(found, namespace), account)
    for project in ("loads", "xplenty-us"):
        with pytest.raises(ConfigError, match=f"{namespace}:nods is no setting"):
            require_known_in(Config(found, project), account)


def test_strange_variables_are_named() -> None:
    """A misspelt variable gets the nearest name; known ones, and those of other programs, none."""
    strange = ["PATH", "XPLENTY_API_KEY", "XPLENTY_MAX_NODE_HOUR", "XPLENTY_QQQ"]
    assert strange_variables(strange) == [
        "XPLENTY_MAX_NODE_HOUR is no variable of xplenty_pulumi, so it has no effect; the nearest is "
        "XPLENTY_MAX_NODE_HOURS",
        "XPLENTY_QQQ is no variable of xplenty_pulumi, so it has no effect",
    ]


@pytest.mark.parametrize("folder", ["xplenty_pulumi", "tools", "examples", "benchmarks"])
def test_every_variable_of_the_tree_is_known(folder: str) -> None:
    """No variable that this project reads or sets is warned of; that of a package is none of the environment."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    texts = [path.read_text("utf-8", errors="replace") for path in files]
    named = set(re.findall(r"\bXPLENTY_[A-Z_]*[A-Z]\b", " ".join(texts)))
    assert named
    assert strange_variables(named - {RUN_KEY}) == []
    assert OTHER_VARIABLES.isdisjoint(VARIABLES.values())


def test_key_is_not_shown() -> None:
    """Printed settings do not show the key."""
    assert "key-e" not in repr(load(ENVIRONMENT, CONFIG.get))


@pytest.mark.parametrize(("text", "on"), [("on", True), ("", True), ("OFF ", False), ("off", False), ("no", True)])
def test_switch_of_the_bridge(text: str, *, on: bool) -> None:
    """Only `off` switches it off."""
    assert bridge_enabled({"XPLENTY_BRIDGE": text}) is on
    assert bridge_enabled({})
