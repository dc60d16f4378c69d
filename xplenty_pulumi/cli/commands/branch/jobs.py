"""Which branch a CI job is about, as the job's own event says it; a job that is about none is refused."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.settings import in_ci

_PULL_REQUEST = frozenset({"pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"})
_OF_A_REF = frozenset({"push", "create", "delete", "workflow_dispatch"})
_HEAD = "refs/heads/"
Variable = Callable[[str], str]
"""Reads a variable of the environment; an empty text where it is not set."""
_COMMITS = ("CI_COMMIT_SHA", "GIT_COMMIT", "BITBUCKET_COMMIT", "BUILDKITE_COMMIT", "CIRCLE_SHA1")
"""Where each of the other systems names the commit: git writes zeros for that of a branch which is gone."""


def branch_of_job(environment: Mapping[str, str]) -> str:
    """Return the branch that the CI job is about; empty where this is no job of a CI system that is known.

    Raises:
        ConfigError: the job is about no branch of this repository, or does not say which.
    """
    if not in_ci(environment):
        return ""
    read = next((read for name, read in _SYSTEMS.items() if environment.get(name, "").strip()), None)
    return read(lambda name: environment.get(name, "").strip()) if read else ""


def deleted_by_job(environment: Mapping[str, str]) -> str:
    """Return the branch whose deletion the event of the CI job is; empty where it is anything else."""

    def of(name: str) -> str:
        return environment.get(name, "").strip() if in_ci(environment) else ""

    is_deletion = any(re.fullmatch("0{40,}", of(name)) for name in _COMMITS) or of("GITHUB_EVENT_NAME") == "delete"
    with suppress(ConfigError):
        is_push = of("GITHUB_EVENT_NAME") == "push"
        if is_deletion or (is_push and _event_of_github(of).get("deleted") is True):
            return branch_of_job(environment)
    return ""


def _of_github(of: Variable) -> str:
    name, event = of("GITHUB_EVENT_NAME"), _event_of_github(of)
    if name in _PULL_REQUEST:
        return _head(event.get("pull_request"), "ref", "repo", event)
    if name == "workflow_run" and _at(event, "workflow_run", "event") == "pull_request":
        return _head(event.get("workflow_run"), "head_branch", "head_repository", event)
    if name not in _OF_A_REF:
        raise _refused(f"the event {name!r} of GitHub does not say which branch it is about")
    # The branch that was pushed, made, deleted or chosen: `refs/heads/x`, or `x` beside a type.
    ref, type_ = _at(event, "ref"), _at(event, "ref_type")
    is_branch = type_ == "branch" if name in ("create", "delete") else ref.startswith(_HEAD)
    if not is_branch:
        raise _refused(f"the event {name!r} of GitHub is about {ref or 'something'}, which is no branch")
    return ref.removeprefix(_HEAD)


def _event_of_github(of: Variable) -> Mapping[str, Any]:
    try:
        event = json.loads(Path(of("GITHUB_EVENT_PATH")).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        event = None
    if isinstance(event, Mapping):
        return event
    raise _refused("the file of GitHub's event, which GITHUB_EVENT_PATH names, cannot be read")


def _head(thing: Any, ref: str, repository: str, event: Mapping[str, Any]) -> str:
    """The branch of a pull request; one of a fork may have the name of a branch here, and is another one."""
    head = thing.get("head", thing) if isinstance(thing, Mapping) else {}
    theirs, ours = _at(head, repository, "full_name"), _at(event, "repository", "full_name")
    if not ours or theirs != ours:
        whose = theirs or "a repository that is gone"
        raise _refused(f"the pull request is of {whose}, and not of {ours or 'this one'}")
    return _named(_at(head, ref), "the pull request does not name its branch")


def _of_gitlab(of: Variable) -> str:
    if of("CI_MERGE_REQUEST_IID"):
        _require_same("merge request", of("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), of("CI_MERGE_REQUEST_PROJECT_ID"))
        return _named(of("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"), "the merge request does not name its branch")
    if of("CI_COMMIT_TAG"):
        raise _refused(f"the pipeline is about the tag {of('CI_COMMIT_TAG')}")
    return _named(
        of("CI_COMMIT_BRANCH"), f"the pipeline (source {of('CI_PIPELINE_SOURCE') or 'unknown'}) does not say its branch"
    )


def _of_jenkins(of: Variable) -> str:
    if of("TAG_NAME"):
        raise _refused(f"the build is about the tag {of('TAG_NAME')}")
    if of("CHANGE_FORK"):
        raise _refused(f"the pull request is of the fork {of('CHANGE_FORK')}")
    named = of("CHANGE_BRANCH") or ("" if of("CHANGE_ID") else of("BRANCH_NAME"))
    return _named(named, "the build does not say its branch")


def _of_buildkite(of: Variable) -> str:
    if of("BUILDKITE_TAG"):
        raise _refused(f"the build is about the tag {of('BUILDKITE_TAG')}")
    if theirs := of("BUILDKITE_PULL_REQUEST_REPO"):
        _require_same("pull request", _repository(theirs), _repository(of("BUILDKITE_REPO")))
    return _named(of("BUILDKITE_BRANCH"), "the build does not say its branch")


def _of_circle(of: Variable) -> str:
    if of("CIRCLE_PR_NUMBER"):  # only set where the pull request is of a fork
        raise _refused("the pull request is of a fork")
    return _named(of("CIRCLE_BRANCH"), "the job is about no branch, such as for a tag")


_SYSTEMS: dict[str, Callable[[Variable], str]] = {
    "GITHUB_ACTIONS": _of_github,
    "GITLAB_CI": _of_gitlab,
    "JENKINS_URL": _of_jenkins,
    "BITBUCKET_BUILD_NUMBER": lambda of: _named(
        of("BITBUCKET_BRANCH"), "the pipeline is about no branch, such as for a tag"
    ),
    "BUILDKITE": _of_buildkite,
    "CIRCLECI": _of_circle,
}
"""Each CI system by a variable that it always sets."""


def _repository(url: str) -> str:
    """The last two words of an address, which are the same over HTTPS and SSH."""
    return "/".join(url.replace(":", "/").removesuffix(".git").strip("/").split("/")[-2:])


def _require_same(what: str, theirs: str, ours: str) -> None:
    if not theirs or theirs != ours:
        raise _refused(f"the {what} is of {theirs or 'a repository that is not named'}, and not of this one")


def _named(branch: str, otherwise: str) -> str:
    if branch:
        return branch
    raise _refused(otherwise)


def _at(thing: Any, *names: str) -> str:
    """The text at this place of an event, or an empty one."""
    for name in names:
        thing = thing.get(name) if isinstance(thing, Mapping) else None
    return thing if isinstance(thing, str) else ""


def _refused(problem: str) -> ConfigError:
    return ConfigError(
        f"{problem}; nothing was changed",
        setting="--branch",
        advice="Name the branch with --branch, or leave such events out of the workflow",
    )
