"""The workflow of the example: its steps, run here in the order in which a pull request has them run."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.engine.project import EXAMPLE, Project
from tests.support.engine.stack import STEP
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

WORKFLOW = yaml.safe_load((EXAMPLE / ".github" / "workflows" / "branch-environments.yml").read_text())
EVENT = {
    "repository": {"full_name": "acme/loads"},
    "pull_request": {"head": {"ref": "feature/Login", "repo": {"full_name": "acme/loads"}}},
}


def job(folder: Path, **more: str) -> dict[str, str]:
    """Return the variables of a job for the pull request, whose event is in a file."""
    (folder / "event.json").write_text(json.dumps(EVENT))
    event = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(folder / "event.json")}
    return {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_REF_NAME": "7/merge",
        "GITHUB_ACTOR": "bob",
        **event,
        **more,
    }


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account in which nothing happens but what is waited for."""
    with Emulator(step=STEP) as made:
        yield made


@pytest.fixture
def project(tmp_path: Path, account: Emulator) -> Project:
    """The example, with its template stack, whose configuration is committed."""
    made = Project(tmp_path, account).with_template()
    made.git("add", "Pulumi.dev.yaml")
    made.git("commit", "--quiet", "--message=template")
    made.push("main", "feature/Login")
    return made


def step(of: str, name: str) -> list[str]:
    """Return the words behind `xplenty-pulumi branch` of a step."""
    (found,) = (one["run"] for one in WORKFLOW["jobs"][of]["steps"] if one.get("name") == name)
    words = shlex.split(found)
    assert words[:2] == ["xplenty-pulumi", "branch"]
    return words[2:]


def test_pull_request_from_its_opening_to_its_end(project: Project, account: Emulator) -> None:
    """Opened: a sandbox lives; pushed to, in a fresh checkout: the same, for longer; closed: nothing is left."""
    up = step("environment", "Bring up or update")
    project.run(*up, **job(project.top)).succeeded()
    (cluster,), (stack,) = account.living_clusters(), project.stacks()
    assert (cluster.type, cluster.nodes) == ("sandbox", 1)
    config = json.loads(project.pulumi("config", "--json", "--show-secrets", "--stack", stack).succeeded().output)
    first = project.records(stack)
    assert config["branch-environments:password"] == {"value": "hush", "secret": True}
    assert config["xplenty:scope"] == {"value": "", "secret": False}
    assert {name: one["value"] for name, one in config.items() if name in first} == {
        name: value for name, value in first.items() if name not in {"xplenty:pushed", "xplenty:account"}
    }

    project.git("clean", "-fdxq")
    project.run(*up, **job(project.top, GITHUB_ACTOR="carol")).succeeded()
    second = project.records(stack)
    assert [one.id for one in account.living_clusters()] == [cluster.id]
    assert second.pop("xplenty:expires") > first.pop("xplenty:expires")
    assert (
        first
        == second
        == {
            "xplenty:branch": "feature/Login",
            "xplenty:owner": "bob",
            "xplenty:sizing": "sandbox",
            "xplenty:pushed": str(project.top / "remote.git").strip("/").removesuffix(".git"),
            "xplenty:account": f"{account.account_id} at {account.url.removeprefix('http://')}",
        }
    )

    project.git("clean", "-fdxq")
    project.delete("feature/Login")
    project.run(*step("environment", "Take down"), **job(project.top)).succeeded()
    assert (account.living_clusters(), project.stacks()) == ((), [])
    swept = project.run(*step("sweep", "Sweep"), CI="true", GITHUB_ACTIONS="true")
    assert swept.succeeded().output.endswith("nothing to sweep\n")


def test_steps_that_act_are_the_ones_that_are_run_above() -> None:
    """A step added to the workflow needs a place in the test."""
    runs = [one["run"] for made in WORKFLOW["jobs"].values() for one in made["steps"] if "run" in one]
    assert [run for run in runs if run != "ci/setup.sh"] == [
        "xplenty-pulumi branch up --lifetime 3d -- --skip-preview",
        "xplenty-pulumi branch down",
        "xplenty-pulumi branch sweep --yes",
    ]


def test_secrets_reach_the_steps_that_act_alone() -> None:
    """The token of the forge reaches only the sweep, which runs no program."""
    acting = 0
    for made in WORKFLOW["jobs"].values():
        assert "env" not in made
        for one in made["steps"]:
            acts = one.get("run", "").startswith("xplenty-pulumi")
            acting += acts
            assert ("XPLENTY_API_KEY" in one.get("env", {})) == acts
            assert ("GITHUB_TOKEN" in one.get("env", {})) == ("sweep" in one.get("run", ""))
    assert acting
    assert "env" not in WORKFLOW
