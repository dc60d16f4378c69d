"""A process that dies anywhere leaves nothing behind that the next runs do not find."""

import sys

import pytest

from tests.crash import steps
from tests.crash.steps import bring_up, declare, fall_ill, lose, ring
from tests.support import scoreboard
from tests.support.simulation.crashes import Scenario, crash_everywhere, end_lost_clusters, nothing

HOURS = 3600.0
COMMAND = "make test TESTS=tests/crash"
_CLUSTER, _JOB, _MIXED = declare(), declare(jobs=1), declare(jobs=2)
_MAIL = {"type": "email", "settings": {"emails": "a@example.test"}}
_NEXT_RUN = "next run after"

SCENARIOS = (
    Scenario("create a cluster", _CLUSTER),
    Scenario("create a cluster and a job", _JOB),
    Scenario("create a cluster and two jobs", _MIXED),
    Scenario("adopt a cluster", _CLUSTER, before=lose(_CLUSTER, call="POST clusters")),
    Scenario("adopt a job", _JOB, before=lose(_JOB, call="POST jobs")),
    Scenario("resize a cluster", declare(nodes=4), before=bring_up(_CLUSTER)),
    Scenario("replace a cluster", declare(stack="blue-everest"), before=bring_up(_CLUSTER)),
    Scenario("replace a cluster with two jobs", declare(stack="blue-everest", jobs=2), before=bring_up(_MIXED)),
    Scenario("replace a job by variables", declare(jobs=1, rev=1), before=bring_up(_JOB)),
    Scenario("replace a job by triggers", declare(jobs=1, trigger=1), before=bring_up(_JOB)),
    Scenario("replace a job for the third time", declare(jobs=1, trigger=3), before=steps.two_runs_let_go),
    Scenario("replace a failed job", nothing, before=steps.failed_job),
    Scenario("remove a job", steps.remove_jobs, before=bring_up(_JOB)),
    Scenario("stop a job", steps.remove_jobs, before=steps.unfinished_job),
    Scenario("delete a cluster", _CLUSTER, before=bring_up(_CLUSTER), run="destroy"),
    Scenario("delete a cluster with two jobs", _MIXED, before=bring_up(_MIXED), run="destroy"),
    Scenario("refresh a cluster with two jobs", _MIXED, before=bring_up(_MIXED), run="refresh"),
    Scenario("go on waiting for a cluster", nothing, before=steps.half_made_cluster),
    Scenario("go on following a job", nothing, before=steps.unfinished_job),
    Scenario("a cluster that breaks", steps.break_next_cluster),
    Scenario("create a cluster, answer lost", fall_ill(_CLUSTER, call="createCluster", fault="reset after")),
    Scenario("create a cluster, call lost", fall_ill(_CLUSTER, call="createCluster", fault="reset before")),
    Scenario("run a job, answer lost", fall_ill(_JOB, call="runJob", fault="reset after")),
    Scenario("create a hook", ring()),
    Scenario("adopt a hook", ring(), before=lose(ring(), call="POST hooks")),
    Scenario("change a hook", ring(events=["job"]), before=bring_up(ring())),
    Scenario("replace a hook", ring(**_MAIL), before=bring_up(ring())),
    Scenario("remove a hook", steps.remove_all, before=bring_up(ring())),
    Scenario("delete a hook", ring(), before=bring_up(ring()), run="destroy"),
    Scenario("refresh a hook", ring(), before=bring_up(ring()), run="refresh"),
    Scenario("create a hook, answer lost", fall_ill(ring(), call="POST hooks", fault="reset after")),
    Scenario("create a cluster that nobody is told of", declare(notify=False)),
    Scenario("tell of a cluster", declare(notify=True), before=bring_up(declare(notify=False))),
    Scenario("refresh a cluster that is told of", nothing, before=bring_up(declare(notify=True)), run="refresh"),
    Scenario("run a job that nobody is told of", steps.tell_of_job(False)),
    Scenario("tell of a job", steps.tell_of_job(True), before=bring_up(steps.tell_of_job(False))),
    Scenario(f"create a cluster, {_NEXT_RUN} two hours", _CLUSTER, away=2 * HOURS, advice=end_lost_clusters),
    Scenario(f"create a cluster, {_NEXT_RUN} a day", _CLUSTER, away=24 * HOURS, advice=end_lost_clusters),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_nothing_is_lost_or_doubled_wherever_a_run_ends(scenario: Scenario) -> None:
    """After a crash at any boundary two runs bring the stack to quiet: no orphan, no twin, no second run of a job."""
    findings = crash_everywhere(scenario)
    sys.stdout.write(f"{scenario}: {findings.points} points\n")
    assert findings.points >= 2
    assert not findings.wrongs, "\n".join(findings.wrongs)
    for _ in range(findings.points):
        scoreboard.count("crash points, simulated", goal=200, command=COMMAND)
