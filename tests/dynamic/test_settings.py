"""Settings: the environment before the configuration, and errors that name both places."""

from collections.abc import Mapping

import pytest

from xplenty_pulumi.dynamic.settings import DEFAULT_URL, Settings, bridge_enabled, load
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret

ENVIRONMENT = {"XPLENTY_API_KEY": "key-e", "XPLENTY_ACCOUNT_ID": "acc-e", "XPLENTY_API_URL": "http://127.0.0.1:1"}
CONFIG: Mapping[str, object] = {"xplenty:apiKey": "key-c", "xplenty:accountId": "acc-c", "xplenty:apiUrl": "https://c"}


def test_environment_comes_first() -> None:
    """Where both say something the environment counts."""
    assert load(ENVIRONMENT, CONFIG.get) == Settings(Secret("key-e"), "acc-e", "http://127.0.0.1:1")


def test_configuration_comes_second() -> None:
    """Each setting is looked up by itself."""
    assert load({}, CONFIG.get) == Settings(Secret("key-c"), "acc-c", "https://c")
    assert load({"XPLENTY_ACCOUNT_ID": " acc-e "}, CONFIG.get) == Settings(Secret("key-c"), "acc-e", "https://c")


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


def test_key_is_not_shown() -> None:
    """Printed settings do not show the key."""
    assert "key-e" not in repr(load(ENVIRONMENT, CONFIG.get))


@pytest.mark.parametrize(("text", "on"), [("on", True), ("", True), ("OFF ", False), ("off", False), ("no", True)])
def test_switch_of_the_bridge(text: str, *, on: bool) -> None:
    """Only `off` switches it off."""
    assert bridge_enabled({"XPLENTY_BRIDGE": text}) is on
    assert bridge_enabled({})
