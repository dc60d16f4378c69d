"""What `--json` prints is what docs/reference/json.md says; each command line of the other tests is compared too."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from typer.main import get_command

from tests.support.accounts.command_line import Scene, opened_scene, seeded
from tests.support.accounts.formats import misfits
from tools.pages.formats import example
from xplenty_pulumi.cli.app import app
from xplenty_pulumi.cli.commands.status.command import StatusView
from xplenty_pulumi.cli.formats.documents import FORMATS


def taking_json(commands: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Yield each command that takes `--json`, with the groups that it is in."""
    for name in commands:
        command = commands[name]
        yield from taking_json(getattr(command, "commands", {}), f"{before}{name} ")
        if any("--json" in one.opts for one in command.params):
            yield before + name


def test_each_command_with_json_has_a_format() -> None:
    """One that is added needs a record, and each view of `status` has its own."""
    commands: Any = get_command(app)
    views = {f"status {one.value}" for one in StatusView if one is not StatusView.ALL}
    assert {name.removesuffix(" ID") for name in FORMATS} == {*taking_json(commands.commands), *views}


@pytest.mark.parametrize("name", FORMATS)
def test_example_fits(name: str) -> None:
    """The example of the page has every field that its table names, and no other."""
    assert misfits(name, json.dumps(example(FORMATS[name]))) == []


@pytest.mark.parametrize("name", [one for one in FORMATS if one.startswith(("status", "usage", "packages", "regions"))])
def test_output_fits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed of an account with something of everything is as the record says."""
    with opened_scene(monkeypatch) as scene:
        seeded(scene)
        printed = scene.run(*words_of(name, scene), "--json").out
    assert printed.startswith("{")
    assert misfits(name, printed) == []


@pytest.mark.parametrize("name", ["packages", "regions"])
def test_example_of_no_guide_is_what_is_printed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows the first element; the moment and the calls that are left are those of another run."""
    with opened_scene(monkeypatch) as scene:
        printed = json.loads(scene.run(name, "--json").out.replace("URL/", "https://dashboard.example/"))
    assert printed[name][:1] == example(FORMATS[name])[name]


def words_of(name: str, scene: Scene) -> list[object]:
    """Return the command line, with the id of something that there is."""
    ids = {"status cluster ID": scene.emulator.clusters()[0].id, "status job ID": scene.emulator.jobs()[0].id}
    return [*name.removesuffix(" ID").split(), *([ids[name]] if name in ids else [])]


@pytest.mark.parametrize(
    "wrong",
    [{"surprise": 1}, {"clusters": "two"}, {"at": "yesterday"}, {"jobs_left_out": None}, {"version": 2}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_misfit_is_found(wrong: dict[str, Any]) -> None:
    """A field too many, of another type, or of another version."""
    assert misfits("status", json.dumps({**example(FORMATS["status"]), **wrong})) != []


def test_lack_of_a_field_is_found() -> None:
    """Only a field with a default may be missing."""
    shown = example(FORMATS["usage"])
    del shown["until"]
    assert misfits("usage", json.dumps(shown)) != []
