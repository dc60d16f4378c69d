"""How many list calls a large stack costs."""

import dataclasses
import json
from typing import Any

import pytest

from tests.cli.commands.drift.scenario import LONG
from tests.cli.commands.drift.scene import RECORDED, DriftScene
from xplenty_pulumi.core.kinds.registry import MARKED


def resource(name: str, number: int, *, like: str) -> dict[str, Any]:
    """Return a resource of an export, made like a recorded one; when it was created is not in it."""
    recorded = RECORDED["state"]["deployment"]["resources"]
    one = next(one for one in recorded if one["urn"].endswith(f"::{like}"))
    made: dict[str, Any] = json.loads(json.dumps(one).replace(f"::{like}", f"::{name}"))
    made["outputs"].pop("created_at", None)
    return {**made, "id": str(number)}


def export(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return an export of these."""
    return {"version": 3, "deployment": {"resources": list(resources)}}


def clusters(scene: DriftScene, count: int) -> list[dict[str, Any]]:
    """Add clusters, and return the resources that manage them."""
    fields = {"name": "moved loads", "description": "loads", "time_to_idle": LONG}
    made = [scene.emulator.add_cluster(**fields) for _ in range(count)]
    return [resource(f"moved-{one.id}", one.id, like="moved") for one in made]


def copies(scene: DriftScene, kind: str, like: str, count: int) -> list[dict[str, Any]]:
    """Copy a recorded run or hook, and return the resources that manage the copies."""
    world, number = scene.emulator.account.world, scene.id_of(like)
    original = world.jobs[number] if kind == "jobs" else world.hooks[number]
    ids = range(20_000, 20_000 + count)
    for one in ids:
        world.put(dataclasses.replace(original, id=one, created_at=world.now))
    return [resource(f"{like}-{one}", one, like=like) for one in ids]


@pytest.mark.parametrize(("count", "most"), [(500, 6), (1_000, 11)])
@pytest.mark.parametrize("options", [(), ("--unmanaged",)], ids=["", "unmanaged"])
def test_a_page_for_each_hundred_clusters(scene: DriftScene, count: int, most: int, options: tuple[str, ...]) -> None:
    """Many clusters cost a call for each hundred, strangers one for each other kind; nothing is read singly."""
    scene.states["dev"] = export(*clusters(scene, count))
    ended = scene.run("--json", *options)
    assert ended.json["checked"] == count
    assert {one["class"] for one in ended.json["findings"] if one["resource"]} == {"expected"}
    assert len(scene.list_calls()) <= most + len(options) * (len(MARKED) - 1)
    assert len(scene.emulator.calls()) == len(scene.list_calls())


def test_a_thousand_of_all_kinds(scene: DriftScene) -> None:
    """Clusters, runs and hooks together are read in eleven list calls."""
    made = [*clusters(scene, 400), *copies(scene, "jobs", "done", 450), *copies(scene, "hooks", "muted", 150)]
    scene.states["dev"] = export(*made)
    ended = scene.run("--json")
    assert ended.json["checked"] == 1_000
    assert ended.json["counts"]["harmful"] == 0
    assert len(scene.list_calls()) <= 11
    assert len(scene.emulator.calls()) == len(scene.list_calls())


def test_few_old_things_are_read_singly(scene: DriftScene) -> None:
    """A list that goes back for years is not read down to two old clusters."""
    clusters(scene, 500)
    recorded = RECORDED["state"]["deployment"]["resources"]
    scene.states["dev"] = export(*(one for one in recorded if one["urn"].endswith(("::moved", "::idle"))))
    assert scene.run("--json").json["findings"] == []
    assert len(scene.list_calls()) == 2
    assert len(scene.emulator.calls()) == 4


def test_strangers_are_found_in_an_account_with_a_long_past(scene: DriftScene) -> None:
    """Thousands of ended clusters are not read for the few that live: each status has its list."""
    old = scene.emulator.add_cluster(name="old")
    for _ in range(1_500):
        scene.emulator.add_cluster(status="terminated")
    scene.states["dev"] = export()
    found = scene.run("--unmanaged", "--json").json["findings"]
    assert [one["id"] for one in found if one["cause"] == "unmanaged"] == [old.id]
    assert len(scene.list_calls()) <= 14 + len(MARKED)
