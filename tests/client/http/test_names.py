"""Errors name the settings of the account that the client is of, and of no other one."""

import re

import httpx
import pytest

from tests.support.faults.script import Script, client_on, refusal
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.reading.lookup import require_account
from xplenty_pulumi.core.waiting.budget import Budget
from xplenty_pulumi.errors import ConfigError, RateLimitedError, XplentyError
from xplenty_pulumi.setting_names import OWN, SettingNames, setting_of, variable_of

EU = SettingNames("eu")


def named(problem: XplentyError) -> set[str]:
    """Return the variables and keys that a text names, without those that may stand in for what a set leaves out."""
    text = re.sub(r", or else XPLENTY_\w+ or xplenty:\w+", "", str(problem))
    return {*re.findall(r"XPLENTY_\w+|xplenty[-\w]*:\w+", text)}


def places(*keys: str, account: str = "") -> set[str]:
    """Return both places of each setting."""
    return {name(key, account) for key in keys for name in (variable_of, setting_of)}


@pytest.mark.parametrize("names", [OWN, EU], ids=["own", "eu"])
@pytest.mark.parametrize(
    ("answer", "keys"),
    [
        (refusal(302), ["apiUrl"]),
        (refusal(401), ["apiKey", "accountId"]),
        (refusal(403), ["apiKey", "accountId"]),
        (refusal(404), ["accountId"]),
        (httpx.ConnectError("refused"), ["apiUrl"]),
        (httpx.ConnectError("CERTIFICATE_VERIFY_FAILED"), ["apiUrl"]),
    ],
    ids=["302", "401", "403", "404", "network", "certificate"],
)
def test_failed_call_names_settings(names: SettingNames, answer: httpx.Response | Exception, keys: list[str]) -> None:
    """Each place where the setting at fault may stand is named, and nothing else is."""
    with client_on(Script(answer), names=names) as client, pytest.raises(XplentyError) as caught:
        client.clusters.get(77)
    assert named(caught.value) == places(*keys, account=names.account)
    assert "{" not in str(caught.value)


@pytest.mark.parametrize("names", [OWN, EU], ids=["own", "eu"])
@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("apiKey", ("a b", "acme", "https://a.example")),
        ("accountId", ("a-key", "a/b", "https://a.example")),
        ("apiUrl", ("a-key", "acme", "x")),
    ],
)
def test_refused_setting_is_named(names: SettingNames, key: str, given: tuple[str, str, str]) -> None:
    """What is malformed is named where it may stand."""
    with pytest.raises(ConfigError) as caught:
        Client(api_key=given[0], account_id=given[1], base_url=given[2], names=names)
    assert named(caught.value) == places(key, account=names.account)


def test_key_in_an_address_is_to_be_moved_to_its_own_setting() -> None:
    """The variable of the key is that of the same account."""
    with pytest.raises(ConfigError, match="the key belongs into XPLENTY_EU_API_KEY"):
        Client(api_key="a-key", account_id="acme", base_url="https://k:@a.example", names=EU)


def test_unknown_account_is_named() -> None:
    """Where the service does not know the account, its settings are to be checked."""
    with client_on(Script(refusal(404)), names=EU) as client, pytest.raises(XplentyError) as caught:
        require_account(client)
    assert named(caught.value) == places("accountId", "apiUrl", account="eu")


def test_spent_calls_name_the_share_of_the_account() -> None:
    """What lets a process spend more is the share of the account whose calls are used up."""
    with client_on(Script(refusal(404)), names=EU) as client:
        problem = Budget(client, ManualClock())._refusal("so nothing was done")
    assert isinstance(problem, RateLimitedError)
    assert named(problem) == {"XPLENTY_EU_CREDIT_SHARE"}
