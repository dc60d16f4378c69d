"""Which branch is meant, whose it is, and which branches there are."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xplenty_pulumi.cli.app import app
from xplenty_pulumi.cli.commands.branch.git import Repository, repository_name
from xplenty_pulumi.errors import ConfigError, RefusedError

GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_REF_NAME": "12/merge", "GITHUB_ACTOR": "bob"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit on `topic/a`, no remote, and nobody's settings."""
    for name, value in {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}.items():
        monkeypatch.setenv(name, value)
    made = tmp_path / "clone"
    made.mkdir()
    git(made, "init", "--quiet", "--initial-branch=topic/a")
    git(made, "config", "user.name", "ann")
    git(made, "config", "user.email", "ann@example.com")
    git(made, "commit", "--quiet", "--allow-empty", "--message=first")
    return made


def git(folder: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("named", "environment", "branch"),
    [
        ("", {}, "topic/a"),
        ("refs/heads/other", GITHUB, "other"),
        ("", {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_BRANCH": "feature/y"}, "feature/y"),
        ("", {"GITLAB_CI": "true", "CI": "false", "CI_COMMIT_BRANCH": "not in CI"}, "topic/a"),
        ("heads/other", {}, "heads/other"),
    ],
)
def test_branch_is_as_named_or_the_jobs_or_the_one_here(
    folder: Path, named: str, environment: Mapping[str, str], branch: str
) -> None:
    """What is named goes first, then the CI job's own variables, then what is checked out."""
    assert Repository(folder, environment).branch(named) == branch


def test_branch_beside_a_tag_of_its_name_is_called_as_ever(folder: Path) -> None:
    """The tag changes how git shortens the branch, and must not change which stack it has."""
    git(folder, "tag", "topic/a")
    assert Repository(folder, {}).branch() == "topic/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:token@Git.Example/acme/loads.git",
        "git@git.example:acme/loads.git",
        "ssh://git@git.example:22/acme/loads/",
        "git.example:acme/loads",
    ],
)
def test_repository_has_one_name_whatever_the_way_to_it(url: str) -> None:
    """A clone made with a token, over SSH or in a CI job is one of the same repository, and no token is in the name."""
    assert repository_name(url) == "git.example/acme/loads"


def test_fork_is_another_repository() -> None:
    """So are two folders of this machine."""
    names = ["https://git.example/ann/loads", "https://git.example/acme/loads", "/srv/a.git", "/srv/b.git", "x" * 300]
    assert len({repository_name(one) for one in names}) == len(names)
    assert max(len(repository_name(one)) for one in names) <= 200


@pytest.mark.parametrize("named", ["", "two\nlines", "-x"])
def test_branch_that_can_not_be_told_is_bad_usage(folder: Path, named: str) -> None:
    """A detached checkout outside CI needs --branch; a name that no branch can have is none."""
    git(folder, "checkout", "--quiet", "--detach")
    with pytest.raises(ConfigError):
        Repository(folder, {}).branch(named)


@pytest.mark.parametrize(("environment", "owner"), [({}, "ann"), (GITHUB, "bob")])
def test_owner_is_who_has_started_it(folder: Path, environment: Mapping[str, str], owner: str) -> None:
    """In CI the one who has started the job, otherwise git's user."""
    assert Repository(folder, environment).usual_owner() == owner


def test_without_a_remote_the_branches_here_count(folder: Path) -> None:
    """A repository that nobody shares has its own branches only."""
    repository = Repository(folder, {})
    assert repository.remote() == ""
    assert repository.heads("").names == {"topic/a"}


def test_remote_is_asked_where_there_is_one(folder: Path, tmp_path: Path) -> None:
    """What was never pushed is not among its branches, and what is not here is."""
    git(tmp_path, "clone", "--quiet", "--bare", str(folder), "remote")
    git(folder, "remote", "add", "origin", str(tmp_path / "remote"))
    git(folder, "push", "--quiet", "origin", "HEAD:refs/heads/other")
    git(folder, "branch", "mine")
    repository = Repository(folder, {})
    found = repository.heads(repository.remote())
    assert (found.names, found.default) == (frozenset({"topic/a", "other"}), "topic/a")


def test_odd_names_on_the_remote_are_read(folder: Path) -> None:
    """Whoever pushes a name that is no UTF-8, or has a line separator in it, does not break it for all others."""
    odd = ("one\u2028two", "nel\u0085", "latin\udce9", "nbsp\u00a0")
    for name in odd:
        git(folder, "update-ref", f"refs/heads/{name}", "HEAD")
    git(folder, "remote", "add", "origin", str(folder))
    repository = Repository(folder, {})
    assert repository.heads("").names == repository.heads("origin").names == {"topic/a", *odd}


@pytest.mark.parametrize(("address", "trouble"), [("nowhere", "could not be asked"), ("empty", "it has none")])
def test_remote_that_tells_nothing_is_refused(folder: Path, tmp_path: Path, address: str, trouble: str) -> None:
    """One that cannot be reached, or has no branch at all, does not mean that branches are gone."""
    git(tmp_path, "init", "--quiet", "--bare", "empty")
    git(folder, "remote", "add", "origin", str(tmp_path / address))
    with pytest.raises(RefusedError, match=trouble):
        Repository(folder, {}).heads("origin")


def test_branch_of_the_job_is_on_the_remote_that_does_not_answer(folder: Path) -> None:
    """A checkout without a token cannot ask a private repository; the event of the job says it all the same."""
    git(folder, "remote", "add", "origin", "https://127.0.0.1:1/acme/loads.git")
    repository = Repository(folder, {"CI": "true", "GITLAB_CI": "true", "CI_COMMIT_BRANCH": "feature/y"})
    assert repository.pushed_to("feature/y") == "127.0.0.1/acme/loads"
    assert repository.pushed_to("topic/a") == ""


def test_several_remotes_need_a_word(folder: Path) -> None:
    """Where none is called origin, the one that counts is to be named; a name that is none is refused."""
    for name in ("one", "two"):
        git(folder, "remote", "add", name, "nowhere")
    repository = Repository(folder, {})
    assert repository.remote("two") == "two"
    for named in ("", "origin"):
        with pytest.raises(ConfigError, match="--remote"):
            repository.remote(named)


@pytest.mark.parametrize("named", ["", "feature/x"])
def test_a_deleted_branch_is_not_brought_up(folder: Path, tmp_path: Path, named: str) -> None:
    """Its environment would outlive it; another branch that is named in such a job is brought up."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"ref": "refs/heads/feature/x", "deleted": True}))
    environment = {**GITHUB, "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    done = CliRunner().invoke(
        app, ["branch", "up", "--branch", named, "--cwd", str(folder)], env={**environment, "PATH": _path(tmp_path)}
    )
    assert done.exit_code == 2
    assert done.stderr == (
        "xplenty-pulumi branch up: the event of this CI job is the deletion of branch feature/x, so nothing was "
        "brought up. Run `xplenty-pulumi branch down` for such events, or leave them out of the workflow\n"
    )
    Repository(folder, environment).require_not_deleted("topic/a")


def _path(folder: Path) -> str:
    """Return a PATH with a `pulumi` that must not be run."""
    engine = folder / "bin" / "pulumi"
    engine.parent.mkdir()
    engine.write_text("#!/bin/sh\nexit 99\n")
    engine.chmod(0o755)
    return f"{engine.parent}{os.pathsep}{os.environ['PATH']}"
