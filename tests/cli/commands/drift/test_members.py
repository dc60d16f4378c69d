"""Settings of a connection are compared one by one: those that are secret in the state are not, and all others are."""

from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import DATABASE
from xplenty_pulumi import ConnectionProvider
from xplenty_pulumi.cli.engine.states import entry_of
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.reports.drift import Cause, findings_of
from xplenty_pulumi.dynamic.state import DECLARED, PROVIDER, SPECIAL
from xplenty_pulumi.emulator import Knobs

SECRET = {SPECIAL: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}
URN = "urn:pulumi:dev::loads::pulumi-python:dynamic/xplenty:Connection::warehouse"


def resource(monkeypatch: pytest.MonkeyPatch, id_: str, **settings: Any) -> dict[str, Any]:
    """Return a connection as an export has it, with a password that is ciphertext."""
    kind = ConnectionProvider.kind
    monkeypatch.setattr("xplenty_pulumi.cli.engine.states.kind_of", lambda _resource: kind)
    inputs = {"type": "mysql", "name": "loads", "settings": {**DATABASE, "password": SECRET, **settings}, PROVIDER: ""}
    return {"urn": URN, "id": id_, "inputs": inputs, "outputs": {**inputs, DECLARED: ["name", "settings", "type"]}}


@pytest.mark.parametrize("by_hand", [{}, {"host": "b"}, {"host": "b", "port": 1}])
def test_a_setting_that_somebody_changed_is_named(monkeypatch: pytest.MonkeyPatch, by_hand: dict[str, Any]) -> None:
    """With both of its values; a password that somebody changed cannot be seen, and the entry says so."""
    bench = Bench.new()
    made = bench.client.connections.create({"type": "mysql", "name": "loads", **DATABASE})
    bench.emulator.edit_connection(made.id, settings={**by_hand, "password": "by-hand"})
    entry = entry_of(resource(monkeypatch, made.key, port=3306), "dev")
    assert entry is not None
    assert (entry.id, entry.unreadable) == (made.key, ("settings.password",))
    found = findings_of(entry, bench.client.connections.get(made.key))
    before = {"host": DATABASE["host"], "port": 3306}
    wanted = (Cause.CHANGED, Drift.HARMFUL, "settings", {name: before[name] for name in by_hand}, by_hand)
    seen = [(one.cause, one.drift, one.field, one.desired, one.observed) for one in found]
    assert seen == ([wanted] if by_hand else [])


def test_settings_that_are_secret_as_a_whole_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are one ciphertext."""
    bench = Bench.new()
    made = bench.client.connections.create({"type": "mysql", "name": "loads", **DATABASE})
    state = resource(monkeypatch, made.key)
    for side in ("inputs", "outputs"):
        state[side]["settings"] = SECRET
    entry = entry_of(state, "dev")
    assert entry is not None
    assert entry.unreadable == ("settings",)
    assert findings_of(entry, bench.client.connections.get(made.key)) == ()


def test_what_the_service_does_not_show_is_no_drift(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken to be as declared."""
    bench = Bench.new(knobs=Knobs(connection_fields_shown="username"))
    made = bench.client.connections.create({"type": "mysql", "name": "loads", **DATABASE, "host": "b"})
    entry = entry_of(resource(monkeypatch, made.key), "dev")
    assert entry is not None
    assert findings_of(entry, bench.client.connections.get(made.key)) == ()
