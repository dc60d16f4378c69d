"""The schedules of a branch's environment are disabled, unless somebody says otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine.project import QUICK, Project
from tests.support.engine.stack import STEP
from xplenty_pulumi.emulator import Emulator

PROGRAM = """
import xplenty_pulumi
xplenty_pulumi.Schedule("nightly", packages=[{"package_id": 101}], every="1 day")
"""
NAME = "xplenty:schedules"


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose time stands still."""
    with Emulator(step=STEP) as made:
        yield made


@pytest.fixture
def project(tmp_path: Path, account: Emulator) -> Project:
    """A project whose program declares a schedule, with its template stack."""
    made = Project(tmp_path, account).with_template()
    (made.folder / "__main__.py").write_text(PROGRAM)
    return made


def statuses(account: Emulator) -> list[str]:
    """Return the statuses of the schedules that the account did not begin with."""
    return [one.status for one in account.schedules() if one.id > 302]


@pytest.mark.engine
def test_the_schedules_of_a_branch_are_disabled(project: Project, account: Emulator) -> None:
    """So they are where the template says nothing, and stay so; what is set by hand counts from the next `up` on."""
    project.run("up", "--branch", "one", *QUICK).succeeded()
    assert statuses(account) == ["disabled"]
    (stack,) = project.stacks()
    project.run("up", "--branch", "one", "--", "--skip-preview", "--expect-no-changes").succeeded()

    project.pulumi("config", "set", NAME, "as-declared", "--stack", stack).succeeded()
    project.run("up", "--branch", "one", *QUICK).succeeded()
    assert statuses(account) == ["enabled"]


@pytest.mark.engine
def test_a_template_may_keep_them_as_declared(project: Project, account: Emulator) -> None:
    """What the template says holds for the branches that are made from it."""
    project.pulumi("config", "set", NAME, "as-declared", "--stack", "dev").succeeded()
    project.run("up", "--branch", "one", *QUICK).succeeded()
    assert statuses(account) == ["enabled"]
