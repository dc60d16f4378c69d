"""How large the clusters of a branch's environment are, and that this stays as it was decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.project import QUICK, Project
from tests.support.engine.stack import STEP
from xplenty_pulumi.cli.commands.branch.up import Sizing, usual_sizing
from xplenty_pulumi.core.preview.plan_limits import PlanLimits
from xplenty_pulumi.emulator import Emulator, Knobs

SMALL = ("production", 2, True, 900)


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account with the one free sandbox."""
    with Emulator(step=STEP, knobs=Knobs(max_sandboxes=1)) as made:
        yield made


@pytest.fixture
def project(tmp_path: Path, account: Emulator) -> Project:
    """A project with its template stack."""
    return Project(tmp_path, account).with_template()


def shapes(account: Emulator) -> list[tuple[str, int, bool, int]]:
    """Return what the clusters are, oldest first."""
    return [(one.type, one.nodes, one.terminate_on_idle, one.time_to_idle) for one in account.clusters()]


@pytest.mark.engine
def test_environments_of_an_account_with_one_sandbox_stand_side_by_side(project: Project, account: Emulator) -> None:
    """The first `up` decides and says so; another branch comes up beside it, and a fresh checkout keeps the sizing."""
    for name in ("one", "two"):
        output = project.run("up", "--branch", name, *QUICK).succeeded().output
        assert "sizing smallest, kept from now on: the plan 'Pro' allows 1 sandbox at once" in output
    assert shapes(account) == [SMALL, SMALL]

    for file in project.folder.glob("Pulumi.br-*.yaml"):
        file.unlink()
    account.account.knobs = account.account.world.knobs = Knobs()
    again = project.run("up", "--branch", "one", "--", "--skip-preview", "--expect-no-changes").succeeded().output
    assert "sizing" not in again
    for name in ("one", "two"):
        project.run("down", "--branch", name).succeeded()


@pytest.mark.engine
def test_the_refusal_of_a_second_sandbox_names_the_way_out(project: Project, account: Emulator) -> None:
    """It says who holds the sandbox; the named option then brings the branch up, and stays without being repeated."""
    project.run("up", "--branch", "one", "--sizing", "sandbox", *QUICK).succeeded()
    (held,) = account.clusters()
    refused = project.run("up", "--branch", "two", "--sizing", "sandbox").failed().output
    assert f"cluster {held.id} {held.name} of stack br-" in refused
    assert "`xplenty-pulumi branch up --sizing smallest`" in refused

    project.run("up", "--branch", "two", "--sizing", "smallest", *QUICK).succeeded()
    assert shapes(account)[1:] == [SMALL]
    project.run("up", "--branch", "two", "--", "--skip-preview", "--expect-no-changes").succeeded()
    for name in ("one", "two"):
        project.run("down", "--branch", name).succeeded()


@pytest.mark.parametrize(
    ("limit", "allowed", "sizing"),
    [
        (None, "", Sizing.SANDBOX),
        (1, "", Sizing.SMALLEST),
        (2, "", Sizing.SANDBOX),
        (1, "sandbox", Sizing.SANDBOX),
        (1, "sandbox,production", Sizing.SMALLEST),
    ],
)
def test_the_plan_decides_the_sizing(
    limit: int | None, allowed: str, sizing: Sizing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sandbox is too few for environments side by side; where nothing else is allowed or known, it is sandboxes."""
    monkeypatch.delenv("XPLENTY_ALLOWED_TYPES", raising=False)
    config = {"xplenty:allowedTypes": allowed}
    found, remark = usual_sizing(config.get, lambda: PlanLimits("Pro", sandbox=limit))
    assert found is sizing
    assert bool(remark) is (sizing is Sizing.SMALLEST)
