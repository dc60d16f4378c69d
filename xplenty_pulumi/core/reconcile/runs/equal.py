"""The runs that are equal to one that is to be started, and whose they are, as far as that is known.

A run carries no text of ours, but its cluster does. So an earlier attempt's run is known where it is on a cluster of
the same stack, was started by the same user within the last hour, and nobody has let it go. The marker alone does not
say that: a stack that was renamed leaves it to the next one of its old name. So the state has to hold the cluster too.
Elsewhere an equal run may as well be that of another stack.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from xplenty_pulumi.client import Client, Job
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.job_run import has_unknown_end, is_active, run_key_of
from xplenty_pulumi.core.kinds.ownership import WINDOW_TEXT
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun, has_succeeded
from xplenty_pulumi.core.reconcile.runs.known import KnownRuns, RunShape, starter_of
from xplenty_pulumi.errors import UnsureError

_WHAT_TO_SAY = (
    "Look at it, and say with if_running what to do about it: 'queue' starts a run beside it, 'adopt' follows it, "
    "'fail' refuses; on_unsure 'rerun' starts one whatever there is. A resource that was renamed needs an alias"
)


@dataclass(frozen=True)
class DoubtfulRun:
    """A run of which it cannot be told whether an earlier attempt of this resource has started it, and why not."""

    job: Job
    reason: str


@dataclass(frozen=True)
class EqualRuns:
    """The equal runs that matter to a start, the newest first, but for those that other resources of this process hold.

    `lost` is the one that an earlier attempt has started; of the `doubtful` ones that cannot be told, and the `others`
    are active and known to be somebody else's.
    """

    lost: Job | None
    doubtful: tuple[DoubtfulRun, ...]
    others: tuple[Job, ...]

    @property
    def beside(self) -> Job | None:
        """The one that may be somebody else's and is to be reckoned with; one that is active goes first."""
        return max([*(one.job for one in self.doubtful), *self.others], key=is_active, default=None)

    def unsure(self) -> UnsureError:
        """Return the error for the doubtful ones."""
        named = ", ".join(f"{one.job.id} ({one.job.status})" for one in self.doubtful)
        head = f"job {named} has" if len(self.doubtful) == 1 else f"jobs {named} have"
        reasons = "; ".join(dict.fromkeys(one.reason for one in self.doubtful))
        return UnsureError(
            f"{head} the same cluster, package and variables, and {reasons}; so whether an interrupted `up` of this "
            "resource started it or somebody else did cannot be told, and none was started now",
            candidates=[str(one.job.id) for one in self.doubtful],
            advice=_WHAT_TO_SAY,
        )


class WhoseRuns:
    """Sorts the `newest` runs of a package by whose they are, for a run that is to be started as `desired`."""

    def __init__(
        self, client: Client, known: KnownRuns, polls: Polls, desired: DesiredRun, newest: Sequence[Job]
    ) -> None:
        self._client, self._known, self._polls = client, known, polls
        self._desired, self._newest = desired, newest
        self._shape = RunShape.of(desired.inputs)

    def equal(self) -> EqualRuns:
        """Return those that are equal; reads their cluster where it matters."""
        found = [job for job in self._newest if self._shape.fits(job) and self._is_free(job)]
        foreign = {job.id for job in found if self._known.is_of_another_user(job) or self._is_of_another_stack(job)}
        others = tuple(job for job in found if job.id in foreign and is_active(job))
        possible = [job for job in found if job.id not in foreign and self._may_be_lost(job)]
        let_go = [job for job in possible if self._was_let_go(job)]
        if left := [job for job in possible if job not in let_go]:
            lost, doubtful = self._judged(left)
            return EqualRuns(lost, doubtful, others)
        is_unwatched = self._desired.inputs.get("notify") is False
        return EqualRuns(None, tuple(DoubtfulRun(job, _UNWATCHED) for job in let_go if is_unwatched), others)

    def left_behind(self) -> list[Job]:
        """Return the active runs whose key is that of the resource, with other inputs, and which nobody has let go."""
        others = [job for job in self._newest if is_active(job) and self.is_ours(job) and not self._shape.fits(job)]
        return [job for job in others if self._is_free(job) and not self._was_let_go(job)]

    def is_ours(self, job: Job) -> bool:
        """Return whether the run's own key says that it was started for the resource."""
        key, owner = run_key_of(job), self._desired.owner
        return key is not None and owner is not None and key.whose == markers.marker_of(owner)

    def _is_free(self, job: Job) -> bool:
        return self._known.is_free(job, self._desired.owner)

    def _is_of_another_stack(self, job: Job) -> bool:
        key, owner = run_key_of(job), self._desired.owner
        return key is not None and owner is not None and key.scope != markers.scope_of(owner)

    def _judged(self, possible: Sequence[Job]) -> tuple[Job | None, tuple[DoubtfulRun, ...]]:
        """The lost run, if it is the only one of which nothing says that it may be another's, or the doubtful ones."""
        unsaid = [job for job in possible if not self.is_ours(job)]
        why = self._why_not_of_this_stack(int(self._shape.cluster_id)) if unsaid else ""
        judged = [DoubtfulRun(job, (why or self._why_not_lost(job)) if job in unsaid else "") for job in possible]
        lost = [one.job for one in judged if not one.reason]
        if len(lost) == 1:
            return lost[0], ()
        return None, tuple(DoubtfulRun(one.job, one.reason or _SEVERAL) for one in judged)

    def _may_be_lost(self, job: Job) -> bool:
        """Whether it has not failed, and is so young, or of so unknown an age, that it may be; or is active still.

        Of one that says whose it is the age does not matter, but whether the resource has started another one since.
        """
        if is_active(job):
            return True
        if not _is_done(job):
            return False
        if self.is_ours(job):
            return not self._is_superseded(job)
        return job.created_at is None or job.created_at >= self._known.oldest_by_any_clock()

    def _is_superseded(self, job: Job) -> bool:
        """Whether a later call of the same resource has started another run, which is the one that is wanted now."""
        later = [one for one in self._newest if one.id > job.id]
        return any(self.is_ours(one) and run_key_of(one) != run_key_of(job) for one in later)

    def _was_let_go(self, job: Job) -> bool:
        starter = starter_of(job)
        if starter is None or not (_is_done(job) or run_key_of(job)):
            return False
        return starter not in {one.id for one in self._client.jobs.watchers(job.id)}

    def _why_not_of_this_stack(self, cluster_id: int) -> str:
        """Why the cluster does not say that it is this stack's; empty where it does."""
        found = self._polls.clusters.presence.find(cluster_id)
        marker = markers.read(found.description) if found else None
        if marker is None:
            what = "carries no stack's marker" if found else "is not known to the service"
            return f"cluster {cluster_id}, on which it runs, {what}"
        if self._desired.owner is None or marker.scope != markers.scope_of(self._desired.owner):
            return f"cluster {cluster_id}, on which it runs, belongs to another stack (its marker says {marker.scope})"
        if self._known.holds_cluster(cluster_id):
            return ""
        return (
            f"cluster {cluster_id}, on which it runs, has this stack's marker, but its state is not known to hold it, "
            "as with --target or in a stack that has the old name of another"
        )

    def _why_not_lost(self, job: Job) -> str:
        if not self._known.is_of_this_user(job):
            return "it is not known who started it"
        if job.created_at is None:
            return "it is not known when it was started"
        return "" if job.created_at >= self._known.oldest() else f"it was started more than {WINDOW_TEXT} ago"


def _is_done(job: Job) -> bool:
    return has_succeeded(job) or has_unknown_end(job)


_SEVERAL = "there are several"
_UNWATCHED = (
    "nobody watches it, which with notify=False does not tell a run that an earlier attempt lost from one that a "
    "resource let go"
)
