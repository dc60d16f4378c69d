"""Equal runs of two stacks on one cluster, a run that is renamed, and one that ends with a status nobody knows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.engine.ran import bridged
from tests.support.engine.stack import Stack, cluster, job, writes
from tests.support.faults.behaviours import rewritten
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.core.kinds.job_run import RUN_KEY
from xplenty_pulumi.emulator import Emulator, FaultRule, Faults, PackageSeed

ENDLESS = PackageSeed(200, "Runs until it is stopped", run_seconds=10_000_000)
GOING = {"package_id": ENDLESS.id, "wait_for": "running"}
WORD = "completed_with_warnings"


def with_warnings(record: dict[str, Any]) -> None:
    """Let a run of package 101 that completes do so with a status that no source names."""
    if record.get("status") == "completed" and record["package_id"] == 101:
        record["status"] = WORD


WARNED = [FaultRule(call, rewritten(with_warnings)) for call in ("* jobs", "* jobs/{id}")]


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account with an endless package, on which quick runs end with a status that no source names."""
    with Emulator(time_scale=300.0, gates=[Faults(*WARNED)]) as emulator:
        emulator.add_package(ENDLESS)
        yield emulator


def statuses(account: Emulator) -> list[str]:
    """Return the statuses of all runs, oldest first."""
    return [one.status for one in account.jobs()]


def starts(account: Emulator) -> int:
    """Return how many runs were asked for."""
    return writes(account).count("POST /jobs")


def test_two_stacks_run_the_same_on_one_cluster(make_stack: Callable[..., Stack], account: Emulator) -> None:
    """Unsaid the second is refused in words that say why; with `queue` it has its own, and ends no other."""
    first, second = make_stack(account), make_stack(account)
    second.run("stack", "init", "prod").succeeded()
    first.declare(cluster("etl"), job("load", **GOING)).up().succeeded()
    (shared,), (theirs,) = account.clusters(), account.jobs()

    output = second.declare(job("load", cluster_id=shared.id, **GOING)).up().failed().output
    assert f"job {theirs.id} (running) has the same cluster, package and variables, and cluster {shared.id}" in output
    assert "belongs to another stack (its marker says dev-" in output
    assert "say with if_running what to do about it: 'queue' starts a run beside it" in output
    assert starts(account) == 1
    assert second.state() == {}

    second.declare(job("load", cluster_id=shared.id, if_running="queue", **GOING)).up().succeeded()
    assert statuses(account) == ["running", "running"]
    second.destroy().succeeded()
    assert statuses(account) == ["running", "stopped"]
    first.up("--refresh", "--expect-no-changes").succeeded()


def test_a_renamed_run_is_taken_up_and_not_stopped(stack: Stack, account: Emulator) -> None:
    """The `up` says that it changed hands and ends well, the run goes on to its end and is not started again."""
    stack.declare(cluster("etl"), job("load", **GOING)).up().succeeded()
    (run,) = account.jobs()

    output = stack.declare(cluster("etl"), job("renamed", **GOING)).up().succeeded().output

    assert f"adopted job {run.id} (running) instead of starting a run" in output
    assert f"job {run.id} was not stopped: renamed holds it" in output
    assert statuses(account) == ["running"]
    assert "DELETE /jobs" not in " ".join(writes(account))
    assert {name: one["id"] for name, one in stack.state().items() if name != "etl"} == {"renamed": str(run.id)}

    account.complete_job(run.id)
    stack.declare(cluster("etl"), job("renamed", package_id=ENDLESS.id)).up().succeeded()
    assert stack.outputs()["renamed"]["status"] == "completed"
    assert starts(account) == 1


def test_the_end_of_one_of_two_equal_runs_leaves_the_other(stack: Stack, account: Emulator) -> None:
    """Whether or not the second resource took up the run of the first, its removal does not stop that."""
    stack.declare(cluster("etl"), job("old", **GOING)).up().succeeded()
    (run,) = account.jobs()
    stack.declare(cluster("etl"), job("new", **GOING), job("old", **GOING)).up().succeeded()

    stack.declare(cluster("etl"), job("old", **GOING)).up().succeeded()

    assert account.job(run.id).status == "running"
    assert stack.state()["old"]["id"] == str(run.id)


def test_a_followed_run_outlives_the_stack_that_follows_it(make_stack: Callable[..., Stack], account: Emulator) -> None:
    """The destroy names the run that goes on, and what stops it."""
    first, second = make_stack(account), make_stack(account)
    second.run("stack", "init", "prod").succeeded()
    first.declare(cluster("etl"), job("load", **GOING)).up().succeeded()
    (shared,), (theirs,) = account.clusters(), account.jobs()
    second.declare(job("load", cluster_id=shared.id, if_running="adopt", **GOING)).up().succeeded()

    output = second.destroy().succeeded().output

    assert f"job {theirs.id} (running) was not stopped: somebody else started it" in output
    assert (statuses(account), starts(account)) == (["running"], 1)


@bridged("test_failed_run_is_readable_and_the_next_up_starts_a_new_one")
def test_an_unknown_end_is_told_and_not_run_again(stack: Stack, account: Emulator, schema_watch: SchemaWatch) -> None:
    """Each `up` and refresh names the word and what to do; a destroy has nothing to stop."""
    schema_watch.look_away()
    told = f"it has ended as '{WORD}', a status that this version of xplenty-pulumi does not know"
    stack.declare(cluster("etl"), job("load"))
    output = stack.up().failed().output
    assert told in output
    assert "for a new run change triggers" in output
    assert "goes on" not in output

    assert told in stack.up().failed().output
    assert told in stack.refresh().output
    assert starts(account) == 1
    assert stack.outputs()["load"]["status"] == WORD

    stack.declare(cluster("etl"), job("load", on_failure="record")).up().succeeded()
    stack.up("--expect-no-changes").succeeded()
    stack.declare(cluster("etl")).up().succeeded()
    assert starts(account) == 1
    assert f"DELETE /jobs/{account.jobs()[0].id}" not in writes(account)


def test_a_change_that_was_not_previewed_is_not_sent(stack: Stack, account: Emulator) -> None:
    """Who is told of a run stays as somebody has set it by hand where only another option changes."""
    stack.declare(cluster("etl"), job("load", notify=False, **GOING)).up().succeeded()
    with account.account.lock:
        account.account.world.put(replace(account.jobs()[0], watched=True))
    sent = len(writes(account))

    for changed in (
        job("load", notify=False, timeout="2h", **GOING),
        job("load", {"ignore_changes": ["notify"]}, notify=True, timeout="3h", **GOING),
    ):
        stack.declare(cluster("etl"), changed).up().succeeded()

    assert writes(account)[sent:] == []
    assert account.jobs()[0].watched
    stack.declare(cluster("etl"), job("load", notify=False, timeout="3h", **GOING)).up("--refresh").succeeded()
    assert not account.jobs()[0].watched


def test_a_run_with_a_key_is_found_again_by_it(stack: Stack, account: Emulator) -> None:
    """The program sees no key, nothing is planned for it, and a state that has lost the run takes it up by it."""
    account.add_package(replace(ENDLESS, id=201, variables={RUN_KEY: "''"}))
    program = (cluster("etl"), job("load", package_id=201, wait_for="running", variables={"day": "1"}))
    stack.declare(*program).up().succeeded()
    (run,) = account.jobs()
    assert "[xp2:" in run.variables[RUN_KEY]
    assert stack.outputs()["load"]["variables"] == {"day": "1"}
    stack.up("--expect-no-changes", "--refresh").succeeded()

    stack.run("state", "delete", "--yes", stack.state()["load"]["urn"]).succeeded()
    assert "its key says that it was started for this resource" in stack.up().succeeded().output
    assert (stack.state()["load"]["id"], starts(account)) == (str(run.id), 1)
