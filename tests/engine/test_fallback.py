"""What holds where the bridge is switched off, because the host of another SDK does not offer what it leans on."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.engine.process import HEARD, engine
from tests.support.engine.ran import Ran, eventually
from tests.support.engine.stack import STEP, Stack, cluster, job, writes
from xplenty_pulumi.emulator import Emulator, PackageSeed

FAILING = 103
PENDING = 10
"""Seconds after which a new cluster is creating."""
ENDLESS = PackageSeed(200, "Runs until it is stopped", run_seconds=10_000_000)


@pytest.fixture
def slow_account() -> Iterator[Emulator]:
    """An account on which a cluster takes 36 looks to become available, more than three seconds on any machine."""
    with Emulator(step=5) as account:
        yield account


@pytest.fixture
def plain_stack(make_stack: Callable[..., Stack]) -> Callable[[Emulator], Stack]:
    """A maker of stacks whose providers use nothing but what the dynamic host offers to all."""
    return lambda account: make_stack(account, XPLENTY_BRIDGE="off")


def last_line_of_traceback(ran: Ran) -> str:
    """Return our text, which ends the host's traceback."""
    return ran.failed().ends_of_tracebacks()[0]


def test_time_out_leaves_nothing_in_the_state_and_the_next_up_adopts(
    plain_stack: Callable[[Emulator], Stack], slow_account: Emulator
) -> None:
    """A cluster not ready in time is unknown to the state; the next `up` finds it by its marker and makes no second."""
    stack = plain_stack(slow_account).declare(cluster("etl", ready_timeout=0.3))
    slow_account.pace(0)

    line = last_line_of_traceback(stack.up())

    (one,) = slow_account.clusters()
    assert f"cluster {one.id}: not available with 2 nodes after" in line
    assert stack.state() == {}
    slow_account.pace(STEP)
    stack.declare(cluster("etl", ready_timeout="5m")).up().succeeded()
    assert writes(slow_account) == ["POST /clusters", f"PUT /clusters/{one.id}"]
    assert stack.state()["etl"]["id"] == str(one.id)


def test_failed_run_is_readable_and_the_next_up_starts_a_new_one(
    plain_stack: Callable[[Emulator], Stack], account: Emulator
) -> None:
    """The last line of the traceback is the run's own error; nothing of it is in the state, the cluster stays there."""
    stack = plain_stack(account).declare(cluster("etl"), job("load", package_id=FAILING))

    line = last_line_of_traceback(stack.up())

    (run,) = account.jobs()
    assert f"job {run.id}: failed: Package failed to execute: input path not found" in line
    assert set(stack.state()) == {"etl"}
    stack.up()
    assert [one.status for one in account.jobs()] == ["failed", "failed"]


def test_refresh_of_an_unfinished_cluster_does_not_fail(
    plain_stack: Callable[[Emulator], Stack], account: Emulator
) -> None:
    """A cluster that is not ready is read as it is, without an error."""
    stack = plain_stack(account).declare(cluster("etl"))
    stack.up().succeeded()
    (one,) = account.clusters()
    account.edit_cluster(one.id, status="creating", status_since=one.status_since + 10_000_000)

    stack.refresh().succeeded()

    assert stack.outputs()["etl"]["status"] == "creating"


def test_calm_life_is_the_same(plain_stack: Callable[[Emulator], Stack], account: Emulator) -> None:
    """Up, a second up that plans nothing, a resize and destroy need no bridge."""
    stack = plain_stack(account)
    stack.declare(cluster("etl"), job("load")).up().succeeded()
    stack.up("--expect-no-changes").succeeded()
    stack.declare(cluster("etl", nodes=4), job("load")).up().succeeded()
    stack.destroy().succeeded()

    (one,) = account.clusters()
    assert (one.status, one.nodes) == ("terminated", 4)
    assert [run.status for run in account.jobs()] == ["completed"]


def test_custom_timeouts_do_not_count(plain_stack: Callable[[Emulator], Stack], slow_account: Emulator) -> None:
    """The resource option is not seen, so the input decides: a cluster of three seconds is ready in spite of it."""
    declared = cluster("etl", {"custom_timeouts": {"create": "1s"}}, ready_timeout="30m")
    plain_stack(slow_account).declare(declared).up().succeeded()


def test_broken_cluster_that_is_kept_is_refused_by_the_next_up(
    plain_stack: Callable[[Emulator], Stack], account: Emulator
) -> None:
    """A cluster in error that was kept is not in the state; `up` makes no second beside it, and says what ends it."""
    account.fail_next_clusters()
    stack = plain_stack(account).declare(cluster("etl", on_create_failure="keep"))
    last_line_of_traceback(stack.up())
    (broken,) = account.clusters()
    assert (broken.status, stack.state()) == ("error", {})

    told = last_line_of_traceback(stack.up())
    assert f"cluster {broken.id}: its status is error, and it is kept, as on_create_failure asks. Look at it; " in told
    assert "set on_create_failure to 'terminate' and run `pulumi up`, which ends it and makes a new one" in told
    assert len(account.clusters()) == 1
    stack.declare(cluster("etl", on_create_failure="terminate")).up().succeeded()
    assert [one.status for one in account.clusters()] == ["terminated", "available"]


def test_destroy_ends_an_unknown_run_with_its_cluster(
    plain_stack: Callable[[Emulator], Stack], account: Emulator
) -> None:
    """A run that timed out is not in the state, so only the end of its cluster stops it."""
    account.add_package(ENDLESS)
    stack = plain_stack(account).declare(cluster("etl"), job("load", package_id=ENDLESS.id, timeout=0.5))
    last_line_of_traceback(stack.up())
    (run,) = account.unfinished_jobs()
    assert set(stack.state()) == {"etl"}

    stack.destroy().succeeded()

    assert account.job(run.id).status == "stopped"
    assert account.living_clusters() == ()


def test_changes_are_lines_of_the_stack(plain_stack: Callable[[Emulator], Stack], slow_account: Emulator) -> None:
    """What happens is told by one line per change, which begins with the resource's name, and nothing is warned of."""
    output = plain_stack(slow_account).declare(cluster("etl")).up().succeeded().output

    diagnostics = [line.strip() for line in output.partition("Diagnostics:")[2].splitlines()]
    assert [line for line in diagnostics if line.startswith("etl: ")] == [
        "etl: [1/2] pending",
        "etl: [2/2] creating",
        "etl: available",
    ]
    assert "warning" not in output


def test_more_than_four_are_created_four_at_a_time(plain_stack: Callable[[Emulator], Stack], account: Emulator) -> None:
    """Nine clusters come up, and while one is created at most three others are."""
    plain_stack(account).declare(*(cluster(f"etl{number}") for number in range(9))).up().succeeded()

    clusters = sorted(account.clusters(), key=lambda one: one.created_at)
    ends = sorted(one.available_since for one in clusters if one.available_since is not None)
    assert len(ends) == 9
    assert all(later.created_at >= end for later, end in zip(clusters[4:], ends, strict=False))


def test_interrupted_wait_ends_with_the_cluster_ready(
    plain_stack: Callable[[Emulator], Stack], slow_account: Emulator
) -> None:
    """Ctrl-C is not heard: the wait goes on to its end, the cluster is in the state, and no further step is begun."""
    stack = plain_stack(slow_account).declare(cluster("etl"), job("load"))
    slow_account.pace(0)
    with engine(stack, "up") as running:
        running.says("etl: [1/2] pending")
        slow_account.advance(PENDING)
        running.says("etl: [2/2] creating")
        running.signal(signal.SIGINT)
        running.says(HEARD)
        slow_account.pace(STEP)
        assert running.ended().code != 0

    assert stack.outputs()["etl"]["status"] == "available"
    assert slow_account.jobs() == ()


def test_next_day_needs_a_refresh(plain_stack: Callable[[Emulator], Stack], account: Emulator) -> None:
    """The cluster idled out and the day has changed: `up --refresh` makes both anew, and the first run stays one."""
    stack = plain_stack(account)
    for day, has_idled_out in (("'2026-01-31'", False), ("'2026-02-01'", True)):
        stack.declare(cluster("etl", terminate_on_idle=True), job("load", variables={"day": day}))
        if has_idled_out:
            account.edit_cluster(account.clusters()[0].id, status="terminated", terminated_on_idle=True)
        stack.up("--refresh").succeeded()
    assert [run.variables for run in account.jobs()] == [{"day": "'2026-01-31'"}, {"day": "'2026-02-01'"}]


def test_previews_without_hints(plain_stack: Callable[[Emulator], Stack], account: Emulator) -> None:
    """What only a diff or a check can say is unsaid, and a preview shows what there is to do."""
    run = job("load", variables={"day": "2026-01-31"})
    planned = plain_stack(account).declare(cluster("etl"), run).preview()
    assert {name: step["op"] for name, step in planned.items() if name != "tests-dev"} == {
        "etl": "create",
        "load": "create",
    }


def test_a_resize_that_was_cut_off_shows_in_a_refresh(
    plain_stack: Callable[[Emulator], Stack], slow_account: Emulator
) -> None:
    """The state does not know of a resize that failed, so it is taken back once a refresh has shown it."""
    stack = plain_stack(slow_account).declare(cluster("etl"))
    stack.up().succeeded()
    slow_account.pace(0)
    last_line_of_traceback(stack.declare(cluster("etl", nodes=4, ready_timeout=1)).up())
    slow_account.pace(30)

    stack.declare(cluster("etl")).up("--refresh").succeeded()

    assert [one.nodes for one in slow_account.living_clusters()] == [2]


def test_interrupted_provider_loses_nothing(plain_stack: Callable[[Emulator], Stack], slow_account: Emulator) -> None:
    """SIGINT to the provider process alone fails the `up`, and the next one goes on with the cluster of the first."""
    stack = plain_stack(slow_account).declare(cluster("etl"))
    with engine(stack, "up") as running:
        eventually(lambda: slow_account.clusters() or None)
        os.kill(running.provider(), signal.SIGINT)
        assert running.ended().code != 0
    slow_account.pace(STEP)

    stack.up().succeeded()

    assert len(slow_account.clusters()) == 1


def test_every_test_that_needs_the_bridge_has_a_partner() -> None:
    """The partner that a skipped test names is a test of this file."""
    folder = Path(__file__).parent
    own = Path(__file__).read_text(encoding="utf-8")
    sources = [
        path.read_text(encoding="utf-8") for path in (*folder.glob("*.py"), *folder.parent.glob("engine_crash/*.py"))
    ]
    named = {name for source in sources for name in re.findall(r"(?:bridged\(|AS_LINES = )\"(test_\w+)\"", source)}
    assert len(named) > 5
    assert [name for name in sorted(named) if f"def {name}(" not in own] == []
