"""A run in another account than the stack's own: each call goes there, by the settings that the state names."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.conftest import SEED, ProviderScene
from tests.dynamic.host import HostError
from tests.dynamic.providers.test_host_life import created
from tests.support.engine.stack import STEP
from tests.support.openapi import SchemaWatch
from xplenty_pulumi import LookupFailed, get_cluster, get_clusters
from xplenty_pulumi.dynamic.providers import sessions
from xplenty_pulumi.dynamic.state import ACCOUNT, side_by_side
from xplenty_pulumi.emulator import Emulator, FaultRule, Faults, Seed, refusing
from xplenty_pulumi.setting_names import variable_of


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Another account, whose settings are named `eu`."""
    with Emulator(SEED, step=STEP) as account:
        named = {"apiKey": account.api_key, "accountId": account.account_id, "apiUrl": account.url}
        for key, text in named.items():
            monkeypatch.setenv(variable_of(key, "eu"), text)
        yield account
        for found in [one for one in sessions._sessions if one.name == "eu"]:
            sessions._sessions.pop(found).client.close()


def run_of(there: Emulator) -> dict[str, Any]:
    return {"account": "eu", "cluster_id": str(there.add_cluster().id), "package_id": 101}


def test_life_of_a_run_in_another_account(here: ProviderScene, there: Emulator) -> None:
    """It is checked, started, read and let go there, and the account of the stack hears of nothing."""
    given, before = run_of(there), len(here.account.calls())
    host = here.runs()
    id_, made = created(host, **given)
    assert [str(job.id) for job in there.jobs()] == [id_]
    assert side_by_side(made)["status"] == "completed"
    assert (made["account"], made[ACCOUNT]) == ("eu", there.account_id)
    assert host.read(id_, made)[0] == id_
    host.delete(id_, made)
    assert len(here.account.calls()) == before


def test_another_account_is_another_run(here: ProviderScene, there: Emulator) -> None:
    """A changed name replaces the run; without a change nothing is planned."""
    host = here.runs()
    id_, made = created(host, **run_of(there))
    inputs = {name: made[name] for name in ("account", "cluster_id", "package_id")}
    assert list(host.diff(id_, made, host.properties(inputs)).replaces) == []
    moved = {name: value for name, value in inputs.items() if name != "account"}
    assert list(host.diff(id_, made, host.properties(moved)).replaces) == ["account"]


def test_set_that_names_another_account_is_refused(
    here: ProviderScene, there: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the settings of the name lead elsewhere, the same id means something else, so nothing is done."""
    host = here.runs()
    id_, made = created(host, **run_of(there))
    monkeypatch.setenv("XPLENTY_EU_ACCOUNT_ID", "elsewhere")
    with pytest.raises(HostError) as caught:
        host.delete(id_, made)
    assert (
        f"it is in account {there.account_id}, but the settings name account elsewhere" in caught.value.status.message
    )
    assert "XPLENTY_EU_ACCOUNT_ID" in caught.value.status.message


def test_plan_of_what_is_in_another_account_is_refused(here: ProviderScene) -> None:
    """Nothing is planned beside what the settings do not reach: a new resource would be made in the wrong account."""
    host = here.clusters()
    given = host.properties({"nodes": 2})
    with pytest.raises(HostError) as caught:
        host.diff("501", {**given, ACCOUNT: "another"}, given)
    assert "it is in account another, but the settings name account" in caught.value.status.message


def test_missing_settings_are_named(here: ProviderScene) -> None:
    """A name without settings is a problem of the check, which says what to set."""
    host = here.runs()
    _, failures = host.check(host.properties({"account": "us", "cluster_id": "501", "package_id": 101}))
    assert "xplenty-us:apiKey is not set" in failures[0].reason


def test_name_is_checked(here: ProviderScene) -> None:
    """What is no name of a set is refused by its input."""
    host = here.runs()
    _, failures = host.check(host.properties({"account": "EU", "cluster_id": "501", "package_id": 101}))
    assert failures[0].property == "account"


@pytest.mark.parametrize("name", ["former", "eu-former"])
def test_name_whose_variables_mean_something_else_is_refused(
    here: ProviderScene, there: Emulator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A set of that name would have what is foreign pass for the account's own, so nobody can name it."""
    for key, text in {"apiKey": there.api_key, "accountId": there.account_id, "apiUrl": there.url}.items():
        monkeypatch.setenv(variable_of(key, name), text)
    host = here.runs()
    _, failures = host.check(host.properties({"account": name, "cluster_id": "501", "package_id": 101}))
    assert [one.property for one in failures] == ["account"]
    assert variable_of("accountId", name) in failures[0].reason
    with pytest.raises(LookupFailed, match=f"account must be another name.*{variable_of('accountId', name)}"):
        get_cluster(501, account=name)
    with pytest.raises(HostError) as caught:
        host.delete("7", {"account": name, "status": "running", ACCOUNT: there.account_id})
    assert variable_of("accountId", name) in caught.value.status.message
    assert not there.calls()


def test_strange_key_of_a_set_is_refused(make_apart: Callable[..., ProviderScene], there: Emulator) -> None:
    """A misspelt setting of the set is a problem of the check of what is in that account."""
    named = [variable_of(key, "eu") for key in ("apiKey", "accountId", "apiUrl")]
    with Emulator() as account:
        host = make_apart(account, **{name: os.environ[name] for name in named}).runs()
        host.configure(**{"xplenty-eu:nodes": "3"})
        _, failures = host.check(host.properties(run_of(there)))
    (text,) = [one.reason for one in failures]
    assert "xplenty-eu:nodes is no setting" in text


def test_misspelt_setting_of_a_set_is_named(make_apart: Callable[..., ProviderScene]) -> None:
    """Who has set a key under a wrong name learns that, and not that there is none."""
    with Emulator() as account:
        host = make_apart(account).runs()
        host.configure(**{"xplenty-asia:apikey": "a-key"})
        _, failures = host.check(host.properties({"account": "asia", "cluster_id": "501", "package_id": 101}))
    (text,) = [one.reason for one in failures]
    assert "xplenty-asia:apikey is no setting, so it has no effect; the nearest is xplenty-asia:apiKey" in text


def test_refused_key_of_another_account_is_named(
    here: ProviderScene, there: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is to be checked is the key of that account, and not the one of the stack's own."""
    monkeypatch.setenv("XPLENTY_EU_API_KEY", "wrong")
    with pytest.raises(LookupFailed, match=r"Check XPLENTY_EU_API_KEY \(or xplenty-eu:apiKey\)"):
        get_clusters(account="eu")


def test_lookups_in_another_account(here: ProviderScene, there: Emulator) -> None:
    """A lookup that names the settings asks there."""
    made = there.add_cluster(name="there")
    assert get_cluster(name="there", account="eu").id == made.id
    assert [one.name for one in get_clusters(account="eu")] == ["there"]
    with pytest.raises(LookupFailed, match="there is no living cluster of that name"):
        get_cluster(name="there")


def test_lookup_without_settings_names_them(here: ProviderScene) -> None:
    """The setting that is missing is named, as for a resource."""
    with pytest.raises(LookupFailed, match="xplenty-us:apiKey is not set"):
        get_cluster(501, account="us")


def test_echoed_keys_are_masked_in_a_lookup(
    here: ProviderScene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, schema_watch: SchemaWatch
) -> None:
    """The service of one account may echo the key of any: none is in the error or in the events of the lookup."""
    schema_watch.look_away()
    monkeypatch.setenv("XPLENTY_EVENTS", str(tmp_path / "events.jsonl"))
    rule = FaultRule("GET clusters/501", refusing(403, f"No: EUsecret222 and {here.account.api_key}."))
    with Emulator(Seed(api_key="EUsecret222"), gates=[Faults(rule)]) as there:
        named = {"apiKey": there.api_key, "accountId": there.account_id, "apiUrl": there.url}
        for key, text in named.items():
            monkeypatch.setenv(variable_of(key, "eu"), text)
        with pytest.raises(LookupFailed) as caught:
            get_cluster(501, account="eu")
        for found in [one for one in sessions._sessions if one.name == "eu"]:
            sessions._sessions.pop(found).client.close()
    told = f"{caught.value} {(tmp_path / 'events.jsonl').read_text(encoding='utf-8')}"
    assert "***" in told
    assert '"operation": "lookup"' in told
    assert "EUsecret222" not in told
    assert here.account.api_key not in told
