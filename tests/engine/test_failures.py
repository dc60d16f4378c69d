"""What fails is told as it is, and what exists stays in the state."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.support.engine.ran import bridged, eventually
from tests.support.engine.stack import STEP, Stack, cluster, job, writes
from xplenty_pulumi.emulator import Emulator, PackageSeed

FAILING = 103
ENDLESS = PackageSeed(200, "Runs until it is stopped", run_seconds=10_000_000)


@bridged("test_failed_run_is_readable_and_the_next_up_starts_a_new_one")
def test_failed_run_fails_the_up_with_its_own_error(stack: Stack, account: Emulator) -> None:
    """The error holds the run's id, its own text and its page; the run stays in the state as failed."""
    output = stack.declare(cluster("etl"), job("load", package_id=FAILING)).up().failed().output

    (run,) = account.jobs()
    assert f"job {run.id}: failed: Package failed to execute: input path not found" in output
    told = output.partition("Diagnostics:")[2]
    assert told.count("input path not found") == 1
    assert re.search(rf"the log of job {run.id} before its error:\n\s+\S+ Job {run.id} submitted\n\s+\S+ Package", told)
    assert f"/jobs/{run.id}" in output
    assert f"cluster first (`xplenty-pulumi status job {run.id}` shows the log). The next `pulumi up` starts" in output
    assert (stack.state()["load"]["id"], stack.outputs()["load"]["status"]) == (str(run.id), "failed")


def test_failed_workflow_names_the_task_that_failed(stack: Stack, account: Emulator) -> None:
    """The error holds the task, its job, its package and its own error beside those of the workflow."""
    flow = {"components": [{"name": "load_sales", "package_id": 101}, {"name": "import", "package_id": FAILING}]}
    account.add_package(PackageSeed(201, "Nightly", flow_type="workflow", data_flow_json=json.dumps(flow)))
    output = stack.declare(cluster("etl"), job("load", package_id=201)).up().failed().output

    (run,) = account.jobs()
    failed = f"its task import (job {run.id + 2}, package {FAILING}) failed: Package failed to execute: input path"
    assert f"job {run.id}: failed: Workflow failed to execute; {failed} not found; see http" in output


@bridged("test_failed_run_is_readable_and_the_next_up_starts_a_new_one")
def test_failed_run_plans_a_new_one_and_says_why(stack: Stack, account: Emulator) -> None:
    """After the package was mended, the next `up` replaces the failed run because of its status, and nothing else."""
    stack.declare(cluster("etl"), job("load", package_id=FAILING)).up().failed()
    account.add_package(PackageSeed(FAILING, "Mended import"))

    planned = stack.preview()
    stack.up().succeeded()

    assert planned["load"]["op"] == "replace"
    assert planned["load"]["replaceReasons"] == ["status"]
    assert planned["etl"]["op"] == "same"
    assert [run.status for run in account.jobs()] == ["failed", "completed"]
    stack.up("--expect-no-changes").succeeded()


def test_run_stopped_by_somebody_fails_the_up(stack: Stack, account: Emulator) -> None:
    """A run that is stopped while it is being followed is no success."""
    account.add_package(ENDLESS)
    stack.declare(cluster("etl"), job("load", package_id=ENDLESS.id))
    with ThreadPoolExecutor() as pool:
        going = pool.submit(stack.up)
        run = eventually(lambda: next(iter(account.unfinished_jobs()), None))
        account.stop_job(run.id)
        output = going.result().failed().output

    assert f"job {run.id}: stopped: the service gives no reason" in output


def test_unquoted_text_in_a_failed_run_is_pointed_out(stack: Stack) -> None:
    """A variable that reads like words is named, with the helper that would have quoted it."""
    run = job("load", package_id=FAILING, variables={"DAY": "first of May", "COUNT": 3})
    output = stack.declare(cluster("etl"), run).up().failed().output

    assert "'DAY' looks like a string without its quotes, see xplenty_pulumi.quote()" in output


@bridged("test_time_out_leaves_nothing_in_the_state_and_the_next_up_adopts")
def test_time_out_keeps_the_cluster_and_the_next_up_goes_on_waiting(stack: Stack, account: Emulator) -> None:
    """What is not ready in time stays in the state with its id; the next `up` creates nothing and waits for it."""
    stack.declare(cluster("etl", ready_timeout=0.3))
    account.pace(0)

    output = stack.up().failed().output

    account.pace(STEP)
    (one,) = account.clusters()
    assert f"cluster {one.id}: not available with 2 nodes after" in output
    assert stack.state()["etl"]["id"] == str(one.id)
    stack.declare(cluster("etl", ready_timeout="5m")).up().succeeded()
    assert writes(account) == ["POST /clusters", f"PUT /clusters/{one.id}"]
    assert account.cluster(one.id).status == "available"


@bridged("test_refresh_of_an_unfinished_cluster_does_not_fail")
def test_refresh_does_not_hide_that_a_cluster_is_not_ready(make_stack: Callable[..., Stack]) -> None:
    """A cluster that is still being built stays marked as unfinished through a refresh."""
    with Emulator(step=0) as account:
        stack = make_stack(account).declare(cluster("etl", ready_timeout=0.3))
        stack.up().failed()

        refreshed = stack.refresh().succeeded().output
        assert "The next `pulumi up` goes on waiting for it" in refreshed
        assert stack.declare(cluster("etl", ready_timeout="5m")).preview()["etl"]["op"] == "update"
        account.pace(STEP)
        stack.up().succeeded()

    assert writes(account) == ["POST /clusters", "PUT /clusters/501"]


@bridged("test_custom_timeouts_do_not_count")
def test_custom_timeouts_go_before_the_inputs(stack: Stack) -> None:
    """Pulumi's own resource option decides how long creating may take."""
    declared = cluster("etl", {"custom_timeouts": {"create": "1s"}}, ready_timeout="30m")
    output = stack.declare(declared).up().output

    assert "of 1s" in output


def test_cluster_that_breaks_is_terminated_and_not_kept(stack: Stack, account: Emulator) -> None:
    """A new cluster that ends in `error` is ended verifiably, since nobody can use it, and the `up` fails."""
    account.fail_next_clusters()

    output = stack.declare(cluster("etl")).up().failed().output

    (one,) = account.clusters()
    assert f"cluster {one.id}: it ended in error while it was being built, and was terminated" in output
    assert one.status == "terminated"
    assert stack.state() == {}
    stack.up().succeeded()


@bridged("test_broken_cluster_that_is_kept_is_refused_by_the_next_up")
def test_broken_cluster_that_is_kept_is_replaced_by_the_next_up(stack: Stack, account: Emulator) -> None:
    """With `on_create_failure="keep"` it can be looked at; the next `up` ends it and makes a new one."""
    account.fail_next_clusters()
    stack.declare(cluster("etl", on_create_failure="keep")).up().failed()
    (broken,) = account.clusters()
    assert (broken.status, stack.state()["etl"]["id"]) == ("error", str(broken.id))

    assert stack.preview()["etl"]["op"] == "replace"
    stack.up().succeeded()

    assert [one.status for one in account.clusters()] == ["terminated", "available"]


@bridged("test_destroy_ends_an_unknown_run_with_its_cluster")
def test_destroy_stops_a_run_that_is_still_going(stack: Stack, account: Emulator) -> None:
    """A run that timed out is still going; `destroy` stops it, sees it stopped, and only then ends the cluster."""
    account.add_package(ENDLESS)
    stack.declare(cluster("etl"), job("load", package_id=ENDLESS.id, timeout=0.5)).up().failed()
    (run,) = account.unfinished_jobs()

    stack.destroy().succeeded()

    assert account.job(run.id).status == "stopped"
    assert writes(account)[-2:] == [f"DELETE /jobs/{run.id}", f"DELETE /clusters/{account.clusters()[0].id}"]


def test_run_that_timed_out_is_followed_on_and_not_started_again(stack: Stack, account: Emulator) -> None:
    """The next `up` takes up the same run and waits for its end."""
    account.add_package(ENDLESS)
    stack.declare(cluster("etl"), job("load", package_id=ENDLESS.id, timeout=0.5)).up().failed()
    (run,) = account.unfinished_jobs()
    stack.declare(cluster("etl"), job("load", package_id=ENDLESS.id, timeout="1h"))

    with ThreadPoolExecutor() as pool:
        going = pool.submit(stack.up)
        eventually(lambda: account.calls()[-1].path.endswith(f"/jobs/{run.id}") or None)
        account.complete_job(run.id)
        going.result().succeeded()

    assert [(one.id, one.status) for one in account.jobs()] == [(run.id, "completed")]
