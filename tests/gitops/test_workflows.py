"""The workflows that users copy: what they run, what they may, and that two of them never fight."""

import os
import re
from itertools import chain
from typing import Any

import pytest

from tests.gitops.workflows import EXAMPLE, GITHUB, GITLAB, github, github_steps, gitlab, gitlab_steps

SCRIPT = re.compile(r"(?:exec )?(?:env -u GITLAB_TOKEN )?(ci/\w+\.sh)")
RUN_BY_TESTS = {"ci/setup.sh", "ci/preview.sh", "ci/comment.sh", "ci/up.sh", "ci/drift.sh"}
SETTINGS = {"XPLENTY_API_KEY", "XPLENTY_ACCOUNT_ID", "PULUMI_STACK", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"}
SECRETS = ("XPLENTY_API_KEY", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE")
RUN_THE_PROGRAM = {"ci/preview.sh", "exec ci/up.sh"}
READ_THE_STATE = {*RUN_THE_PROGRAM, "ci/drift.sh"}
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
    assert len(scripts) == len(commands) > 0
    assert set(scripts) <= RUN_BY_TESTS
    assert all(os.access(EXAMPLE / script, os.X_OK) for script in scripts)


def test_both_forges_do_the_same() -> None:
    """A job of GitLab has the scripts of the workflow of GitHub."""
    scripts = [[found[1] for found in map(SCRIPT.fullmatch, commands) if found] for _, commands in jobs()]
    assert scripts[: len(GITHUB)] == scripts[len(GITHUB) :]


def test_no_script_is_left_out() -> None:
    """What lies in the folder is run by a job."""
    assert {f"ci/{file.name}" for file in (EXAMPLE / "ci").glob("*.sh")} == RUN_BY_TESTS


@pytest.mark.parametrize("name", GITHUB)
def test_settings_of_github_come_from_its_store(name: str) -> None:
    """What is secret comes from the secrets, and only into the step that needs it, which has all of them."""
    assert github_steps(name)
    for step in github_steps(name):
        assert set(step.environment) <= SETTINGS | OTHERS
        needs = step.command in READ_THE_STATE
        assert set(step.environment) >= (SETTINGS if needs else {"PULUMI_STACK"})
        secret = {setting: f"${{{{ secrets.{setting} }}}}" for setting in SECRETS} if needs else {}
        assert {setting: text for setting, text in step.environment.items() if "secrets" in text} == secret


def test_settings_of_gitlab_are_variables_of_the_project() -> None:
    """The pipeline names those that it needs, and holds none of them."""
    text = (EXAMPLE / ".gitlab-ci.yml").read_text()
    assert all(name in text for name in SETTINGS)
    for name in GITLAB:
        assert set(gitlab_steps(name)[0].environment) & SETTINGS == {"PULUMI_STACK"}


@pytest.mark.parametrize("name", GITHUB)
def test_workflow_has_the_least_rights(name: str) -> None:
    """Only the comment and the issue may be written, only by the workflow that does."""
    wanted = {"pull-request": {"pull-requests": "write"}, "drift": {"issues": "write"}}.get(name, {})
    (job,) = github(name)["jobs"].values()
    assert (github(name)["permissions"], job["permissions"]) == ({}, {"contents": "read", **wanted})


def test_token_of_the_forge_is_in_no_environment_of_the_program() -> None:
    """On GitHub the steps that run it do not get it; on GitLab, where every command does, they are run without it."""
    for name in GITHUB:
        given = [step.command for step in github_steps(name) if "GITHUB_TOKEN" in step.environment]
        assert given == {"pull-request": ["ci/comment.sh"], "drift": ["ci/drift.sh"]}.get(name, [])
    scripts = {line for name in GITLAB for line in gitlab()[name]["script"]}
    assert scripts == {f"exec env -u GITLAB_TOKEN ci/{name}.sh" for name in ("preview", "up")} | {"ci/drift.sh"}


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
