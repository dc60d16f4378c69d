"""The workflows that users copy: what they run, what they may, and that two of them never fight."""

import os
import re
from itertools import chain
from typing import Any

import pytest

from tests.gitops.workflows import EXAMPLE, GITHUB, GITLAB, github, github_steps, gitlab, gitlab_steps

SCRIPT = re.compile(r"(?:exec )?(ci/\w+\.sh)")
RUN_BY_TESTS = {"ci/setup.sh", "ci/preview.sh", "ci/up.sh", "ci/drift.sh"}
SETTINGS = {"XPLENTY_API_KEY", "XPLENTY_ACCOUNT_ID", "PULUMI_STACK", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"}
OTHERS = {"PULUMI_PARALLEL", "COMMIT", "PULL_REQUEST", "RUN_URL", "GITHUB_TOKEN"}
EVENTS = {"pull-request": "pull_request", "deploy": "push", "drift": "schedule"}


def jobs() -> list[tuple[str, list[str]]]:
    """Return the scripts of every job of both forges, in order."""
    steps = [github_steps(name) for name in GITHUB], [gitlab_steps(name) for name in GITLAB]
    return [(name, [one.command for one in job]) for name, job in zip(GITHUB + GITLAB, chain(*steps), strict=True)]


@pytest.mark.parametrize(("name", "commands"), jobs())
def test_every_step_is_a_script_that_tests_run(name: str, commands: list[str]) -> None:
    """No command stands in a workflow alone, where it could not be tried."""
    scripts = [found[1] for found in map(SCRIPT.fullmatch, commands) if found]
    assert len(scripts) == len(commands)
    assert set(scripts) <= RUN_BY_TESTS
    assert all(os.access(EXAMPLE / script, os.X_OK) for script in scripts)


def test_both_forges_do_the_same() -> None:
    """A job of GitLab has the scripts of the workflow of GitHub."""
    scripts = [commands for _, commands in jobs()]
    assert scripts[: len(GITHUB)] == scripts[len(GITHUB) :]


def test_no_script_is_left_out() -> None:
    """What lies in the folder is run by a job."""
    assert {f"ci/{file.name}" for file in (EXAMPLE / "ci").glob("*.sh")} == RUN_BY_TESTS


@pytest.mark.parametrize("name", GITHUB)
def test_settings_of_github_come_from_its_store(name: str) -> None:
    """Every setting that the steps need is there, and what is secret comes from the secrets."""
    for step in github_steps(name):
        assert set(step.environment) >= SETTINGS
        assert set(step.environment) <= SETTINGS | OTHERS
        for setting in ("XPLENTY_API_KEY", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
            assert step.environment[setting] == f"${{{{ secrets.{setting} }}}}"


def test_settings_of_gitlab_are_variables_of_the_project() -> None:
    """The pipeline names those that it needs, and holds none of them."""
    text = (EXAMPLE / ".gitlab-ci.yml").read_text()
    assert all(name in text for name in SETTINGS)
    for name in GITLAB:
        assert set(gitlab_steps(name)[0].environment) & SETTINGS == {"PULUMI_STACK"}


@pytest.mark.parametrize("name", GITHUB)
def test_workflow_has_the_least_rights(name: str) -> None:
    """Only the comment and the issue may be written, only by the workflow that does, and its token reaches one step."""
    wanted = {"pull-request": {"pull-requests": "write"}, "drift": {"issues": "write"}}.get(name, {})
    assert github(name)["permissions"] == {"contents": "read", **wanted}
    assert [("GITHUB_TOKEN" in step.environment) for step in github_steps(name)] == [False, bool(wanted)]


@pytest.mark.parametrize("name", GITHUB)
def test_actions_are_the_forges_own_in_a_pinned_major_version(name: str) -> None:
    """There is none of a third party, and none takes the token along."""
    (job,) = github(name)["jobs"].values()
    used = [one for one in job["steps"] if "uses" in one]
    assert [re.fullmatch(r"actions/(\w+-?\w+)@v\d+", one["uses"]) is not None for one in used] == [True, True]
    assert used[0]["with"] == {"persist-credentials": False}


def test_deployments_of_github_queue() -> None:
    """What reads or writes the stack's state waits in one line, in which nobody is dropped; a preview may be."""
    groups = {name: github(name)["concurrency"] for name in GITHUB}
    assert groups["deploy"] == groups["drift"] == {"group": "stack-prod", "queue": "max"}
    assert groups["pull-request"]["cancel-in-progress"] is True
    assert "github.ref" in groups["pull-request"]["group"]


def test_deployments_of_gitlab_queue() -> None:
    """The same on GitLab, by its resource group."""
    document = gitlab()
    assert {document[name].get("resource_group") for name in ("up", "drift")} == {"stack-prod"}
    assert [document[name]["interruptible"] for name in GITLAB] == [True, False, False]


@pytest.mark.parametrize("name", GITHUB)
def test_when_a_workflow_of_github_runs(name: str) -> None:
    """A preview is for pull requests, and never runs the program of a fork; only main is deployed."""
    document: dict[str, Any] = github(name)
    assert EVENTS[name] in document["on"]
    assert "pull_request_target" not in document["on"]
    if name == "pull-request":
        (job,) = document["jobs"].values()
        assert job["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    if name == "deploy":
        assert document["on"]["push"] == {"branches": ["main"]}
