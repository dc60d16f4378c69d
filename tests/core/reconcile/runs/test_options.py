"""What a user may ask of a run besides its success."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import desired_run
from tests.support.faults.behaviours import answers, preceded_by, rewritten
from xplenty_pulumi.client import Job
from xplenty_pulumi.core.kinds.compare import plan
from xplenty_pulumi.core.kinds.job_run import FAR_ENOUGH, JOB_RUN
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile.outcome import Outcome
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.emulator import Knobs, PackageSeed, Seed
from xplenty_pulumi.errors import JobFailed, NotFoundError, ReadyFailed, ReadyTimeout, RefusedError

ENDLESS = 106
BROKEN = 103
PACKAGES = (
    PackageSeed(101, "Sales", run_seconds=60),
    PackageSeed(103, "Broken", run_seconds=20, failure="No."),
    PackageSeed(104, "Twice", run_seconds=20),
    PackageSeed(105, "Twice", run_seconds=20),
    PackageSeed(106, "Endless", run_seconds=10**9),
)


@pytest.fixture
def bench() -> Bench:
    """A bench with packages for every case."""
    return Bench.new(seed=Seed(packages=PACKAGES))


def run(bench: Bench, package_id: int = 101, **inputs: Any) -> Outcome[Job]:
    """Run the package on a new cluster."""
    return bench.job_runs.create(desired_run(bench.ready_cluster(), package_id, **inputs))


# What a look at each status means, by what is waited for: `done`, `on` (the wait goes on) or `never`; what the next
# `up` does with a run that the state holds with this status; and what it means that the service does not know it.
TABLE = {
    #                     completed  running  submitted    next up    forgotten
    "idle": ("on", "on", "done", "kept", "nobody knows"),
    "pending": ("on", "on", "done", "kept", "nobody knows"),
    "queued": ("on", "on", "done", "kept", "nobody knows"),
    "running": ("on", "done", "done", "kept", "nobody knows"),
    "completed": ("done", "done", "done", "kept", "stays"),
    "failed": ("never", "never", "never", "new run", "gone"),
    "pending_stoppage": ("on", "on", "on", "kept", "nobody knows"),
    "stopping": ("on", "on", "on", "kept", "nobody knows"),
    "stopped": ("never", "never", "never", "new run", "gone"),
}
MODES = ("completed", "running", "submitted")
CELLS = [(status, mode, TABLE[status][MODES.index(mode)]) for status, mode in product(TABLE, MODES)]


def put_into(bench: Bench, number: int, status: str) -> None:
    """Let a run be in `status`, and stay there unless that is its end."""
    account, job = bench.emulator.account, bench.emulator.job(number)
    with account.lock:
        far_off = account.world.now + 10**9
        has_ended = JOB_RUN.phase(status) in {Phase.SUCCEEDED, Phase.FAILED}
        ended_at = account.world.now if has_ended else None
        account.world.put(replace(job, status=status, status_since=far_off, completed_at=ended_at))


@pytest.mark.parametrize(("status", "mode", "meaning"), CELLS)
def test_what_happens_next(bench: Bench, status: str, mode: str, meaning: str) -> None:
    """Every status means something to every kind of waiting, in an `up` and in a refresh."""
    number = bench.client.jobs.run(cluster_id=bench.ready_cluster().id, package_id=ENDLESS).id
    put_into(bench, number, status)
    desired = DesiredRun({"cluster_id": "501", "package_id": str(ENDLESS), "wait_for": mode}, timeout=60)
    problem = bench.job_runs.resume(number, desired).problem
    expected = {"done": type(None), "on": ReadyTimeout, "never": JobFailed}
    assert type(problem) is expected[meaning]
    sight = bench.job_runs.read(number, last_status=status, desired=desired)
    assert bool(sight.remark) is (meaning != "done")
    assert bench.wire.count("POST jobs") == 1


@pytest.mark.parametrize("status", TABLE)
@pytest.mark.parametrize("mode", MODES)
def test_what_the_next_up_does(status: str, mode: str) -> None:
    """A failed or stopped run is replaced because of its status; what is done or under way is kept."""
    planned = plan(JOB_RUN, {"wait_for": mode}, {"status": status})
    assert planned.replaces == (("status",) if TABLE[status][3] == "new run" else ())
    assert planned.updates == ()


@pytest.mark.parametrize("status", TABLE)
@pytest.mark.parametrize("mode", MODES)
def test_what_it_means_to_be_forgotten(bench: Bench, status: str, mode: str) -> None:
    """A success stays one, what had failed is made anew, and of what was active nobody can tell how it ended."""
    desired = DesiredRun({"wait_for": mode}, timeout=60)
    sight = bench.job_runs.read(7, last_status=status, desired=desired)
    meant = "gone" if sight.gone else "nobody knows" if "cannot be seen" in sight.remark else "stays"
    assert meant == TABLE[status][4]
    assert bool(sight.remark) is (meant != "stays")


def test_the_table_is_complete() -> None:
    """Nine statuses and every way of waiting."""
    assert set(TABLE) == set(JOB_RUN.phases)
    assert list(MODES) == list(FAR_ENOUGH)


def test_submitted_is_enough(bench: Bench) -> None:
    """Nothing is asked after the answer to the submission."""
    outcome = run(bench, ENDLESS, wait_for="submitted")
    assert outcome.problem is None
    assert bench.wire.requests[-1][:2] == ("POST", "jobs")


def test_running_is_enough(bench: Bench) -> None:
    """The run goes on when the `up` has ended."""
    outcome = run(bench, ENDLESS, wait_for="running")
    assert (outcome.problem, outcome.record.status) == (None, "running")


def test_a_run_that_fails_before_it_is_seen_running_fails(bench: Bench) -> None:
    """Waiting for less than the success does not hide a failure that is seen."""
    number = bench.client.jobs.run(cluster_id=bench.ready_cluster().id, package_id=BROKEN).id
    bench.clock.advance(60)
    desired = DesiredRun({"cluster_id": "501", "package_id": str(BROKEN), "wait_for": "running"}, timeout=60)
    assert isinstance(bench.job_runs.resume(number, desired).problem, JobFailed)


def test_an_overrun_is_stopped_and_seen_stopped(bench: Bench) -> None:
    """The error says both, and what to do."""
    outcome = run(bench, ENDLESS, max_runtime="5m")
    assert outcome.record.status == bench.emulator.job(outcome.record.id).status == "stopped"
    assert str(outcome.problem) == (
        f"job {outcome.record.id}: ran longer than its max_runtime of 5m; it was stopped and is seen stopped; see "
        f"{outcome.record.html_url}. Set a longer max_runtime. The next `pulumi up` starts a new run"
    )


def test_an_overrun_that_fails_before_it_is_stopped_is_not_called_stopped(bench: Bench) -> None:
    """The stop came too late."""
    bench.wire.on("DELETE .*", preceded_by(lambda: bench.emulator.fail_job(bench.emulator.jobs()[0].id)))
    outcome = run(bench, ENDLESS, max_runtime="5m")
    assert "; it was to be stopped and is seen failed; see " in str(outcome.problem)


def test_an_overrun_may_only_fail(bench: Bench) -> None:
    """The run goes on, and the next `up` waits for it."""
    outcome = run(bench, ENDLESS, max_runtime="5m", on_overrun="fail")
    assert bench.emulator.job(outcome.record.id).status == "running"
    assert "it goes on, as on_overrun asks" in str(outcome.problem)
    assert "The next `pulumi up` waits for it" in str(outcome.problem)
    assert bench.wire.count("DELETE .*") == 0


def test_an_overrun_may_be_left(bench: Bench) -> None:
    """A warning is all that comes of it."""
    outcome = run(bench, ENDLESS, max_runtime="5m", on_overrun="leave")
    assert (outcome.problem, outcome.record.status) == (None, "running")
    assert bench.warned == [
        f"job {outcome.record.id}: ran longer than its max_runtime of 5m; it goes on, as on_overrun asks; see "
        f"{outcome.record.html_url}"
    ]


def test_an_overrun_that_is_left_is_nothing_to_remark_on(bench: Bench) -> None:
    """A refresh does not call unhealthy what was asked for, and promises nobody to wait for it."""
    desired = desired_run(bench.ready_cluster(), ENDLESS, max_runtime="5m", on_overrun="leave")
    number = bench.job_runs.create(desired).record.id
    assert bench.job_runs.read(number, last_status="running", desired=desired).remark == ""
    longer = replace(desired, inputs={**desired.inputs, "max_runtime": 10**6})
    assert "it is running" in bench.job_runs.read(number, last_status="running", desired=longer).remark


def test_an_overrun_that_does_not_stop_is_kept() -> None:
    """What goes on running is never reported as stopped."""
    bench = Bench.new(seed=Seed(packages=PACKAGES), knobs=Knobs(job_stopping_seconds=10_000))
    outcome = run(bench, ENDLESS, max_runtime="5m", stop_timeout="1m")
    assert isinstance(outcome.problem, ReadyTimeout)
    assert outcome.record.status == "stopping"


def test_time_in_the_queue_is_no_runtime(bench: Bench) -> None:
    """A run that has to wait for its cluster has not begun."""
    cluster = bench.emulator.add_cluster(status="creating", status_since=bench.emulator.account.world.now + 3_000)
    outcome = bench.job_runs.create(desired_run(cluster, 101, max_runtime="2m"))
    assert (outcome.problem, outcome.record.status) == (None, "completed")


def test_a_failure_may_be_recorded(bench: Bench) -> None:
    """The `up` goes on with a warning; status and errors tell what happened."""
    outcome = run(bench, BROKEN, on_failure="record")
    assert (outcome.problem, outcome.record.status) == (None, "failed")
    (warning,) = bench.warned
    assert warning.startswith(f"job {outcome.record.id}: failed: No; see http")
    assert warning.endswith("It is only recorded, as on_failure asks")
    desired = DesiredRun({"on_failure": "record"}, timeout=0)
    assert bench.job_runs.read(outcome.record.id, last_status="failed", desired=desired).remark == ""


@pytest.mark.parametrize(
    ("rerun", "changed", "status", "replaces"),
    [
        (None, True, "completed", ("variables",)),
        (None, False, "failed", ("status",)),
        ("on_change", True, "completed", ("variables",)),
        ("on_change", False, "completed", ()),
        ("on_failure", True, "completed", ()),
        ("on_failure", True, "failed", ("status",)),
        ("always", False, "completed", ("rerun",)),
        ("always", True, "running", ("variables", "rerun")),
    ],
)
def test_when_it_is_run_anew(rerun: str | None, *, changed: bool, status: str, replaces: tuple[str, ...]) -> None:
    """After a change, after a failure, or always."""
    wanted = {"variables": {"day": "2"}, "rerun": rerun}
    observed = {"variables": {"day": "2" if not changed else "1"}, "status": status}
    assert plan(JOB_RUN, wanted, observed).replaces == replaces


def test_a_package_by_its_name(bench: Bench) -> None:
    """It is looked up once, exactly as it is written."""
    cluster = bench.ready_cluster()
    desired = desired_run(cluster, 101)
    inputs = {name: value for name, value in desired.inputs.items() if name != "package_id"}
    outcome = bench.job_runs.create(replace(desired, inputs={**inputs, "package": "Sales"}))
    assert outcome.record.package_id == 101


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("sales", NotFoundError, "package 'sales': there is no active package of that name, so no run was started"),
        ("Twice", RefusedError, "package 'Twice': packages 104, 105 all have that name, so no run was started"),
    ],
)
def test_a_name_that_is_not_clear_is_refused(bench: Bench, name: str, error: type[Exception], words: str) -> None:
    """Nothing is started on a guess."""
    with pytest.raises(error) as caught:
        bench.job_runs.create(DesiredRun({"cluster_id": "501", "package": name}, timeout=60))
    assert str(caught.value).startswith(words)
    assert bench.wire.count("POST .*") == 0


def beside(bench: Bench, **inputs: Any) -> tuple[int, DesiredRun]:
    """Return the id of a run that somebody else has started, and an equal one that is desired."""
    desired = desired_run(bench.ready_cluster(), ENDLESS, wait_for="running", **inputs)
    number = bench.client.jobs.run(cluster_id=501, package_id=ENDLESS).id
    bench.wire.on("GET jobs", rewritten(lambda record: record.update(creator={"type": "Schedule", "id": 7})))
    return number, desired


def test_one_beside_it_is_started(bench: Bench) -> None:
    """Without a word a run of somebody else is none of our business."""
    number, desired = beside(bench)
    assert bench.job_runs.create(desired).record.id != number


def test_none_is_started_beside_it(bench: Bench) -> None:
    """The run that is in the way is named."""
    number, desired = beside(bench, if_running="fail")
    with pytest.raises(RefusedError) as caught:
        bench.job_runs.create(desired)
    assert str(caught.value).startswith(f"job {number}: it is ")
    assert bench.wire.count("POST .*") == 1


def test_the_one_that_runs_is_followed(bench: Bench) -> None:
    """As if it were ours, with a warning."""
    number, desired = beside(bench, if_running="adopt")
    assert bench.job_runs.create(desired).record.id == number
    assert "which was active already, and started none" in bench.warned[0]


@pytest.mark.parametrize("if_running", ["fail", "adopt"])
def test_a_run_of_another_resource_is_not_somebody_elses(bench: Bench, if_running: str) -> None:
    """Two resources that ask for the same have a run each, also when one process starts both."""
    cluster = bench.ready_cluster()
    first = bench.job_runs.create(desired_run(cluster, ENDLESS, wait_for="running", owner="first"))
    equal = desired_run(cluster, ENDLESS, wait_for="running", owner="second", if_running=if_running)
    second = bench.job_runs.create(equal)
    assert second.record.id != first.record.id
    assert bench.warned == []


def test_a_run_that_was_active_and_vanished_is_an_error(bench: Bench) -> None:
    """Nobody knows how it ended, so nothing is started in its place unasked."""
    with pytest.raises(ReadyFailed, match="which was active, so how it ended cannot be seen"):
        bench.job_runs.resume(7, DesiredRun({}, timeout=60))


def test_a_completed_run_shows_what_was_in_effect(bench: Bench) -> None:
    """The values of the package and the account are among them; one that cannot be had is left out without a word."""
    assert run(bench, variables={"day": "1"}).record.effective_variables is not None
    bench.wire.on("GET jobs/.*/variables", answers(403))
    outcome = run(bench, variables={"day": "2"})
    assert (outcome.problem, outcome.record.effective_variables) == (None, None)
