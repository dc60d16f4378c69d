"""Clusters that carry the scope of a branch and are somebody else's: neither `down` nor `sweep` ends them."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.accounts.desired import signed
from tests.support.engine.project import QUICK, Project, small_project
from tests.support.engine.ran import Ran
from xplenty_pulumi.cli.engine.holders import TOKENS
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.reports.branches import stack_name
from xplenty_pulumi.emulator import EmulatedCluster, Emulator

pytestmark = pytest.mark.engine

PROGRAM = """\
import os
from xplenty_pulumi import Cluster
for name in os.environ.get("CLUSTERS", "").split():
    Cluster(name, nodes=2, terminate_on_idle=False)
"""


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    """An account in which things are quick."""
    with Emulator(time_scale=300) as made:
        yield made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, account: Emulator) -> Project:
    """A project whose program declares the clusters that `CLUSTERS` names, with a template stack."""
    return small_project(tmp_path_factory.mktemp("project"), account, PROGRAM)


def bring_up(project: Project, branch: str, clusters: str) -> Ran:
    """Bring up a branch with these clusters as they are declared: a sandbox ends by itself when it is idle."""
    return project.run("up", "--branch", branch, "--sizing", "as-declared", *QUICK, CLUSTERS=clusters)


def brought_up(project: Project, branch: str, clusters: str = "") -> str:
    """Bring up a branch with these clusters, and return the name of its stack."""
    bring_up(project, branch, clusters).succeeded()
    (name,) = (one for one in project.stacks() if f"-{branch}-" in one)
    return name


def only_cluster(account: Emulator, before: set[int]) -> EmulatedCluster:
    """Return the one living cluster that was not there before."""
    (found,) = (one for one in account.living_clusters() if one.id not in before)
    return found


def signed_for(stack: str, *, held: bool = False) -> str:
    """Return the description of the cluster `etl` of a stack; not held, it is as a killed `up` leaves it behind."""
    owner = Owner("organization", "tests", stack, f"{TOKENS['cluster']}::etl")
    return signed("loads", owner=owner, now=datetime.now(UTC), held=held)


def ids(account: Emulator) -> set[int]:
    """Return the ids of all living clusters."""
    return {one.id for one in account.living_clusters()}


def not_ended(ran: Ran) -> list[str]:
    """Return the ids of the clusters that the output names as not ended."""
    return re.findall(r"^not ended: cluster (\d+) ", ran.succeeded().output, re.MULTILINE)


@pytest.mark.parametrize("again", ["", "etl"], ids=["with nothing", "with the same"])
def test_cluster_of_a_renamed_stack_lives_on(project: Project, account: Emulator, again: str) -> None:
    """Who renames the stack of a branch keeps what is in it, also where the branch comes up again and goes."""
    branch, before = f"kept{again}", ids(account)
    stack = brought_up(project, branch, "etl")
    kept = only_cluster(account, before)
    project.pulumi("stack", "rename", f"promoted{again}", "--stack", stack).succeeded()

    bring_up(project, branch, again)
    ran = project.run("down", "--branch", branch)

    assert not_ended(ran) == [str(kept.id)]
    assert f": stack organization/tests/promoted{again} holds it in its state\n" in ran.output
    assert f"stack {stack} is taken down; not ended: 1 cluster with its scope, as said above" in ran.output
    assert (stack in project.stacks(), kept.id in ids(account)) == (False, True)
    assert account.cluster(kept.id).nodes == kept.nodes


def test_moved_cluster_lives_on(project: Project, account: Emulator) -> None:
    """After `pulumi state move` it is the other stack's: `down` does not end it, nor does a sweep later."""
    before = ids(account)
    stack = brought_up(project, "moved", "etl")
    moved = only_cluster(account, before)
    urn = f"urn:pulumi:{stack}::tests::{TOKENS['cluster']}::etl"
    move = ("state", "move", "--yes", "--source", f"organization/tests/{stack}", "--dest", "organization/tests/dev")
    project.pulumi(*move, urn).succeeded()

    down, swept = project.run("down", "--branch", "moved"), project.run("sweep", "--yes")

    assert (str(moved.id) in not_ended(down), str(moved.id) in not_ended(swept)) == (True, True)
    assert "stack organization/tests/dev holds it in its state" in down.output
    assert moved.id in ids(account)


def test_sweep_on_a_copy_of_the_backend_ends_nothing_newer(project: Project, account: Emulator) -> None:
    """Of an older state nothing is known that was created since; the finished marker says that it is somebody's."""
    stack = brought_up(project, "copied", "etl")
    copy = project.top / "copy"
    shutil.copytree(project.top / "state", copy)
    before = ids(account)
    brought_up(project, "copied", "etl newer")
    newer = only_cluster(account, before)
    elsewhere = {"PULUMI_BACKEND_URL": f"file://{copy}"}
    tag = ("stack", "tag", "set", "xplenty:expires", "2026-01-01T00:00:00Z", "--stack", stack)
    project.pulumi(*tag, **elsewhere).succeeded()

    looked = project.run("sweep", **elsewhere)
    swept = project.run("sweep", "--yes", **elsewhere)

    assert looked.code == 3
    for ran in (looked, swept):
        line = rf"^not ended: cluster {newer.id} \(.*\), scope .*: its create call is done, and the state of no stack "
        assert re.search(line, ran.output, re.MULTILINE), ran.output
        assert f"; see `xplenty-pulumi hand-over cluster:{newer.id}`" in ran.output
    assert swept.code == 0
    assert newer.id in ids(account)
    project.run("down", "--branch", "copied").succeeded()
    assert newer.id not in ids(account)


def test_copied_description_is_no_proof(project: Project, account: Emulator) -> None:
    """A colleague's cluster with the text of one of the branch lives on; that one ends."""
    before = ids(account)
    stack = brought_up(project, "copy-paste", "etl")
    own = only_cluster(account, before)
    finished = account.edit_cluster(own.id, description=signed_for(stack, held=True)).description
    colleague = account.add_cluster(name="colleague", description=finished)

    ran = project.run("down", "--branch", "copy-paste")

    assert not_ended(ran) == [str(colleague.id)]
    assert (own.id in ids(account), colleague.id in ids(account)) == (False, True)


def test_what_a_killed_run_left_unfinished_is_ended(project: Project, account: Emulator) -> None:
    """The stack has no state of it; the marker says that a create of it was interrupted."""
    stack = brought_up(project, "killed")
    lost = account.add_cluster(description=signed_for(stack))

    ran = project.run("down", "--branch", "killed").succeeded()

    assert (account.cluster(lost.id).status, not_ended(ran)) == ("terminated", [])
    assert ran.output.endswith(f"branch killed: stack {stack} is taken down, and nothing of it lives\n")


def test_sweep_ends_only_what_is_unfinished_of_stacks_that_are_gone(project: Project, account: Emulator) -> None:
    """Of two clusters without a stack, the one that an interrupted create left is ended and the finished one named."""
    family = brought_up(project, "topic").split("-")[1]
    gone = stack_name("gone", family)
    lost = account.add_cluster(description=signed_for(gone))
    done = account.add_cluster(description=signed_for(gone, held=True))

    looked, swept = project.run("sweep"), project.run("sweep", "--yes")

    assert looked.code == 3
    assert re.findall(r"^would sweep cluster (\d+)", looked.output, re.MULTILINE) == [str(lost.id)]
    assert str(done.id) in not_ended(swept)
    assert (account.cluster(lost.id).status, done.id in ids(account)) == ("terminated", True)
