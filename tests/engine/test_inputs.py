"""What people really write, on the real engine: refused, warned of or understood before anything is done."""

import json
from pathlib import Path

import pytest

from tests.support.engine.ran import bridged
from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator, Knobs, PackageSeed

ETL = 'import pulumi\nfrom xplenty_pulumi import Cluster, JobRun, quote\netl = Cluster("etl", nodes=2)\n'
CONSUMER = """\
import pulumi
etl = pulumi.StackReference("organization/tests/dev").get_output("etl")
pulumi.export("status", etl.apply(lambda found: found["status"]))
pulumi.export("id", etl.apply(lambda found: found["id"]))
"""


def program(stack: Stack, text: str) -> Stack:
    """Let the program of the stack be this text."""
    Path(stack.folder, "__main__.py").write_text(text)
    return stack


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("cluster_id=99999, package_id=101", "cluster 99999 does not exist in this account"),
        ('cluster_id=etl.id, package_id=101, variables={"day": None}', "variables has None for 'day'"),
        (
            'cluster_id=etl.id, package_id=101, variables={"day": pulumi.Output.from_input(None)}',
            "variables has None for 'day'",
        ),
        ('cluster_id=etl.id, package_id=101, dynamic_variables={"day": None}', "dynamic_variables has None for 'day'"),
        ("cluster_id=etl.id, package_id=2**53 + 1", "package 9007199254740993 does not exist in this account"),
        ("cluster_id=etl.id, package_id=1e25", "package_id must be an id, a whole number above 0, got 1e+25"),
        ('cluster_id=etl.id, package_id="1e3"', "package_id must be an id, a whole number above 0, got '1e3'"),
    ],
)
def test_inputs_of_a_run_are_exact_or_refused(stack: Stack, account: Emulator, arguments: str, text: str) -> None:
    """A preview refuses what would be dropped, rounded or unknown."""
    output = program(stack, f'{ETL}JobRun("load", {arguments})\n').run("preview").failed().output
    assert text in output
    assert account.clusters() == ()


def test_inputs_of_a_cluster_are_of_their_type(stack: Stack, account: Emulator) -> None:
    """A time may be a text, a number may not."""
    output = stack.declare(cluster("etl", nodes="2")).run("preview").failed().output
    assert "nodes must be a number and not a text, got '2'" in output
    stack.declare(cluster("etl", time_to_idle="45m")).up().succeeded()
    assert [one.time_to_idle for one in account.clusters()] == [2700]
    stack.up("--expect-no-changes").succeeded()


def test_misspelt_settings_do_not_pass_a_preview(stack: Stack, account: Emulator) -> None:
    """A misspelt key of the configuration is refused with the nearest name; a variable is warned of, and a bare key."""
    stack.declare(cluster("etl"))
    stack.run("config", "set", "xplenty:maxNodeHour", "1").succeeded()
    output = stack.run("preview", XPLENTY_ALOWED_TYPES="sandbox").failed().output
    assert "xplenty:maxNodeHour is no setting, so it has no effect; the nearest is xplenty:maxNodeHours" in output
    stack.run("config", "rm", "xplenty:maxNodeHour").succeeded()
    output = stack.run("preview", XPLENTY_ALOWED_TYPES="sandbox").succeeded().output
    assert output.partition("Diagnostics:")[2].count("the nearest is XPLENTY_ALLOWED_TYPES") == 1
    stack.run("config", "set", "maxNodeHours", "1").succeeded()
    told = stack.run("preview").succeeded().output.partition("Diagnostics:")[2]
    assert told.count("tests:maxNodeHours is a value of the program and no rule of the stack") == 1


@bridged("test_next_day_needs_a_refresh")
def test_next_day_is_told_in_the_preview(stack: Stack, account: Emulator) -> None:
    """The cluster idled out and the day has changed: the preview says what the `up` needs, and that brings it about."""
    for day, has_idled_out in (("'2026-01-31'", False), ("'2026-02-01'", True)):
        stack.declare(cluster("etl", terminate_on_idle=True), job("load", variables={"day": day}))
        if has_idled_out:
            one = account.clusters()[0].id
            account.edit_cluster(one, status="terminated", terminated_on_idle=True)
            output = stack.run("preview").succeeded().output
            assert f"cluster {one} is terminated, after it had been idle, so no new run can start on it" in output
            assert "`pulumi up --refresh`" in output
        stack.up("--refresh").succeeded()
    assert [run.variables for run in account.jobs()] == [{"day": "'2026-01-31'"}, {"day": "'2026-02-01'"}]


def test_an_up_that_creates_the_cluster_anew_warns_of_no_start_on_the_former(stack: Stack, account: Emulator) -> None:
    """The refresh of a failed run knows only the cluster that has ended; the run starts on the new one."""
    stack.declare(cluster("etl"), job("load", package_id=103)).up().failed()
    account.end_cluster(account.clusters()[0].id)
    account.add_package(PackageSeed(103, "Mended import"))
    output = stack.run("up", "--yes", "--refresh").succeeded().output
    assert [run.status for run in account.jobs()] == ["failed", "completed"]
    assert "no new run can start" not in output


@bridged("test_previews_without_hints")
def test_unquoted_texts_are_told_in_the_preview(stack: Stack) -> None:
    """Dates and paths without quotes are named together with `quote`, before a run fails for them."""
    run = job("load", variables={"day": "2026-01-31", "output_path": "/sales/x"})
    output = stack.declare(cluster("etl"), run).run("preview").succeeded().output
    assert "day, output_path look like texts without quotes" in output
    assert "xplenty_pulumi.quote(...)" in output


def test_wrong_key_and_wrong_account_fail_a_preview_as_such(tmp_path: Path) -> None:
    """The text is about the key or the account, and not about the first call that met it."""
    with Emulator(knobs=Knobs(foreign_account=404)) as account:
        stack = Stack(tmp_path, account).declare(cluster("etl"))
        output = stack.run("preview", XPLENTY_API_KEY="another-key-of-nobody").failed().output
        assert "the service does not accept the API key (401)" in output
        assert "rate limit:" not in output
        for wrong in ({"XPLENTY_ACCOUNT_ID": "nobody"}, {"XPLENTY_API_URL": f"{account.url}/api"}):
            output = stack.run("preview", **wrong).failed().output
            assert "the service does not know the account (404)" in output


def test_export_of_what_is_observed_has_properties(stack: Stack, tmp_path: Path) -> None:
    """Another stack reads single properties of a whole cluster that was exported by `to_output`."""
    program(stack, f'{ETL}pulumi.export("etl", etl.to_output())\n').up().succeeded()
    made = stack.state()["etl"]["id"]
    folder = tmp_path / "consumer"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: consumer\nruntime: python\n")
    (folder / "__main__.py").write_text(CONSUMER)
    for arguments in (("stack", "init", "dev"), ("up", "--yes", "--skip-preview")):
        stack.run("--cwd", str(folder), *arguments).succeeded()
    outputs = json.loads(stack.run("--cwd", str(folder), "stack", "output", "--json").succeeded().output)
    assert outputs == {"status": "available", "id": made}
