"""A repository's life in CI, on the real engine: the very steps of the workflows, in their order."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gitops.forge import GITHUB, GITLAB, forge
from tests.gitops.repository import PULL_REQUEST, Repository
from tests.support.engine.ran import LONGEST, eventually
from tests.support.engine.stack import STEP, writes
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """A repository with a new stack, in whose account nothing happens but what is waited for."""
    with Emulator(step=STEP) as account, forge(GITHUB) as made:
        yield Repository(tmp_path, account, made).begin()


def test_from_a_pull_request_to_its_deployment(repository: Repository) -> None:
    """The preview is one comment, kept up to date; two merges at once deploy one after the other, and once."""
    repository.workflow("pull-request").succeeded()
    first = repository.forge.comments_on(PULL_REQUEST)
    repository.push(nodes=3)
    repository.workflow("pull-request").succeeded()

    (comment,) = repository.forge.comments_on(PULL_REQUEST)
    assert "2 to create" in comment
    assert ("| `nodes` |  | `2` |" in first[0], "| `nodes` |  | `3` |" in comment) == (True, True)
    assert (writes(repository.account), repository.account.api_key in comment) == ([], False)
    assert (repository.folder / "installed").read_text().startswith("install --quiet --require-hashes ")

    repository.account.pace(0)
    ahead = repository.started(*repository.up_step())
    eventually(lambda: repository.account.clusters() or None)
    behind = repository.started(*repository.up_step())
    waited = _read_up_to("Another pulumi is at work on prod; trying again", behind)
    repository.account.pace(STEP)
    printed, _ = ahead.communicate(timeout=LONGEST)
    waited += behind.communicate(timeout=LONGEST)[0]

    assert (ahead.returncode, behind.returncode) == (0, 0), printed + waited
    assert writes(repository.account) == ["POST /clusters", "PUT /clusters/501", "POST /jobs"]
    assert "\x1b" not in printed + waited
    assert not re.search(r"^@ updating", printed, re.MULTILINE)


def _read_up_to(text: str, process: "subprocess.Popen[str]") -> str:
    """Return what a process has printed, as soon as `text` is in it."""
    printed = ""
    assert process.stdout is not None
    for line in process.stdout:
        printed += line
        if text in line:
            return printed
    raise AssertionError(printed)


def test_drift_opens_an_issue_and_its_repair_closes_it(repository: Repository) -> None:
    """No drift, no issue; an edit by hand opens one, and a preview shows it; the next `up` lets the issue close."""
    repository.workflow("deploy").succeeded()
    (made,) = repository.account.clusters()
    repository.workflow("drift").succeeded()
    assert repository.forge.issues == []

    repository.account.edit_cluster(made.id, nodes=5)
    repository.workflow("drift").succeeded()
    repository.workflow("pull-request").succeeded()
    assert "| `nodes` | `5` | `2` |" in repository.forge.comments_on(PULL_REQUEST)[0]
    (issue,) = repository.forge.issues
    assert (issue["title"], issue["state"]) == ("Drift in the stack prod", "open")
    assert "nodes" in issue["body"]

    repository.workflow("deploy").succeeded()
    repository.workflow("drift").succeeded()
    assert issue["state"] == "closed"
    assert repository.forge.comments_on(issue["number"]) == ["There is no drift any more."]
    assert repository.account.cluster(made.id).nodes == 2


def test_failed_preview_is_a_comment_and_a_failure(tmp_path: Path) -> None:
    """What is wrong is read in the pull request, on GitLab as well, and the job is red."""
    with Emulator() as account, forge(GITLAB) as made:
        repository = Repository(tmp_path, account, made).begin()
        repository.push(nodes=0)
        ran = repository.job_of_gitlab("preview")

    assert ran.code != 0
    (comment,) = repository.forge.comments_on(PULL_REQUEST)
    assert "it failed" in comment.splitlines()[1]
    assert "nodes must be between 1 and" in comment


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the job", "to all its processes"])
def test_cancelled_deployment_leaves_no_lock(repository: Repository, send: Callable[[int, int], None]) -> None:
    """The job ends soon, however often and to whom it is said, and the next one goes on without any help."""
    repository.account.pace(0)
    running = repository.started(*repository.up_step())
    eventually(lambda: repository.account.clusters() or None)

    for number in (signal.SIGINT, signal.SIGTERM):
        send(running.pid, number)
    printed, _ = running.communicate(timeout=LONGEST)
    assert running.returncode != 0, printed
    assert "It goes on existing" in printed
    repository.account.pace(STEP)
    again = repository.workflow("deploy").succeeded()

    assert "Another pulumi is at work" not in again.output
    assert writes(repository.account) == ["POST /clusters", "PUT /clusters/501", "POST /jobs"]
