"""What a preview knows before anything is done, on the real engine."""

import re

from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator


def test_preview_names_what_an_up_would_run_into(stack: Stack, account: Emulator) -> None:
    """A package by id and by name, variables, nodes and type are refused by a preview; nothing is created."""
    stack.run("config", "set", "--path", "xplenty:allowedTypes[0]", "production").succeeded()
    etl = cluster("etl")
    for declared, texts in (
        (
            [cluster("big", nodes=21)],
            ["nodes value {21} has a problem: nodes must be at most 20", "plan 'Pro', got 21"],
        ),
        ([cluster("play", nodes=1, type="sandbox")], ["type must be 'production' in this stack, got 'sandbox'"]),
        ([etl, job("load", package_id=999)], ["package_id value {999} has a problem: package 999 does not exist"]),
        (
            [
                etl,
                job("load", variables={"dya": "'x'"}),
                job("bad", {"depends_on": ["load"]}, package_id=None, package="Daily sails"),
            ],
            [
                "package 101 does not declare the variable dya; it declares day, output_path",
                "no active package is named 'Daily sails'",
            ],
        ),
    ):
        output = stack.declare(*declared).run("preview").failed().output
        for text in texts:
            assert text in output
    assert account.clusters() == ()
    assert len(account.calls()) <= 16


def test_life_of_a_stack_of_sandboxes(stack: Stack, account: Emulator) -> None:
    """Whatever the program says a sandbox is made and runs its job; then nothing is planned, then nothing new made."""
    for key, text in (("sizing", "sandbox"), ("expires", "2100-01-01T00:00:00Z"), ("maxNodeHours", "1")):
        stack.run("config", "set", f"xplenty:{key}", text).succeeded()
    program = [cluster("etl", nodes=8, master_instance_type="m9.huge", slave_spot_price=0.5), job("load")]
    output = stack.declare(*program).up().succeeded().output

    assert ("about 1 node-hour: 1 cluster" in output) is stack.has_bridge
    assert [(one.type, one.nodes, one.status) for one in account.clusters()] == [("sandbox", 1, "available")]
    assert [run.status for run in account.jobs()] == ["completed"]

    before = account.calls()
    stack.up("--expect-no-changes").succeeded()
    assert account.calls() == before

    over = stack.declare(*program, cluster("more")).run("preview").failed().output
    shown = (
        r"resource '\w+': property nodes value \{\d+\} has a problem: the stack's clusters come to about 2 node-hours"
    )
    assert re.search(rf"{shown}: 2 clusters \(", over), over
    expired = stack.run("preview", XPLENTY_EXPIRES="2020-01-01T00:00:00Z", XPLENTY_MAX_NODE_HOURS="").failed().output
    assert "resource 'more' has a problem: this environment expired at 2020-01-01 00:00 UTC" in expired
    stack.destroy(XPLENTY_EXPIRES="2020-01-01T00:00:00Z").succeeded()
    assert account.living_clusters() == ()


def test_preview_passes_where_the_service_is_down(stack: Stack, account: Emulator) -> None:
    """A plan can be made without it; that nothing was looked at is said once."""
    account.stop()

    output = stack.declare(cluster("etl"), job("load"), job("more", package_id=102)).run("preview").succeeded().output

    assert output.partition("Diagnostics:")[2].count("could not be checked before the operation") == 1
    assert "3 to create" in output or "4 to create" in output
