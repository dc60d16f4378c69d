"""What a preview knows before anything is done, on the real engine."""

from tests.support.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator


def test_preview_names_all_that_an_up_would_run_into(stack: Stack, account: Emulator) -> None:
    """Packages by id and by name, variables, nodes and type: one preview, a handful of calls, and nothing created."""
    stack.run("config", "set", "--path", "xplenty:allowedTypes[0]", "production").succeeded()
    stack.declare(
        cluster("etl"),
        cluster("big", nodes=21),
        cluster("play", nodes=1, type="sandbox"),
        job("by-id", package_id=999),
        job("by-name", package_id=None, package="Daily sails"),
        job("old", package_id=105),
        *(job(f"load-{number}", variables={"dya": "'x'"}) for number in range(4)),
    )

    output = stack.run("preview", XPLENTY_MAX_NODE_HOURS="10000").failed().output

    for text in (
        "property nodes value {21} has a problem: nodes must be at most 20 for a cluster on the plan 'Pro', got 21",
        "type must be 'production' in this stack, got 'sandbox'",
        "property package_id value {999} has a problem: package 999 does not exist in this account",
        "property package value {Daily sails} has a problem: no active package is named 'Daily sails'",
        "package 105 is archived",
        "warning: package 101 does not know dya; it declares day, output_path",
        "about 576 node-hours a day: 3 clusters, which nothing ends",
    ):
        assert text in output
    assert account.clusters() == ()
    assert len(account.calls()) <= 9


def test_life_of_a_stack_of_sandboxes(stack: Stack, account: Emulator) -> None:
    """Whatever the program says a sandbox is made and runs its job; then nothing is planned, then nothing new made."""
    for key, text in (("sizing", "sandbox"), ("expires", "2100-01-01T00:00:00Z"), ("maxNodeHours", "1")):
        stack.run("config", "set", f"xplenty:{key}", text).succeeded()
    program = [cluster("etl", nodes=8, master_instance_type="m9.huge", slave_spot_price=0.5), job("load")]
    output = stack.declare(*program).up().succeeded().output

    assert "about 1 node-hour: 1 cluster" in output
    assert [(one.type, one.nodes, one.status) for one in account.clusters()] == [("sandbox", 1, "available")]
    assert [run.status for run in account.jobs()] == ["completed"]

    before = account.calls()
    stack.up("--expect-no-changes").succeeded()
    assert account.calls() == before

    stack.declare(*program, cluster("more")).run("preview")
    over = stack.run("preview").failed().output
    assert "the stack's clusters come to about 2 node-hours: 2 clusters" in over
    expired = stack.run("preview", XPLENTY_EXPIRES="2020-01-01T00:00:00Z", XPLENTY_MAX_NODE_HOURS="").failed().output
    assert "resource 'more' has a problem: this environment expired at 2020-01-01 00:00 UTC" in expired
    stack.destroy(XPLENTY_EXPIRES="2020-01-01T00:00:00Z").succeeded()
    assert account.living_clusters() == ()


def test_preview_passes_where_the_service_is_down(stack: Stack, account: Emulator) -> None:
    """A plan can be made without it; that nothing was looked at is said once."""
    account.stop()

    output = stack.declare(cluster("etl"), job("load"), job("more", package_id=102)).run("preview").succeeded().output

    assert output.partition("Diagnostics:")[2].count("could not be looked at before anything is done") == 1
    assert "3 to create" in output or "4 to create" in output
