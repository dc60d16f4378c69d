"""A hook is changed as the update says, and its answers are believed only where they show what was asked for."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired_hook, signed
from tests.support.faults.behaviours import rewritten
from tests.support.faults.exchange import Behaviour, Exchange
from xplenty_pulumi.client import Hook
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, read, sign, strip
from xplenty_pulumi.core.reconcile import DesiredDefinition, definition_of
from xplenty_pulumi.core.reconcile.intent import Intent
from xplenty_pulumi.emulator import Emulator
from xplenty_pulumi.errors import RefusedError, UnsureError

OURS = marker_of(OWNER)
RENAMED = signed("night", owner=Owner("acme", "loads", "old", "nightly"), held=True)
SETTINGS = {"url": "https://hooks.example.test/tkn-4711"}


def add(bench: Bench, name: str, **inputs: Any) -> Hook:
    """Return a hook that somebody made, with this name."""
    fields = definition_of(HOOK, bench.client).sent(desired_hook(**inputs), OURS)
    return bench.client.hooks.create({**fields, "name": name})


def update(*fields: str, signs: bool = False, **inputs: Any) -> DesiredDefinition:
    """Return a hook as it should be after an update of these fields."""
    wanted = desired_hook(**{"name": "night", **inputs})
    return replace(wanted, intent=Intent(frozenset(fields), waits=False, signs=signs))


def shown(emulator: Emulator) -> tuple[str, tuple[str, ...], bool]:
    """Return the user's name of the only hook, its events, and whether it is active."""
    (hook,) = emulator.hooks()
    return strip(hook.name), hook.events, hook.active


def test_nothing_is_sent_where_nothing_of_the_service_changes(bench: Bench) -> None:
    """What was changed by hand stays."""
    made = add(bench, signed("by hand", held=True), events=["cluster"])
    assert bench.hooks.update(made.id, update("ping")).problem is None
    assert bench.wire.count("PUT .*") == 0


def test_only_what_changes_is_set(bench: Bench) -> None:
    """Settings and the name go with every change as the service shows them (documented for the settings)."""
    made = add(bench, signed("by hand", held=True), settings={"url": "https://by.hand.test/"})
    outcome = bench.hooks.update(made.id, update("events", events=["cluster"], active=False))
    assert outcome.problem is None
    assert bench.wire.bodies("PUT .*") == [
        {"events": ["cluster"], "settings": {"url": "https://by.hand.test/"}, "name": signed("by hand", held=True)}
    ]
    assert shown(bench.emulator) == ("by hand", ("cluster",), True)


def test_settings_that_change_are_always_sent(bench: Bench) -> None:
    """A secret in them may not be shown."""
    made = add(bench, signed("night", held=True))
    assert bench.hooks.update(made.id, update("settings")).problem is None
    assert bench.wire.bodies("PUT .*") == [{"settings": SETTINGS, "name": signed("night", held=True)}]


def test_a_setting_that_does_not_change_stays_as_it_is_shown(bench: Bench) -> None:
    """What was changed by hand is no matter of an update of another setting."""
    old = {**SETTINGS, "team": "etl", "channel": "#loads"}
    made = add(bench, signed("night", held=True), settings={**old, "channel": "#by-hand"})
    wanted = update("settings", settings={**old, "team": "sales"})
    only = replace(wanted, intent=replace(wanted.intent, members={"settings": frozenset({"team"})}))
    assert bench.hooks.update(made.id, only).problem is None
    (sent,) = bench.wire.bodies("PUT .*")
    assert sent["settings"] == {**SETTINGS, "team": "sales", "channel": "#by-hand"}


def test_a_name_that_changes_keeps_the_marker(bench: Bench) -> None:
    """The create call is the same."""
    made = add(bench, signed("night", held=True))
    assert bench.hooks.update(made.id, update("name", name="day")).problem is None
    assert [hook.name for hook in bench.emulator.hooks()] == [signed("day", held=True)]


@pytest.mark.parametrize("found", [RENAMED, sign("night", OURS), "night"])
@pytest.mark.parametrize(("fields", "signs"), [((), True), (("active",), False)])
def test_it_is_signed_anew_where_asked_or_with_what_is_sent(
    bench: Bench, found: str, fields: tuple[str, ...], *, signs: bool
) -> None:
    """Held from the start, and the name that a hand has given stays."""
    made = add(bench, found.replace("night", "by hand"))
    assert bench.hooks.update(made.id, update(*fields, signs=signs, active=not fields)).problem is None
    (hook,) = bench.emulator.hooks()
    marker = read(hook.name)
    assert marker is not None
    assert (marker.whose, marker.is_unfinished, bool(marker.nonce)) == (OURS, False, True)
    assert strip(hook.name) == "by hand"
    assert bench.wire.count("PUT .*") == 1


def shows(record: dict[str, Any], *, takes_effect: bool = True) -> Behaviour:
    """Answer with this record instead of the hook's own."""

    def behave(exchange: Exchange) -> httpx.Response:
        if takes_effect:
            exchange.forward()
        return httpx.Response(200, json=record)

    return behave


def record_of(hook: Hook, **fields: Any) -> dict[str, Any]:
    """Return a hook as an answer shows it."""
    slack = {"settings": SETTINGS, "events": ["job.failed"], "active": True}
    return {"id": hook.id, "type": "slack", "name": hook.name, **slack, **fields}


def test_a_hook_that_was_there_before_is_not_new(bench: Bench) -> None:
    """Ours is found by its nonce."""
    foreign = add(bench, "bells")
    bench.wire.on("POST hooks", shows(record_of(foreign)), calls={1})
    outcome = bench.hooks.create(desired_hook())
    assert outcome.record.id != foreign.id
    assert len(bench.emulator.hooks()) == 2


@pytest.mark.parametrize("name", ["bells", signed(owner=Owner("a", "b", "c", "d"))])
def test_a_foreign_new_hook_is_not_ours(bench: Bench, name: str) -> None:
    """The list shows the one with the nonce that was sent."""
    bench.wire.on("POST hooks", shows({"id": 999, "type": "slack", "name": name}))
    outcome = bench.hooks.create(desired_hook())
    assert [hook.id for hook in bench.emulator.hooks()] == [outcome.record.id]


@pytest.mark.parametrize("fields", [{"name": signed(seed=9)}, {"name": "bells", "events": ["cluster"]}])
def test_a_foreign_new_hook_is_not_taken_where_ours_is_not_there(bench: Bench, fields: dict[str, Any]) -> None:
    """It cannot be told, and nothing is sent again."""
    foreign = record_of(Hook.model_validate({"id": 999, "type": "slack"}), **fields)
    bench.wire.on("POST hooks", shows(foreign, takes_effect=False))
    with pytest.raises(UnsureError, match="shows hook 999, which is another one, and no hook"):
        bench.hooks.create(desired_hook())


def test_an_answer_without_the_marker_is_checked(bench: Bench) -> None:
    """Where the list shows the marker, the service keeps it, and nothing is to be warned of."""
    bench.wire.on("POST hooks", rewritten(lambda record: record.update(name="night")))
    outcome = bench.hooks.create(desired_hook(name="night"))
    (hook,) = bench.emulator.hooks()
    assert (outcome.problem, outcome.record.id, bench.warned) == (None, hook.id, [])
    assert ":h]" in hook.name


def test_a_service_that_shows_no_names_is_warned_of(bench: Bench) -> None:
    """The hook is known by its id, and what that means is said."""
    for call in ("POST hooks", "GET hooks.*", "PUT hooks.*"):
        bench.wire.on(call, rewritten(lambda record: record.pop("name", None)))
    outcome = bench.hooks.create(desired_hook(ping=False))
    assert outcome.problem is None
    assert f"hook {outcome.record.id}: the service does not show the ownership marker" in bench.warned[0]
    assert bench.hooks.update(outcome.record.id, update("name", name="day")).problem is None
    assert shown(bench.emulator)[0] == "day"


def test_two_that_look_alike_without_names_are_refused(bench: Bench) -> None:
    """Which one is meant cannot be known."""
    bench.wire.on("GET hooks", rewritten(lambda record: record.pop("name", None)))

    def doubled_and_lost(exchange: Exchange) -> httpx.Response:
        exchange.forward()
        exchange.forward()
        raise httpx.ReadError("connection lost", request=exchange.request)

    bench.wire.on("POST hooks", doubled_and_lost)
    with pytest.raises(RefusedError, match="all look like this one resource's"):
        bench.hooks.create(desired_hook())


def test_one_that_vanishes_while_it_is_read_back_is_a_problem(bench: Bench) -> None:
    """It is told, and its id stays known."""
    made = add(bench, signed("night", held=True))

    def removed(exchange: Exchange) -> httpx.Response:
        answer = exchange.forward()
        bench.emulator.delete_record("hook", made.id)
        return answer

    bench.wire.on("PUT .*", removed)
    outcome = bench.hooks.update(made.id, update("active", active=False))
    assert "does not know it (404)" in str(outcome.problem)
