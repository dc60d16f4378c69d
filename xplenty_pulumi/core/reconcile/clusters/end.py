"""Ending clusters, seen to have ended: the one that is meant, and those that its create calls made besides."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.obstacles import UNKNOWN_TO_SERVICE
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin, adopted_elsewhere, as_marked, taken_over
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.lookup import require_shown
from xplenty_pulumi.core.reconcile.clusters.goals import ENDABLE, is_ending, phase_of, terminated
from xplenty_pulumi.core.reconcile.clusters.known import KnownClusters
from xplenty_pulumi.core.reconcile.outcome import LEFT_ALONE, saying_what_exists
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.reconcile.runs.follow import RunStopper
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import Watch, watch_of
from xplenty_pulumi.errors import InvalidError, NotFoundError, ReadyFailed, UnsureError, XplentyError


class ClusterEnding:
    """Ends clusters of one account."""

    def __init__(self, client: Client, known: KnownClusters, polls: Polls, patience: Patience) -> None:
        self._client = client
        self._known = known
        self._polls = polls
        self._patience = patience

    def end(
        self, cluster_id: int, *, timeout: float, active_jobs: str, is_verified: bool = True, made: Origin = UNKNOWN
    ) -> str:
        """Return how the cluster was seen once it is at its end: `terminated`, or that the service does not know it.

        It `had terminated` where that was so before anything was done, and is `left alone` where it is another's.

        A cluster that is still being built or resized cannot be terminated yet (the service refuses), so that is
        waited for first. One that shows again alive is asked to end again. Where the end is not to be verified, a
        cluster that is seen to be ending is enough. One that was not `made` when the state says is left alone. What
        takes time, such as the end of a job, is followed by another look at the cluster and at its jobs.

        Raises:
            RefusedError: another stack has adopted it, or jobs are active on it, and `active_jobs` is `fail`.
            WaitError: it was not terminated within `timeout` seconds.
        """
        self._known.hold(cluster_id, made=made)
        watch = watch_of(self._polls.clusters, cluster_id)
        deadline = Deadline.after(timeout, self._patience.clock)
        stopper = RunStopper(self._client, self._polls, self._patience)
        had_jobs = partial(stopper.clear, cluster_id, policy=active_jobs, deadline=deadline)
        try:
            if seen := self._needs_no_end(watch, had_jobs, made=made, deadline=deadline):
                return seen if seen == LEFT_ALONE else f"had {seen}"
            while not self._has_ended(watch, cluster_id, made=made, deadline=deadline, is_verified=is_verified):
                self._patience.tell(f"{watch.last.status if watch.last else ''}, although it was asked to end", "")
                if seen := self._needs_no_end(watch, had_jobs, made=made, deadline=deadline):
                    return seen
        except XplentyError as problem:
            seen = f"was last seen {watch.last.status}" if watch.last else "was not seen, so it may live"
            exists = f"{watch.resource} {seen}; it may cost money until it is terminated"
            raise saying_what_exists(problem, exists) from None
        return watch.last.status if watch.last else UNKNOWN_TO_SERVICE

    def end_surplus(self, surplus: Iterable[Cluster], kept: int, *, timeout: float) -> None:
        """End clusters that the create calls of `kept` made besides it; one that does not end is warned of."""
        for one in surplus:
            self._patience.tell(f"ending cluster {one.id}, a duplicate of cluster {kept}", "")
            try:
                how = self.end(one.id, timeout=timeout, active_jobs="stop", made=as_marked(one))
            except XplentyError as failed:
                self._patience.warn(f"cluster {one.id} is a duplicate of cluster {kept} and goes on existing: {failed}")
                continue
            if how != LEFT_ALONE:
                self._patience.warn(f"cluster {one.id}, a duplicate of cluster {kept}, was ended: {how}")

    def _needs_no_end(
        self, watch: Watch[Cluster], had_jobs: Callable[[], bool], *, made: Origin, deadline: Deadline
    ) -> str:
        """Wait until the cluster can be asked to end, without jobs; return how it is seen where that is not to be.

        `had_jobs` ends its jobs, which takes time: then the cluster is looked at again.
        """
        while True:
            seen = self._endable(watch, made=made, deadline=deadline)
            if seen or is_ending(watch.last):
                return seen
            self._patience.allowance.require_write()
            if not had_jobs():
                return ""

    def _endable(self, watch: Watch[Cluster], *, made: Origin, deadline: Deadline) -> str:
        """Wait until the cluster can be asked to end; return how it is seen where it has ended or is another's."""
        endable = replace(ENDABLE, reached=lambda cluster: ENDABLE.reached(cluster) or _is_foreign(cluster, made))
        found = wait_for(endable, watch, deadline=deadline, patience=self._patience)
        require_shown(found, made, self._client, resource=watch.resource)
        if other := taken_over(found, made):
            way = f"If it is this stack's all the same, `xplenty-pulumi terminate {watch.resource}` ends it"
            self._patience.warn(f"{watch.resource}: {other}. {way}")
            return LEFT_ALONE
        if not is_ending(found) and (refused := adopted_elsewhere(found, made)):
            raise refused
        return found.status if found is not None and phase_of(found) is Phase.GONE else ""

    def _has_ended(
        self, watch: Watch[Cluster], cluster_id: int, *, made: Origin, deadline: Deadline, is_verified: bool
    ) -> bool:
        """Ask for the end where it was not asked for; return whether it is seen, and not that it lives all the same."""

        def terminate() -> None:
            watch.last = self._client.clusters.terminate(cluster_id)

        if not is_ending(watch.last):
            act_until(
                lambda: is_ending(watch.certain()) or _is_foreign(watch.last, made),
                terminate,
                clock=self._patience.clock,
                tolerate=(UnsureError, InvalidError, NotFoundError),
                is_due=True,
            )
        if watch.last is None:
            return True
        try:
            # The answer to the call is no sight of the end: where that is all that is waited for, it is read again.
            known = watch.last if is_ending(watch.last) and is_verified else None
            goal = terminated(deadline, is_verified=is_verified)
            wait_for(goal, watch, deadline=deadline, patience=self._patience, known=known)
        except ReadyFailed:
            return False
        return True


def _is_foreign(cluster: Cluster | None, made: Origin) -> bool:
    """Whether it is another's by now, so that nothing is left to do."""
    return bool(taken_over(cluster, made) or adopted_elsewhere(cluster, made))
