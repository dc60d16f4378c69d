"""Making a cluster that exists as desired, and seeing it so."""

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.clusters.changes import changes_for, held_description, is_as_desired
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.clusters.goals import READY, is_broken, label, phase_of, ready_with, watch_of
from xplenty_pulumi.core.reconcile.clusters.search import LiveClusters
from xplenty_pulumi.core.reconcile.notify import WatcherList
from xplenty_pulumi.core.reconcile.outcome import Outcome, saying_what_exists
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.waiting.goal import Goal
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import Watch, wait_for
from xplenty_pulumi.errors import Cancelled, NotFoundError, UnsureError, XplentyError

_LONGEST = 3.0
"""Seconds that the last word about a cluster may take once the user has had enough."""


class Convergence:
    """Changes clusters of one account and waits until the changes are seen; what goes wrong is in the outcome."""

    def __init__(
        self, client: Client, living: LiveClusters, polls: Polls, watching: WatcherList, patience: Patience
    ) -> None:
        self._client = client
        self._living = living
        self._polls = polls
        self._watching = watching
        self._patience = patience

    def bring(self, cluster: Cluster, desired: DesiredCluster, *, usual: float | None = None) -> Outcome[Cluster]:
        """Return the cluster as desired: wait until it can be changed, change what differs, wait until that is seen.

        `usual` is how many seconds a new one takes as a rule.
        """
        watch = watch_of(self._polls, cluster.id, cluster)
        try:
            self._bring(watch, cluster, desired, usual=usual)
        except XplentyError as problem:
            last = watch.last or cluster
            exists = f"{label(last.id)} exists, was last seen {last.status}, and may cost money"
            return Outcome(last, saying_what_exists(problem, exists))
        return Outcome(watch.last or cluster)

    def signed_as_held(self, outcome: Outcome[Cluster], desired: DesiredCluster) -> Outcome[Cluster]:
        """Return the outcome once the cluster says that it is held; an update makes up for it where that failed.

        Where the state does not keep its id, it stays unfinished, so that the next `up` adopts it. One whose create was
        cancelled is held as well: unfinished, it would be another stack's that takes the name of this one.
        """
        if outcome.stays_unfinished(keeps_id=desired.keeps_id, is_saved_at_once=desired.is_saved_at_once):
            return outcome
        description = held_description(outcome.record, desired)
        if description is None:
            return outcome
        try:
            client = self._client.within(_LONGEST) if isinstance(outcome.problem, Cancelled) else self._client
            client.clusters.update(outcome.record.id, {"description": description})
        except XplentyError:
            return outcome
        signed = outcome.record.model_copy(update={"description": description})
        return Outcome(signed, outcome.problem)

    def _bring(self, watch: Watch[Cluster], cluster: Cluster, desired: DesiredCluster, *, usual: float | None) -> None:
        deadline = Deadline.after(desired.timeout, self._patience.clock)
        if not is_broken(cluster) and "notify" in desired.intent.fields:
            self._watching.bring(cluster.id, desired.inputs, resource=label(cluster.id))
        is_changed = not is_as_desired(cluster, desired)
        if is_changed:
            act_until(
                lambda: is_as_desired(watch(), desired),
                lambda: self._put(watch, desired, deadline),
                clock=self._patience.clock,
                tolerate=(UnsureError, NotFoundError),
            )
        if is_changed or desired.intent.waits:
            goal = ready_with(desired, cluster, usual=usual)
            self._wait(goal, watch, deadline, known=None if is_changed else cluster)

    def _put(self, watch: Watch[Cluster], desired: DesiredCluster, deadline: Deadline) -> None:
        """Send what differs once the cluster is ready: a change whose answer got lost may still be under way."""
        if watch.last is None or phase_of(watch.last) is not Phase.READY:
            self._wait(READY, watch, deadline)
        now, random = self._patience.clock.now(), self._living.random
        changes = changes_for(watch.last, desired, now=now, random=random)
        if watch.last is not None and changes:
            self._patience.allowance.require_write()
            self._client.clusters.update(watch.last.id, changes)

    def _wait(
        self, goal: Goal[Cluster], watch: Watch[Cluster], deadline: Deadline, *, known: Cluster | None = None
    ) -> None:
        wait_for(goal, watch, deadline=deadline, patience=self._patience, known=known)
