"""What changes inside a list, which the engine shows as a whole where there is a secret in it, is named."""

from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from xplenty_pulumi.dynamic.state import SECRETS

FIRST: dict[str, Any] = {"package_id": "101", "variables": {"day": "'monday'", "password": "'canary-1'"}}
SECOND: dict[str, Any] = {"package_id": "103", "variables": {}}
ALL = {"password": "'canary-2'", "username": "'canary-3'"}


def told(scene: ProviderScene, before: list[Any], after: list[Any], *secret: str) -> list[str]:
    """Return what a preview says of a change of the packages of a schedule, without its id."""
    host = scene.schedules()
    given = {"every": "1 day", SECRETS: [*secret]}
    made, outputs = host.create(host.properties({**given, "packages": before}))
    start = len(scene.engine.lines)
    host.diff(made, outputs, host.properties({**given, "packages": after}))
    return [line.text.removeprefix(f"schedule {made}: ") for line in scene.engine.lines[start:]]


@pytest.mark.parametrize(
    ("after", "text"),
    [
        (
            [{**FIRST, "variables": {**FIRST["variables"], "day": "'sunday'"}}, SECOND],
            "packages[0].variables.day changes",
        ),
        ([FIRST, {**SECOND, "package_id": 101}], "packages[1].package_id changes"),
        ([FIRST], "packages[1] changes"),
        (
            [{**FIRST, "variables": ALL}, SECOND],
            "packages[0].variables.day, packages[0].variables.password, packages[0].variables.username change",
        ),
    ],
    ids=["a variable", "a package", "one less", "several"],
)
def test_the_place_is_named(here: ProviderScene, after: list[Any], text: str) -> None:
    """Down to a variable, and without any value."""
    assert told(here, [FIRST, SECOND], after, "/packages/0/variables/password") == [text]


def test_what_changes_inside_a_secret_is_not_named(here: ProviderScene) -> None:
    """Only the secret is, since the names in it may be secret too; one that is the whole list needs no line."""
    after = [{**FIRST, "variables": ALL}, SECOND]
    assert told(here, [FIRST, SECOND], after, "/packages/0/variables") == ["packages[0].variables changes"]
    assert told(here, [FIRST, SECOND], after, "/packages") == []


def test_nothing_is_said_where_nothing_changes(here: ProviderScene) -> None:
    """Whatever way an id is spelled in."""
    assert told(here, [FIRST], [{**FIRST, "package_id": 101}]) == []


def test_of_many_places_the_first_are_named(here: ProviderScene) -> None:
    """A line stays a line."""
    after = [{**FIRST, "variables": {f"v{number:02}": "1" for number in range(30)}}]
    (line,) = told(here, [{**FIRST, "variables": {}}], after)
    assert line.endswith("packages[0].variables.v19 and 10 more change")
