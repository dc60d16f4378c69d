"""Every option of a run through the real engine: many runs of one program, and what becomes of each."""

import re
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.engine.run_stage import BROKEN, ENDLESS, NAMES, OVERLONG, account_with, run, runs_of, start
from tests.support.engine.process import engine
from tests.support.engine.ran import AGE, bridged, eventually
from tests.support.engine.stack import STEP, Declared, Stack, cluster
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Field
from xplenty_pulumi.emulator import Emulator, PackageSeed

FAR_OFF = 10**7
BOOT = 180
"""Seconds that a cluster takes to become available."""
PASSWORD = "'a password of a run'"
FOR_LONG = {"package_id": ENDLESS}
REV_1, REV_2 = {"variables": {"rev": "1"}}, {"variables": {"rev": "2"}}


@pytest.fixture
def unending() -> set[str]:
    """The runs that are seen stopping and not stopped."""
    return {"slow_end"}


@pytest.fixture
def account(unending: set[str]) -> Iterator[Emulator]:
    """An account on which a schedule has started some runs, and which does not answer some starts."""
    ways = {"scheduled": {"adopting", "queued", "refusing"}, "unanswered": {"verified", "in_doubt"}}
    ways |= {"unending": unending}
    with account_with(**ways) as emulator:
        yield emulator


def calm_program(*, other: int, unready: int, later: bool) -> list[Declared]:
    """Declare runs that go well, on clusters of the stack and on two others; `later` as they are changed to."""
    rev: Mapping[str, Any] = REV_2 if later else REV_1
    passing = [
        run("submitted", **FOR_LONG, wait_for="submitted", on_destroy="leave"),
        run("running", **FOR_LONG, wait_for="running", on_destroy="stop"),
    ]
    return [
        cluster("etl"),
        *([] if later else passing),
        run("named", package="Daily sales", wait_for="completed"),
        run("left", **FOR_LONG, max_runtime="5m", on_overrun="leave"),
        run("recorded", package_id=BROKEN, on_failure="record"),
        run("secret", variables={"password": {"secret": PASSWORD}}, dynamic_variables={"now": "CurrentTime()"}),
        run("second", {"depends_on": ["named"]}),
        run("unready", cluster_id=unready),
        run("adopting", **FOR_LONG, cluster_id=other, wait_for="running", if_running="adopt"),
        run("queued", **FOR_LONG, cluster_id=other, wait_for="running", if_running="queue"),
        run("verified", on_unsure="verify"),
        run("again", **FOR_LONG, cluster_id=other, wait_for="running", on_unsure="rerun"),
        run("kept", rerun="on_failure", **rev),
        run("changed", rerun="on_change", **rev),
        run("always", rerun="always"),
        run("triggered", triggers=[rev["variables"]["rev"]]),
    ]


def planned(output: str) -> dict[str, str]:
    """Return what a preview shows of each run that is to be changed, by its name."""
    return dict(re.findall(r"^ (?:~|-|\+-) +\S+:JobRun (\S+) (.*?) *$", output, re.MULTILINE))


def statuses(account: Emulator) -> dict[str, list[str]]:
    """Return the statuses of all runs by their names, the older ones first."""
    names = {str(job.variables["who"]).strip("'") for job in account.jobs()}
    return {name: [job.status for job in runs_of(account, name)] for name in names}


def by_status(account: Emulator) -> dict[str, set[str]]:
    """Return the names of the runs by what has become of those of the name, the older ones first."""
    found: dict[str, set[str]] = {}
    for name, seen in statuses(account).items():
        found.setdefault(", ".join(seen), set()).add(name)
    return found


def test_runs_that_go_well(make_stack: Callable[..., Stack], account: Emulator) -> None:
    """Each is waited for as far as it asks, is run anew when it asks for that, and goes on or ends as it asks."""
    stack, other = make_stack(account), account.add_cluster(time_to_idle=FAR_OFF).id
    unready = account.add_cluster(status="creating", status_since=account.account.world.now + 300).id
    theirs = [start(account, name, cluster_id=other) for name in ("adopting", "queued", "again", "again")]

    stack.declare(*calm_program(other=other, unready=unready, later=False))
    output = up_with_two_side_by_side(stack, account)

    assert by_status(account) == {
        "running": {"submitted", "running", "left", "adopting"},
        "completed": {"named", "secret", "second", "unready", "verified", "kept", "changed", "always", "triggered"},
        "failed": {"recorded"},
        "running, running": {"queued"},
        "running, running, running": {"again"},
    }
    assert f"follows job {theirs[0]} (running), which was active already, and started none" in output
    assert_told_as_warnings(output, account)
    assert_in_order(account, side_by_side=stack.has_bridge)
    assert_typed_and_secret(stack)
    assert PASSWORD not in output

    account.delete_record("job", runs_of(account, "named")[0].id)  # the service forgets a success
    stack.declare(*calm_program(other=other, unready=unready, later=True))
    why = {
        "recorded": f"job {runs_of(account, 'recorded')[0].id} failed, so a new one is planned",
        "always": "runs anew with every `pulumi up`, as rerun asks",
    }
    preview = stack.run("preview").succeeded().output
    assert planned(preview) == {
        "submitted": "delete",
        "running": "delete",
        "kept": "update [diff: ~variables]",
        "changed": "replace [diff: ~variables]",
        "triggered": "replace [diff: ~triggers]",
        **{name: f"replace {reason}" if stack.has_bridge else "replace" for name, reason in why.items()},
    }
    assert [reason for reason in why.values() if reason not in preview] == []
    stack.up("--refresh").succeeded()

    now = statuses(account)
    assert [name for name in sorted(now) if len(now[name]) == 2] == [
        "always",
        "changed",
        "queued",
        "recorded",
        "triggered",
    ]
    assert now["kept"] == ["completed"]
    assert (now["submitted"], now["running"]) == (["running"], ["stopped"])
    assert stack.outputs()["named"]["status"] == "completed"


def up_with_two_side_by_side(stack: Stack, account: Emulator) -> str:
    """Run `up`; let no run end before two that depend on nothing were both started, and return what it printed.

    Without the bridge four operations at once would all be waiting by then, so a little time passes for them.
    """
    account.pace(0)
    with ThreadPoolExecutor() as pool:
        going = pool.submit(stack.up)
        eventually(lambda: [one for one in account.clusters() if one.status == "pending"] or None)
        account.advance(BOOT)
        account.pace(0 if stack.has_bridge else 1)
        eventually(lambda: (runs_of(account, "named") and runs_of(account, "secret")) or None)
        account.pace(STEP)
        return going.result().succeeded().output


def assert_told_as_warnings(output: str, account: Emulator) -> None:
    """What is no failure is a warning: an overrun that is left, and a failure that is only recorded."""
    left, recorded = runs_of(account, "left")[0], runs_of(account, "recorded")[0]
    assert f"job {left.id}: ran longer than its max_runtime of 5m; it goes on, as on_overrun asks; see" in output
    failure = f"job {recorded.id}: failed: Input path not found; in component read_sales; see http"
    assert failure in output
    assert "It is only recorded, as on_failure asks" in output


def assert_in_order(account: Emulator, *, side_by_side: bool) -> None:
    """A run that depends on another begins after its end; others of its cluster are under way beside that one."""
    named, secret, second = (runs_of(account, name)[0] for name in ("named", "secret", "second"))
    assert None not in (named.started_at, named.completed_at, secret.started_at, secret.completed_at)
    if side_by_side:  # without the bridge, four calls at a time
        assert max(named.started_at or 0, secret.started_at or 0) < min(
            named.completed_at or 0, secret.completed_at or 0
        )
    assert second.created_at > (named.completed_at or FAR_OFF)


def assert_typed_and_secret(stack: Stack) -> None:
    """Outputs are what they are, and a secret variable is in none of them and in no file in clear."""
    outputs = stack.outputs()["secret"]
    assert (outputs["status"], outputs["progress"], outputs["runtime_in_seconds"]) == ("completed", 1, 60)
    assert [(one["name"], one["records_count"]) for one in outputs["outputs"]] == [("daily_sales", 10_415)]
    assert outputs["effective_variables"] == {
        "day": "'monday'",
        "now": "CurrentTime()",
        "rev": "0",
        "who": "'secret'",
        "password": "***",
    }
    assert outputs["html_url"].startswith("http")
    assert outputs["log_url"].endswith("/log")
    assert outputs["started_at"] < outputs["completed_at"]
    assert "ciphertext" in outputs["variables"]["password"]
    assert PASSWORD not in stack.files()


def bad_program(*, other: int, ending: int, idled: int, later: bool) -> list[Declared]:
    """Declare runs that go wrong; `later` without those that were never started, and with more time."""
    longer = {} if later else {"max_runtime": "5m"}
    refused = [
        run("refusing", **FOR_LONG, cluster_id=other, if_running="fail"),
        run("in_doubt", on_unsure="refuse"),
        run("on_ending", cluster_id=ending),
        run("on_idled", cluster_id=idled),
    ]
    return [
        cluster("etl"),
        *([] if later else refused),
        run("failing", package_id=BROKEN, on_failure="fail"),
        run("overrun", package_id=OVERLONG, max_runtime="5m", on_overrun="stop"),
        run("slow_end", package_id=OVERLONG, max_runtime="5m", stop_timeout=3),
        run("goes_on", **FOR_LONG, **longer, on_overrun="fail"),
        run("too_late", **FOR_LONG, timeout="1h" if later else 1),
        run("vanishing", **FOR_LONG, timeout=1),
    ]


@bridged("test_failed_run_is_readable_and_the_next_up_starts_a_new_one")
def test_runs_that_go_wrong(make_stack: Callable[..., Stack], account: Emulator, unending: set[str]) -> None:
    """Each is told with what exists and what to do; the next `up` starts anew what has ended and follows the rest."""
    stack, other = make_stack(account), account.add_cluster(time_to_idle=FAR_OFF).id
    ending = account.add_cluster(status="pending_terminate", status_since=account.account.world.now + FAR_OFF).id
    idled = account.add_cluster(status="terminated", terminated_on_idle=True).id
    clusters = {"other": other, "ending": ending, "idled": idled}
    start(account, "refusing", cluster_id=other)

    stack.declare(*bad_program(**clusters, later=False))
    output = stack.up("--continue-on-error").failed().output
    unending.clear()

    assert by_status(account) == {
        "running": {"refusing", "goes_on", "too_late", "vanishing"},
        "failed": {"failing"},
        "stopped": {"overrun", "slow_end"},
        "completed": {"in_doubt"},
    }
    ids = {name: runs_of(account, name)[0].id for name in statuses(account)}
    for text in what_is_told(ids, **clusters):
        assert text in output, text

    for name in ("goes_on", "too_late"):
        account.complete_job(ids[name])
    account.delete_record("job", ids["vanishing"])
    account.add_package(PackageSeed(BROKEN, "Mended import", variables=NAMES))
    account.add_package(PackageSeed(OVERLONG, "Mended, and quick", variables=NAMES))
    stack.declare(*bad_program(**clusters, later=True))
    assert planned(stack.run("preview").succeeded().output) == {
        "failing": f"replace job {ids['failing']} failed, so a new one is planned",
        "overrun": f"replace job {ids['overrun']} was stopped, so a new one is planned",
        "slow_end": "update",
        "goes_on": "update [diff: -max_runtime]",
        "too_late": "update [diff: ~timeout]",
        "vanishing": "update",
    }
    output = stack.up("--continue-on-error").failed().output

    assert f"job {ids['vanishing']}: the service no longer knows this run, which was active, so how it ended" in output
    assert "Take it out of the program, or change triggers" in output
    assert f"job {ids['slow_end']}: stopped: the service gives no reason" in output
    now = statuses(account)
    assert (now["failing"], now["overrun"]) == (["failed", "completed"], ["stopped", "completed"])
    assert (now["goes_on"], now["too_late"]) == (["completed"], ["completed"])
    assert "vanishing" not in now


def what_is_told(ids: Mapping[str, int], *, other: int, ending: int, idled: int) -> Iterator[str]:
    """Yield what the `up` has to say of each: what happened, what exists now, and what to do."""
    assert other
    failing, overrun, slow_end = ids["failing"], ids["overrun"], ids["slow_end"]
    yield f"job {ids['refusing']}: it is running, with the same cluster, package and variables, so none was started"
    yield "does not tell whether it was done: the service answered 502: Bad gateway. It may exist or not: look for it"
    anew = "so no new run can start on it. If this stack declares the cluster, run `pulumi up --refresh`, which creates"
    yield f"cluster {ending} is pending_terminate, {anew}"
    yield f"cluster {idled} is terminated, after it had been idle, {anew}"
    yield f"on cluster {idled}: no run was started, as its warning says; if this stack declares the cluster, run"
    yield f"job {failing}: failed: Input path not found; in component read_sales; see http"
    yield f"/jobs/{failing}. Correct the package, its variables or the cluster first (`xplenty-pulumi status job"
    yield f"job {overrun}: ran longer than its max_runtime of 5m; it was stopped and is seen stopped; see http"
    yield f"job {slow_end}: not ended after 3s; last seen stopping. Run the same command again to go on waiting"
    yield f"job {ids['goes_on']}: ran longer than its max_runtime of 5m; it goes on, as on_overrun asks; see http"
    yield f"job {ids['too_late']}: not completed after 1s; last seen running. It stays in the account; the next "


@bridged("test_interrupted_wait_ends_with_the_cluster_ready")
def test_what_a_cancel_leaves_and_stops(make_stack: Callable[..., Stack], account: Emulator) -> None:
    """After Ctrl-C a run goes on or is seen stopped, as `on_cancel` says, and the state knows both."""
    stack, other = make_stack(account), account.add_cluster(time_to_idle=FAR_OFF).id
    left = run("left", **FOR_LONG, cluster_id=other, on_cancel="leave")
    stopped = run("stopped", **FOR_LONG, cluster_id=other, on_cancel="stop")
    with engine(stack.declare(left, stopped), "up") as running:
        for name in ("left", "stopped"):
            said = re.compile(rf"{name} creating {AGE} running")
            eventually(lambda said=said: said.search(running.printed()))  # type: ignore[misc]  # mypy infers no type for a default
        running.signal(signal.SIGINT)
        output = running.ended().failed().output

    assert statuses(account) == {"left": ["running"], "stopped": ["stopped"]}
    stopped_id = runs_of(account, "stopped")[0].id
    assert f"job {stopped_id}: stopped, because the `up` was cancelled and on_cancel is 'stop'" in output
    assert {name: one["status"] for name, one in stack.outputs().items()} == {
        "left": "running",
        "stopped": "stopped",
    }


ELSEWHERE: Mapping[str, str] = {"notify": "test_watchers.py", "account": "test_accounts.py"}
"""Options that a test of another file of this folder is about."""


def choices_of(field: Field) -> list[str]:
    """Return what an input may be, as its reader says it; nothing where it is no choice."""
    try:
        field.read(object())
    except ValueError as wrong:
        return re.findall(r"'(\w+)'", str(wrong).partition("must be one of")[2].partition(", got")[0])
    return []


def test_every_option_of_a_run_is_used() -> None:
    """An input added to the table needs a run above, and so does each of its choices."""
    folder = Path(__file__).parent
    for field in JOB_RUN.fields:
        text = (folder / ELSEWHERE.get(field.name, Path(__file__).name)).read_text(encoding="utf-8")
        uses = [f'"{one}"' for one in choices_of(field)] or [""]
        missing = [use for use in uses if not re.search(rf"\b{field.name}={use}", text)]
        assert missing == [], field.name
