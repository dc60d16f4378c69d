"""What a shell offers on TAB."""

import shlex
from pathlib import Path

import pytest

from tests.cli.commands.branch.test_git import git
from tests.support.accounts.command_line import Scene
from xplenty_pulumi.cli.completion import OFFERED

IDENTITY = ("-c", "user.name=ann", "-c", "user.email=ann@example.com")
ENGINE = """\
#!/bin/sh
echo '[{"name": "dev", "current": true}, {"name": "prod", "current": false}]'
"""


def offered(scene: Scene, line: str) -> list[str]:
    """Return the words that the completion of bash is given for the last word of a line."""
    words = shlex.split(line) + [""] * line.endswith(" ")
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return [word for word in scene.run(_XPLENTY_PULUMI_COMPLETE="complete_bash", **asked).lines if word]


@pytest.fixture
def living(scene: Scene) -> dict[str, str]:
    """The ids of a cluster and a job run that live, beside some that have ended, and of a schedule and a package."""
    ended, living = scene.emulator.add_cluster(), scene.emulator.add_cluster()
    scene.job(ended)
    with scene.client() as client:
        client.clusters.terminate(ended.id)
        schedule = client.schedules.create({"name": "nightly", "task": {"nodes": 2, "packages": [{"package_id": 101}]}})
    scene.clock.advance(3600)
    return {"cluster": str(living.id), "job": str(scene.job(living)), "schedule": str(schedule.id), "package": "101"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("xplenty-pulumi wait cluster ", "cluster"),
        ("xplenty-pulumi terminate cluster 5", "cluster"),
        ("xplenty-pulumi status cluster ", "cluster"),
        ("xplenty-pulumi stop job ", "job"),
        ("xplenty-pulumi status job ", "job"),
        ("xplenty-pulumi run-schedule ", "schedule"),
        ("xplenty-pulumi status jobs --package ", "package"),
    ],
)
def test_ids_of_what_lives_are_offered(scene: Scene, living: dict[str, str], line: str, kind: str) -> None:
    """Of clusters and job runs that have ended there is nothing to wait for and nothing to end."""
    found = offered(scene, line)
    assert living[kind] in found
    if kind in {"cluster", "job"}:
        assert found == [living[kind]]


@pytest.mark.parametrize("line", ["xplenty-pulumi status clusters ", "xplenty-pulumi wait cluster x"])
def test_what_fits_nothing_offers_nothing(scene: Scene, living: dict[str, str], line: str) -> None:
    """No word begins so, or none is expected."""
    assert living
    assert offered(scene, line) == []


def test_stacks_are_offered(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those that the engine lists in this folder."""
    (tmp_path / "pulumi").write_text(ENGINE)
    (tmp_path / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert offered(scene, "xplenty-pulumi drift --stack ") == ["dev", "prod"]
    assert offered(scene, "xplenty-pulumi pull --stack p") == ["prod"]


def test_branches_are_offered(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those of the clone."""
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, *IDENTITY, "commit", "--quiet", "--allow-empty", "--message", "first")
    git(tmp_path, "branch", "feature")
    assert offered(scene, "xplenty-pulumi branch down --branch ") == ["feature", "main"]


@pytest.mark.parametrize("kind", [*OFFERED])
def test_what_cannot_be_read_offers_nothing(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A shell has no place for an error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    scene.environment["XPLENTY_API_KEY"] = "wrong"
    lines = {"stack": "drift --stack ", "branch": "branch up --branch ", "package": "status jobs --package "}
    assert offered(scene, f"xplenty-pulumi {lines.get(kind, f'status {kind} ')}") == []
