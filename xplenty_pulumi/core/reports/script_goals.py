"""What a script can wait for with a cluster or a job run: the goals of the resources, with advice for scripts."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from xplenty_pulumi.client import Cluster, Job
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, has_ended, has_unknown_end
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reconcile.clusters.goals import READY, TERMINATED
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun, goal_of
from xplenty_pulumi.core.reports.overview import job_row
from xplenty_pulumi.core.waiting.goal import Goal, HasStatus
from xplenty_pulumi.text import stated

RecordT = TypeVar("RecordT", bound=HasStatus)
_GO_ON = "It goes on; run the same command again to go on waiting"
_LOOK = "`xplenty-pulumi status` shows it; nothing was changed"
_SUCCEEDED = frozenset({Phase.SUCCEEDED})
_BEGUN = _SUCCEEDED | {Phase.RUNNING}


def _for_a_script(goal: Goal[RecordT]) -> Goal[RecordT]:
    return replace(goal, unfinished=_GO_ON, limit="--timeout", unreachable=_LOOK)


def _lost(job: Job) -> str:
    """Why a run that ended without success did so, in its own words."""
    row = job_row(job)
    if not row.is_ended or row.phase in _SUCCEEDED:
        return ""
    if has_unknown_end(job):
        return f"it has ended as {row.status!r}, a status that this version of xplenty-pulumi does not know"
    return f"it {stated(row.status)}{f': {row.errors}' if row.errors else ''}".rstrip(".")


_SUCCESS = goal_of(DesiredRun({}, timeout=0), now=SystemClock().now)
_COMPLETED = replace(_for_a_script(_SUCCESS), hopeless=_lost)

CLUSTER_GOALS: Mapping[str, Goal[Cluster]] = MappingProxyType(
    {goal.name: _for_a_script(goal) for goal in (READY, TERMINATED)}
)
JOB_GOALS: Mapping[str, Goal[Job]] = MappingProxyType(
    {
        goal.name: goal
        for goal in (
            _COMPLETED,
            replace(_COMPLETED, name="begun", reached=lambda job: JOB_RUN.phase(job.status) in _BEGUN),
            replace(_COMPLETED, name="ended", reached=has_ended, hopeless=lambda _job: "", missing_is_reached=True),
        )
    }
)
