"""The calls that validate packages."""

import json
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, emulated
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, PackageSeed, Seed

BROKEN_FLOW = json.dumps(
    {"components": [{"id": "c1"}, {"id": "c2", "inner": [{"id": "c3", "fails_validation": "Unknown field"}]}]}
)
SEED = Seed(
    api_key=KEY,
    packages=(
        PackageSeed(1, "right"),
        PackageSeed(2, "broken flow", data_flow_json=BROKEN_FLOW),
        PackageSeed(3, "broken package", invalid="Syntax error in script"),
    ),
)
FOUND: dict[int, list[dict[str, str]]] = {
    1: [],
    2: [{"message": "Unknown field", "component_id": "c3"}],
    3: [{"message": "Syntax error in script"}],
}


def started(caller: AccountCaller, package: int) -> Any:
    response = caller.post(f"packages/{package}/validations")
    assert response.status == 201, response.body
    return response.json()


@pytest.mark.parametrize("package", FOUND)
def test_a_validation_runs_and_ends(package: int) -> None:
    """It runs as long as the knob says, and then shows what was planted, by component."""
    caller = emulated(SEED, validation_seconds=3)
    begun = started(caller, package)
    assert (begun["status"], begun["errors"], begun["runtime"]) == ("running", [], None)
    caller.clock.advance(2)
    path = f"packages/{package}/validations/{begun['id']}"
    assert caller.get(path).json() == begun
    caller.clock.advance(1)
    over = caller.get(path).json()
    assert (over["status"], over["errors"]) == ("failed" if FOUND[package] else "completed", FOUND[package])
    assert (over["runtime"], over["updated_at"]) == (150, "2026-01-01T00:00:03Z")


@pytest.mark.parametrize("package", FOUND)
def test_a_validation_that_waits_answers_with_the_end(package: int) -> None:
    """`validate` answers 200 with the final record, whether it passed or failed, and the record stays readable."""
    caller = emulated(SEED)
    response = caller.post(f"packages/{package}/validate")
    over = response.json()
    assert response.status == 200
    assert (over["status"], over["errors"]) == ("failed" if FOUND[package] else "completed", FOUND[package])
    assert caller.get(f"packages/{package}/validations/{over['id']}").json() == over


def test_a_validation_is_about_the_package_as_it_was() -> None:
    """A save while it runs does not change what it finds; the next one finds the change."""
    caller = emulated(SEED)
    begun = started(caller, 2)
    caller.put("packages/2", {"data_flow_json": "{}"})
    caller.clock.advance(10)
    assert caller.get(f"packages/2/validations/{begun['id']}").json()["status"] == "failed"
    assert caller.post("packages/2/validate").json()["status"] == "completed"


def test_a_planted_error_goes_with_its_flow() -> None:
    """`invalid` fails validations until the flow changes; another name is not enough."""
    caller = emulated(SEED)
    caller.put("packages/3", {"name": "n"})
    assert caller.post("packages/3/validate").json()["status"] == "failed"
    caller.put("packages/3", {"data_flow_json": "[]"})
    assert caller.post("packages/3/validate").json()["status"] == "completed"


@pytest.mark.parametrize(("setting", "status"), [("refuse", 422), ("accept", 200)])
def test_a_flow_that_is_not_json_is_a_knob(setting: str, status: int) -> None:
    """A save refuses it, or the validation finds it."""
    caller = emulated(SEED, unreadable_flow=setting)
    assert caller.put("packages/1", {"data_flow_json": "{"}).status == status
    errors = caller.post("packages/1/validate").json()["errors"]
    assert errors == ([{"message": "The flow is not valid JSON"}] if setting == "accept" else [])


def test_validations_are_listed_by_package_and_status() -> None:
    """A list holds the validations of its package only, those of one status if asked."""
    caller = emulated(SEED)
    caller.post("packages/2/validate")
    first = started(caller, 1)["id"]
    caller.clock.advance(10)
    second = started(caller, 1)["id"]
    assert [one["id"] for one in caller.get("packages/1/validations").json()] == [second, first]
    assert [one["id"] for one in caller.get("packages/1/validations", status="completed").json()] == [first]
    assert [one["id"] for one in caller.get("packages/1/validations", status="running").json()] == [second]


def test_a_validation_is_read_below_its_package() -> None:
    """Below another package, or by a number that no validation has, it is not there."""
    caller = emulated(SEED)
    number = started(caller, 1)["id"]
    for path in (f"packages/2/validations/{number}", "packages/1/validations/9", f"packages/9/validations/{number}"):
        assert caller.get(path).status == 404


@pytest.mark.parametrize(("setting", "statuses"), [("all", (201, 200)), ("started", (201, 404)), ("none", (404, 404))])
def test_a_service_may_lack_the_calls(setting: str, statuses: tuple[int, int]) -> None:
    """An older service knows no call that waits, or no validation at all."""
    caller = emulated(SEED, validation_calls=setting)
    answered = (caller.post("packages/1/validations").status, caller.post("packages/1/validate").status)
    assert answered == statuses
    assert caller.get("packages/1/validations").status == (404 if setting == "none" else 200)


@pytest.mark.parametrize("tail", ["", "/801"])
def test_a_look_at_a_validation_under_way_takes_a_step(tail: str) -> None:
    """On an account whose time passes by reads, a validation ends by being read, alone or in the list."""
    emulator = Emulator(SEED, clock=ManualClock(), step=2)
    assert emulator.account.stepped is not None
    caller = AccountCaller(emulator, emulator.account.stepped)
    started(caller, 1)
    for _ in range(4):
        caller.get(f"packages/1/validations{tail}")
    assert caller.clock.monotonic() == 4
