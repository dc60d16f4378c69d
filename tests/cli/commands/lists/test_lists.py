"""`xplenty-pulumi packages` and `regions`: what they list, in which order, and as JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.accounts.command_line import SCOPE, Scene
from tests.support.accounts.desired import signed
from xplenty_pulumi.client import Package
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.reports.packages import packages_shown

NOW = datetime(2026, 1, 31, tzinfo=UTC)
NARROW = """\
emulated-account  2026-01-01T00:00:00Z  4,998 of 5,000 calls left this hour

PACKAGE  NAME   STATUS  TYPE      EDITED  OWNER
107      loads  active  workflow  0s      dev-a06b6a0"""
WIDE = """\
emulated-account  2026-01-01T00:00:00Z  4,998 of 5,000 calls left this hour

PACKAGE  NAME   STATUS  TYPE      VERSION  EDITED  OWNER
107      loads  active  workflow  1.0      0s      dev-a06b6a0"""


def record(number: int, **fields: Any) -> Package:
    """Return the record of an active package of a month's age, unless `fields` say otherwise."""
    month_ago = NOW - timedelta(days=30)
    known = {"id": number, "name": "loads", "status": "active", "created_at": month_ago, "updated_at": month_ago}
    return Package.model_validate({**known, **fields})


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [(Wanted(), [2, 3, 1]), (Wanted(owner=SCOPE), [2]), (Wanted(age=timedelta(days=2)), [3])],
)
def test_what_is_wanted_is_listed_by_its_last_edit(wanted: Wanted, ids: list[int]) -> None:
    """What was edited last comes first, whenever it was made."""
    made = [
        record(1),
        record(2, description=signed(), updated_at=NOW),
        record(3, created_at=NOW - timedelta(days=1), updated_at=None),
    ]
    assert [row.id for row in packages_shown(made, wanted, now=NOW)] == ids


@pytest.mark.parametrize(("columns", "page"), [(80, NARROW), (120, WIDE)])
def test_packages_fit_the_terminal(scene: Scene, columns: int, page: str) -> None:
    """A narrow terminal gets fewer columns, and the filters combine."""
    made(scene)
    shown = scene.run("packages", "--owner", SCOPE, "--type", "workflow", COLUMNS=str(columns))
    assert shown.lines == page.splitlines()


def made(scene: Scene) -> int:
    """Make a workflow that a stack owns, and return its id."""
    with scene.client() as client:
        fields = {"name": "loads", "description": signed(), "flow_type": "workflow"}
        return client.packages.create(fields).id


def test_json_of_packages_has_every_field(scene: Scene) -> None:
    """The document names each package as it is documented."""
    number = made(scene)
    (shown,) = scene.run("packages", "--json", "--owner", SCOPE).json["packages"]
    assert {name: shown[name] for name in ("id", "name", "status", "flow_type", "version", "owner")} == {
        "id": number,
        "name": "loads",
        "status": "active",
        "flow_type": "workflow",
        "version": "1.0",
        "owner": SCOPE,
    }
    assert sorted(shown)[:2] == ["created_at", "flow_type"]


def test_archived_packages_are_listed_apart(scene: Scene) -> None:
    """The service lists either the active or the archived ones."""
    listed = {
        status: {one["id"] for one in scene.run("packages", "--status", status, "--json").json["packages"]}
        for status in ("active", "archived")
    }
    assert listed["archived"] == {105}
    assert 101 in listed["active"] - listed["archived"]


def test_regions_have_the_id_that_a_cluster_names(scene: Scene) -> None:
    """The table shows it below whose regions they are and when, and the document all that the service says."""
    assert scene.run("regions").lines[:4] == [
        "emulated-account  2026-01-01T00:00:00Z  4,999 of 5,000 calls left this hour",
        "",
        "REGION                               NAME",
        "amazon-web-services::us-east-1       Amazon Web Services - us-east-1",
    ]
    document = scene.run("regions", "--json").json
    assert document["at"] == "2026-01-01T00:00:00Z"
    assert document["regions"][0] == {
        "id": "amazon-web-services::us-east-1",
        "name": "Amazon Web Services - us-east-1",
        "group_name": "Amazon Web Services",
        "short_name": "us-east-1",
    }
