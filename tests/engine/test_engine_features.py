"""What the engine offers beside `up` and `destroy`: plans, taints, targets, and states that are moved or renamed."""

import pytest

from tests.support.engine.stack import Stack, cluster, job, writes
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

URN = "urn:pulumi:dev::tests::pulumi-python:dynamic/xplenty:{}::{}"
ETL = URN.format("Cluster", "etl")


def test_up_does_what_a_saved_plan_says_and_no_more(stack: Stack, account: Emulator) -> None:
    """An `up` of a program that has changed since is refused before a call."""
    stack.declare(cluster("etl"), job("load")).run("preview", "--save-plan", "plan.json").succeeded()
    stack.up("--plan", "plan.json").succeeded()
    before = len(writes(account))

    output = stack.declare(cluster("etl", nodes=3), job("load")).up("--plan", "plan.json").failed().output

    assert "violates plan" in output
    assert len(writes(account)) == before


def test_tainted_cluster_is_ended_and_made_anew(stack: Stack, account: Emulator) -> None:
    """It is replaced once, the old one first, and its run is made on the new one."""
    stack.declare(cluster("etl"), job("load")).up().succeeded()
    stack.run("state", "taint", ETL, "--yes").succeeded()

    stack.up().succeeded()

    old, new = account.clusters()
    assert (old.status, new.status) == ("terminated", "available")
    assert [run.cluster_id for run in account.jobs()] == [old.id, new.id]
    stack.up("--expect-no-changes").succeeded()


def test_renamed_resource_keeps_its_cluster(stack: Stack, account: Emulator) -> None:
    """After `pulumi state rename` the next `up` signs the marker anew, and creates nothing."""
    stack.declare(cluster("etl")).up().succeeded()
    before = account.clusters()[0]
    stack.run("state", "rename", ETL, "warehouse", "--yes").succeeded()

    output = stack.declare(cluster("warehouse")).up().succeeded().output

    assert "signs the marker anew for resource warehouse" in output or not stack.has_bridge
    (after,) = account.clusters()
    assert (after.id, after.status, after.name) == (before.id, "available", before.name)
    assert after.description != before.description


def test_cluster_that_is_moved_to_another_stack_is_its_own_there(stack: Stack, account: Emulator) -> None:
    """Its former stack ends nothing of it; its new one does."""
    stack.declare(cluster("etl")).up().succeeded()
    stack.run("stack", "init", "prod", "--secrets-provider", "hashivault://tests").succeeded()
    stack.declare().up().succeeded()
    stack.run("state", "move", "--source", "dev", "--dest", "prod", "--yes", ETL).succeeded()

    output = stack.declare(cluster("etl")).up().succeeded().output
    assert "signs the marker anew for stack prod" in output or not stack.has_bridge
    stack.destroy("--stack", "dev").succeeded()
    assert [one.status for one in account.clusters()] == ["available"]

    stack.destroy("--stack", "prod").succeeded()
    assert [one.status for one in account.clusters()] == ["terminated"]


def test_run_whose_cluster_a_target_leaves_out_says_so(stack: Stack, account: Emulator) -> None:
    """Its cluster has no id yet, so the check refuses it and names the likely reason."""
    output = stack.declare(cluster("etl"), job("load")).up("--target", URN.format("JobRun", "load")).failed().output

    assert "cluster_id is required and has no value" in output
    assert "`--target` may have left that one out" in output
    assert writes(account) == []


def test_what_is_excluded_is_neither_created_nor_ended(stack: Stack, account: Emulator) -> None:
    """With `--exclude`, an `up` and a `destroy` do the rest alone."""
    stack.declare(cluster("etl"), cluster("other"))
    stack.up("--exclude", ETL).succeeded()
    assert len(account.clusters()) == 1
    stack.up().succeeded()

    stack.destroy("--exclude", ETL).succeeded()

    assert [str(one.id) for one in account.living_clusters()] == [stack.state()["etl"]["id"]]
