"""Which branch a CI job is about, by the event that has started it; none is guessed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from xplenty_pulumi.cli.commands.branch.jobs import branch_of_job, deleted_by_job
from xplenty_pulumi.errors import ConfigError

HERE, FORK = {"full_name": "acme/loads"}, {"full_name": "ann/loads"}
GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REF_NAME": "main", "GITHUB_REF_TYPE": "branch"}
GITLAB, MERGE = {"CI": "true", "GITLAB_CI": "true"}, {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_PROJECT_ID": "1"}
JENKINS, BITBUCKET = {"JENKINS_URL": "https://ci.example"}, {"CI": "true", "BITBUCKET_BUILD_NUMBER": "3"}
BUILDKITE = {"CI": "true", "BUILDKITE": "true", "BUILDKITE_REPO": "git@git.example:acme/loads.git"}
CIRCLE = {"CI": "true", "CIRCLECI": "true"}


def pull_request(repository: Mapping[str, str] | None = HERE) -> dict[str, Any]:
    """Return an event about the pull request of `feature/x`, in this repository or in another."""
    return {"action": "closed", "pull_request": {"head": {"ref": "feature/x", "repo": repository}}}


def workflow_run(event: str, repository: Mapping[str, str] = HERE) -> dict[str, Any]:
    """Return an event about the end of a workflow which an event has started."""
    return {"workflow_run": {"event": event, "head_branch": "feature/x", "head_repository": repository}}


def github(folder: Path, name: str, event: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment of a job on GitHub, whose variables name the default branch."""
    (folder / "event.json").write_text(json.dumps({"repository": HERE, **event}))
    return {**GITHUB, "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(folder / "event.json")}


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("delete", {"ref": "feature/x", "ref_type": "branch"}),
        ("create", {"ref": "feature/x", "ref_type": "branch"}),
        ("push", {"ref": "refs/heads/feature/x"}),
        ("workflow_dispatch", {"ref": "refs/heads/feature/x"}),
        ("pull_request", pull_request()),
        ("pull_request_target", pull_request()),
        ("pull_request_review", pull_request()),
        ("pull_request_review_comment", pull_request()),
        ("workflow_run", workflow_run("pull_request")),
    ],
)
def test_branch_is_the_one_that_the_event_of_github_is_about(tmp_path: Path, name: str, event: dict[str, Any]) -> None:
    """The variables of the job name the default branch in most of these, or a merge that has no name."""
    assert branch_of_job(github(tmp_path, name, event)) == "feature/x"


@pytest.mark.parametrize(
    ("name", "event", "text"),
    [
        ("delete", {"ref": "v1", "ref_type": "tag"}, "is about v1, which is no branch"),
        ("create", {"ref": "v1", "ref_type": "tag"}, "is about v1, which is no branch"),
        ("push", {"ref": "refs/tags/v1"}, "is about refs/tags/v1, which is no branch"),
        ("workflow_dispatch", {"ref": "refs/tags/v1"}, "is about refs/tags/v1, which is no branch"),
        ("pull_request", pull_request(FORK), "the pull request is of ann/loads, and not of acme/loads"),
        ("pull_request_target", pull_request(FORK), "the pull request is of ann/loads, and not of acme/loads"),
        ("pull_request", pull_request(None), "the pull request is of a repository that is gone"),
        ("workflow_run", workflow_run("pull_request", FORK), "the pull request is of ann/loads"),
        ("workflow_run", workflow_run("schedule"), "'workflow_run' of GitHub does not say which branch"),
        ("workflow_run", workflow_run("push"), "'workflow_run' of GitHub does not say which branch"),
        ("merge_group", {"merge_group": {"head_ref": "refs/heads/gh-readonly-queue/main/pr-1"}}, "'merge_group'"),
        ("issue_comment", {"issue": {"number": 7, "pull_request": {}}}, "'issue_comment'"),
        ("schedule", {"schedule": "17 3 * * *"}, "'schedule'"),
        ("repository_dispatch", {"branch": "main"}, "'repository_dispatch'"),
        ("release", {"release": {"target_commitish": "main"}}, "'release'"),
    ],
)
def test_event_of_github_without_a_branch_is_refused(
    tmp_path: Path, name: str, event: dict[str, Any], text: str
) -> None:
    """Neither the default branch nor one of the same name as a fork's is taken for it."""
    with pytest.raises(ConfigError, match="--branch") as refused:
        branch_of_job(github(tmp_path, name, event))
    assert text in str(refused.value)


@pytest.mark.parametrize("text", [None, "no JSON", "[]"])
def test_event_of_github_that_cannot_be_read_is_refused(tmp_path: Path, text: str | None) -> None:
    """What the variables say instead may be the default branch."""
    environment = github(tmp_path, "delete", {})
    (tmp_path / "event.json").unlink() if text is None else (tmp_path / "event.json").write_text(text)
    with pytest.raises(ConfigError, match="GITHUB_EVENT_PATH"):
        branch_of_job(environment)


@pytest.mark.parametrize(
    "environment",
    [
        {**GITLAB, "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "feature/x"},
        {
            **GITLAB,
            **MERGE,
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature/x",
        },
        {**JENKINS, "BRANCH_NAME": "feature/x"},
        {**JENKINS, "BRANCH_NAME": "PR-3", "CHANGE_ID": "3", "CHANGE_BRANCH": "feature/x"},
        {**BITBUCKET, "BITBUCKET_BRANCH": "feature/x"},
        {
            **BUILDKITE,
            "BUILDKITE_BRANCH": "feature/x",
            "BUILDKITE_PULL_REQUEST_REPO": "https://git.example/acme/loads.git",
        },
        {**CIRCLE, "CIRCLE_BRANCH": "feature/x"},
    ],
)
def test_branch_of_other_systems_is_in_their_variables(environment: dict[str, str]) -> None:
    """A pull request of the repository itself is about its own branch."""
    assert branch_of_job(environment) == "feature/x"


@pytest.mark.parametrize(
    "environment",
    [
        {**GITLAB, "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1"},
        {**GITLAB, "CI_PIPELINE_SOURCE": "external"},
        {**GITLAB, **MERGE, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "main"},
        {**JENKINS, "BRANCH_NAME": "v1", "TAG_NAME": "v1"},
        {**JENKINS, "BRANCH_NAME": "PR-3", "CHANGE_ID": "3"},
        {**JENKINS, "CHANGE_BRANCH": "main", "CHANGE_ID": "3", "CHANGE_FORK": "ann"},
        {**BITBUCKET, "BITBUCKET_TAG": "v1"},
        {**BUILDKITE, "BUILDKITE_TAG": "v1", "BUILDKITE_BRANCH": "v1"},
        {**BUILDKITE, "BUILDKITE_BRANCH": "main", "BUILDKITE_PULL_REQUEST_REPO": "https://git.example/ann/loads.git"},
        {**CIRCLE, "CIRCLE_TAG": "v1"},
        {**CIRCLE, "CIRCLE_BRANCH": "pull/3", "CIRCLE_PR_NUMBER": "3"},
    ],
)
def test_tags_and_forks_of_other_systems_are_refused(environment: dict[str, str]) -> None:
    """A fork's branch may have the name of one here, and a tag is none."""
    with pytest.raises(ConfigError, match="nothing was changed"):
        branch_of_job(environment)


GONE = "0" * 40


@pytest.mark.parametrize(
    ("name", "event", "branch"),
    [
        ("push", {"ref": "refs/heads/feature/x", "deleted": True, "after": GONE}, "feature/x"),
        ("push", {"ref": "refs/heads/feature/x", "deleted": False}, ""),
        ("push", {"ref": "refs/tags/v1", "deleted": True}, ""),
        ("delete", {"ref": "feature/x", "ref_type": "branch"}, "feature/x"),
        ("delete", {"ref": "v1", "ref_type": "tag"}, ""),
        ("create", {"ref": "feature/x", "ref_type": "branch"}, ""),
        ("pull_request", pull_request(), ""),
    ],
)
def test_deletion_is_told_from_other_events_of_github(
    tmp_path: Path, name: str, event: dict[str, Any], branch: str
) -> None:
    """Its branch is the one that is gone; that of a tag is about no branch."""
    assert deleted_by_job(github(tmp_path, name, event)) == branch


@pytest.mark.parametrize(
    ("environment", "branch"),
    [
        ({**GITLAB, "CI_COMMIT_BRANCH": "feature/x", "CI_COMMIT_SHA": GONE}, "feature/x"),
        ({**GITLAB, "CI_COMMIT_BRANCH": "feature/x", "CI_COMMIT_SHA": "5f3a1c9"}, ""),
        ({**GITLAB, "CI_COMMIT_TAG": "v1", "CI_COMMIT_SHA": GONE}, ""),
        ({**JENKINS, "BRANCH_NAME": "feature/x", "GIT_COMMIT": GONE}, "feature/x"),
        ({**BITBUCKET, "BITBUCKET_BRANCH": "feature/x", "BITBUCKET_COMMIT": GONE}, "feature/x"),
        ({**BUILDKITE, "BUILDKITE_BRANCH": "feature/x", "BUILDKITE_COMMIT": GONE}, "feature/x"),
        ({**CIRCLE, "CIRCLE_BRANCH": "feature/x", "CIRCLE_SHA1": GONE}, "feature/x"),
        ({**GITLAB, "CI": "false", "CI_COMMIT_BRANCH": "feature/x", "CI_COMMIT_SHA": GONE}, ""),
    ],
)
def test_deletion_is_a_commit_of_zeros_in_other_systems(environment: dict[str, str], branch: str) -> None:
    """That is how git writes the commit of a branch which is gone."""
    assert deleted_by_job(environment) == branch


def test_outside_of_ci_no_variable_counts() -> None:
    """What is checked out is meant there; so it is in a CI system that is not known."""
    assert branch_of_job({**GITHUB, "CI": "false"}) == branch_of_job({"CI": "true"}) == ""
