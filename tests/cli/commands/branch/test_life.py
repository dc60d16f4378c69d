"""Branches through their lives on the real engine: whatever becomes of them, nothing of theirs is left over."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from tests.support.engine.project import QUICK, Project
from tests.support.engine.ran import eventually
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, read, sign
from xplenty_pulumi.emulator import EmulatedCluster, Emulator, Knobs

pytestmark = pytest.mark.engine

FATES = ("merged", "killed", "never", "by_hand", "done")
_AT_ONCE = 4
STEP = 10.0
PACE = Knobs(creating_seconds=20, terminating_seconds=10)


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account in which a cluster takes a few looks to come and to go, and none ends because it is idle."""
    with Emulator(step=STEP, knobs=PACE) as made:
        yield made


@pytest.fixture
def project(tmp_path: Path, account: Emulator) -> Project:
    """A project with its template stack."""
    return Project(tmp_path, account).with_template()


@pytest.mark.parametrize("count", [5, pytest.param(20, marks=pytest.mark.long)])
def test_nothing_is_left_of_any_branch(project: Project, account: Emulator, count: int) -> None:
    """Merged, killed, never deployed, ended by hand or done with: afterwards no stack and no cluster is left."""
    strangers = _strangers(account)
    branches = _branches(count)
    project.push(*(name for names in branches.values() for name in names))

    _bring_up_at_once(project, [*branches["merged"], *branches["by_hand"], *branches["done"]])
    assert len(project.stacks()) == len(set(project.stacks())) == count - 2 * (count // 5)
    _kill_while_creating(project, account, branches["killed"])
    lost = _lose_the_stack_of_a_killed_one(project, account)
    for name in branches["by_hand"]:
        account.end_cluster(_cluster_of(account, name).id)
    project.delete(*branches["merged"])
    _expire(project, branches["by_hand"])

    _take_down(project, branches)
    _sweep(project, branches, lost)

    assert project.stacks() == []
    assert {one.id for one in account.living_clusters()} == strangers
    assert not list(project.folder.glob("Pulumi.br-*.yaml"))


def _branches(count: int) -> dict[str, list[str]]:
    """So many branches, for each fate as many; those of one fate differ in odd characters and in case only."""
    names = ("feature/Load!", "feature/load", "Feature/load", "feature-load")
    return {fate: [f"{fate}/{name}" for name in islice(names, count // len(FATES))] for fate in FATES}


def _strangers(account: Emulator) -> set[int]:
    """Clusters of others: without a marker, of another project's branch stack that is no more, of a plain stack."""
    foreign = Owner("organization", "other-project", "br-0123456-feature-load-0123456789ab", "urn")
    plain = Owner("organization", "branch-environments", "dev", "urn")
    texts = ("by hand", *(sign("", marker_of(owner)) for owner in (foreign, plain)))
    return {account.add_cluster(description=text, terminate_on_idle=False).id for text in texts}


def _bring_up_at_once(project: Project, branches: list[str]) -> None:
    """Bring several up at the same time, each of which gets a cluster."""
    left = list(branches)
    while left:
        now, left = left[:_AT_ONCE], left[_AT_ONCE:]
        with ExitStack() as stack:
            running = [stack.enter_context(project.begun("up", "--branch", name, *QUICK)) for name in now]
            for one in running:
                one.ended().succeeded()


def _kill_while_creating(project: Project, account: Emulator, branches: list[str]) -> None:
    account.pace(0)
    for name in branches:
        with project.begun("up", "--branch", name, *QUICK) as running:
            eventually(partial(_cluster_if_any, account, name))
            running.kill_engine()
            assert running.ended().code == 1
    account.pace(STEP)


def _lose_the_stack_of_a_killed_one(project: Project, account: Emulator) -> int:
    """Kill one more, and remove its stack by force: a living cluster is left that no stack tells of."""
    project.push("lost")
    _kill_while_creating(project, account, ["lost"])
    name = next(one for one in project.stacks() if "-lost-" in one)
    project.pulumi("cancel", "--yes", "--stack", name).succeeded()
    project.pulumi("stack", "rm", "--yes", "--force", "--stack", name).succeeded()
    return _cluster_of(account, "lost").id


def _expire(project: Project, branches: list[str]) -> None:
    for stack in project.stacks():
        if any(_readable(name) in stack for name in branches):
            project.expire(stack)


def _take_down(project: Project, branches: dict[str, list[str]]) -> None:
    """Take down what is killed, never deployed or done with; and each once more, which does nothing."""
    for name in (*branches["killed"], *branches["done"]):
        assert "nothing of it lives" in project.run("down", "--no-wait", "--branch", name).succeeded().output
    for name in (*branches["never"], *branches["done"][:1]):
        assert "nothing to take down" in project.run("down", "--branch", name).succeeded().output


def _sweep(project: Project, branches: dict[str, list[str]], lost: int) -> None:
    """Exactly what is left over is said before anything is done, and ended then; a third time there is nothing."""
    dry = project.run("sweep", "--dry-run")
    listed = set(re.findall(r"^would sweep stack \S+ \(branch (\S+) of ann\)", dry.output, re.MULTILINE))
    assert (dry.code, listed) == (3, {*branches["merged"], *branches["by_hand"]}), dry.output
    assert re.findall(r"^would sweep cluster (\d+)", dry.output, re.MULTILINE) == [str(lost)]

    project.run("sweep", "--yes").succeeded()
    assert project.run("sweep").succeeded().output.splitlines()[1:] == ["nothing to sweep"]


def _clusters_of(account: Emulator, branch: str) -> list[EmulatedCluster]:
    """The clusters whose description says that they are the branch's, as the example's program writes it."""
    clusters = account.clusters()
    return [one for one in clusters if (one.description or "").startswith(f"loads of {branch} [") and _is_ours(one)]


def _cluster_if_any(account: Emulator, branch: str) -> EmulatedCluster | None:
    return next(iter(_clusters_of(account, branch)), None)


def _cluster_of(account: Emulator, branch: str) -> EmulatedCluster:
    (found,) = _clusters_of(account, branch)
    return found


def _is_ours(cluster: EmulatedCluster) -> bool:
    marker = read(cluster.description)
    return marker is not None and marker.scope.startswith("br-")


def _readable(branch: str) -> str:
    return branch.partition("/")[0].replace("_", "-")
