"""Clusters: created once, resized honestly, ended verifiably."""

from collections.abc import Mapping

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.goal import Goal
from xplenty_pulumi.core.kinds import Phase
from xplenty_pulumi.core.patience import Deadline, Patience
from xplenty_pulumi.core.polls import Polls
from xplenty_pulumi.core.reconcile.cluster_changes import changes_for, is_as_desired
from xplenty_pulumi.core.reconcile.cluster_goals import (
    ENDABLE,
    READY,
    TERMINATED,
    is_broken,
    is_ending,
    kept,
    label,
    phase_of,
    ready_with,
    sight_of,
)
from xplenty_pulumi.core.reconcile.creation import Creation, Desired
from xplenty_pulumi.core.reconcile.living import Living
from xplenty_pulumi.core.reconcile.outcome import Outcome, Sight
from xplenty_pulumi.core.reconcile.repeat import act_until, confirmed
from xplenty_pulumi.core.reconcile.stopping import Stopping
from xplenty_pulumi.core.reconcile.watching import Watching
from xplenty_pulumi.core.wait import Watch, wait_for
from xplenty_pulumi.errors import InvalidError, NotFoundError, ReadyFailed, UnsureError, XplentyError


class Clusters:
    """The clusters of one account; every method blocks until what it says is true.

    `polls` are the looks to share with all others who work on the account.
    """

    def __init__(self, client: Client, living: Living, patience: Patience, *, polls: Polls | None = None) -> None:
        self._client = client
        self._living = living
        self._polls = polls or Polls(client, patience.clock)
        self._creation = Creation(client, living, patience)
        self._stopping = Stopping(client, self._polls, patience)
        self._watching = Watching(client, client.clusters, patience)
        self._patience = patience

    def create(self, desired: Desired) -> Outcome[Cluster]:
        """Return the one living cluster with the owner's marker, ready and as desired.

        1 FIND one that an earlier attempt left behind and adopt it, or end it if it is broken; 2 POST; 3 where the
        answer is lost, VERIFY by the marker before anything is repeated; 4 WAIT until it is ready with all its nodes. A
        new cluster that ends in `error` is terminated, unless `on_create_failure` is `keep`.

        Raises:
            XplentyError: nothing exists that belongs to this resource, or (UnsureError, RefusedError) what exists can
                not be told or must not be touched.
        """
        cluster = self._creation.find(desired) or self._broken_to_keep(desired)
        if cluster is None:
            self._clear_away_earlier(desired)
            cluster = self._creation.post(desired)
        outcome = self._converge(cluster, desired, usual=self._living.usual_seconds(cluster.type))
        if outcome.problem is None or not is_broken(outcome.record):
            return outcome
        return kept(outcome) if desired.keeps_broken else self._clear_away(outcome, desired)

    def update(self, cluster_id: int, desired: Desired) -> Outcome[Cluster]:
        """Return the cluster, ready and as desired; where nothing differs, this means to go on waiting.

        Raises:
            ReadyFailed: it is gone.
            XplentyError: it can not be looked at.
        """
        seen = self._sight(cluster_id, self._now(cluster_id))
        if seen.gone or seen.record is None:
            raise ReadyFailed(
                f"it can not be updated: {seen.remark}",
                resource=label(cluster_id),
                advice="Run `pulumi up --refresh` to create it anew",
            )
        return self._converge(seen.record, desired)

    def read(self, cluster_id: int, *, inputs: Mapping[str, object] | None = None) -> Sight[Cluster]:
        """Return the cluster as it is now; ending, ended and unknown to the service all count as gone.

        Warns of other living clusters that carry its marker: a create that took effect long after its answer was lost.
        Its watchers are looked at where `inputs`, as they were declared, say who is to be told.
        """
        self._patience.allowance.require_read()
        survey = self._polls.cluster_survey
        found = survey.find(cluster_id)
        cluster = found or self._now(cluster_id)
        sight = self._sight(cluster_id, cluster, neighbours=survey.seen() if found else None)
        return self._watching.seen(sight, cluster_id, inputs or {})

    def delete(self, cluster_id: int, *, timeout: float, active_jobs: str = "stop") -> None:
        """Return once the service shows that the cluster is terminated, or does not know it.

        A cluster that is still being built or resized can not be terminated yet (the service refuses), so that is
        waited for first. Jobs that are active on it are dealt with as `active_jobs` says: `stop`, `wait` or `fail`.

        Raises:
            RefusedError: jobs are active on it, and `active_jobs` is `fail`.
            WaitError: it was not terminated within `timeout` seconds.
        """
        self._living.hold(cluster_id)
        watch = self._watch(cluster_id)
        deadline = Deadline.after(timeout, self._patience.clock)
        self._wait(ENDABLE, watch, deadline)
        if not is_ending(watch.last):
            self._patience.allowance.require_write()
            self._stopping.clear(cluster_id, policy=active_jobs, deadline=deadline)
            self._terminate(watch, cluster_id)
        self._wait(TERMINATED, watch, deadline, known=watch.last if is_ending(watch.last) else None)

    def _terminate(self, watch: Watch[Cluster], cluster_id: int) -> None:
        """Ask for the end of a cluster that was seen alive, and take note of what the service answers."""

        def terminate() -> None:
            watch.last = self._client.clusters.terminate(cluster_id)

        act_until(
            lambda: is_ending(confirmed(watch, clock=self._patience.clock)),
            terminate,
            clock=self._patience.clock,
            tolerate=(UnsureError, InvalidError, NotFoundError),
            looked=True,
        )

    def _now(self, cluster_id: int) -> Cluster | None:
        return confirmed(self._watch(cluster_id), clock=self._patience.clock)

    def _sight(
        self, cluster_id: int, cluster: Cluster | None, *, neighbours: list[Cluster] | None = None
    ) -> Sight[Cluster]:
        """What the record, or its absence, means; and whether the state may be thought to hold it from now on."""
        sight = sight_of(cluster)
        if sight.record is None or sight.gone:
            self._living.release(cluster_id)
        else:
            self._living.hold(cluster_id)
            self._warn_of_twins(sight.record, among=neighbours)
        return sight

    def _converge(self, cluster: Cluster, desired: Desired, *, usual: float | None = None) -> Outcome[Cluster]:
        """Wait until it can be changed, change what differs, and wait until that is seen."""
        watch = self._watch(cluster.id, cluster)
        deadline = Deadline.after(desired.timeout, self._patience.clock)
        try:
            if not is_broken(cluster):
                self._watching.bring(cluster.id, desired.inputs, resource=label(cluster.id))
            if changed := bool(changes_for(cluster, desired)):
                act_until(
                    lambda: is_as_desired(watch(), desired),
                    lambda: self._put(watch, desired, deadline),
                    clock=self._patience.clock,
                    tolerate=(UnsureError,),
                )
            goal = ready_with(desired, cluster, usual=usual)
            self._wait(goal, watch, deadline, known=None if changed else cluster)
        except XplentyError as problem:
            return Outcome(watch.last or cluster, problem)
        return Outcome(watch.last or cluster)

    def _put(self, watch: Watch[Cluster], desired: Desired, deadline: Deadline) -> None:
        """Send what differs once the cluster is ready: a change whose answer got lost may still be under way."""
        if watch.last is None or phase_of(watch.last) is not Phase.READY:
            self._wait(READY, watch, deadline)
        changes = changes_for(watch.last, desired)
        if watch.last is not None and changes:
            self._patience.allowance.require_write()
            self._client.clusters.update(watch.last.id, changes)

    def _broken_to_keep(self, desired: Desired) -> Cluster | None:
        """What an earlier attempt left behind broken, where the user wants to look at it before it is replaced."""
        if desired.marker is None or not desired.keeps_broken:
            return None
        return next(iter(self._living.broken(desired.marker)), None)

    def _clear_away_earlier(self, desired: Desired) -> None:
        """End what an earlier attempt left behind broken, so that it does not cost money unseen."""
        if desired.marker is None:
            return
        for broken in self._living.broken(desired.marker):
            self._patience.tell(f"ending cluster {broken.id}, which an earlier attempt left behind broken", "")
            self._end(broken.id, desired)

    def _end(self, cluster_id: int, desired: Desired) -> None:
        policy = str(desired.inputs.get("active_jobs_on_terminate", "stop"))
        self.delete(cluster_id, timeout=desired.terminate_timeout, active_jobs=policy)

    def _warn_of_twins(self, cluster: Cluster, *, among: list[Cluster] | None) -> None:
        try:
            twins = self._living.twins(cluster, among=among)
        except XplentyError as failed:
            self._patience.warn(f"{label(cluster.id)}: could not look for twins of it: {failed.message}")
            return
        if twins:
            ids = " and ".join(str(one.id) for one in twins)
            self._patience.warn(
                f"{label(cluster.id)} has a twin: {ids} carries the same marker and is not in the state; terminate it"
            )

    def _clear_away(self, outcome: Outcome[Cluster], desired: Desired) -> Outcome[Cluster]:
        """End a new cluster that is broken; nothing is left of it, so its problem is raised."""
        try:
            self._end(outcome.record.id, desired)
        except XplentyError as failed:
            problem = ReadyFailed(
                f"it ended in {outcome.record.status} and could not be terminated: {failed}",
                last_status=outcome.record.status,
                resource=label(outcome.record.id),
                advice="Run `pulumi up` again; until then it may cost money",
            )
            return Outcome(outcome.record, problem)
        raise ReadyFailed(
            f"it ended in {outcome.record.status} while it was being built, and was terminated; nothing is left of it",
            last_status=outcome.record.status,
            resource=label(outcome.record.id),
            advice="Run `pulumi up` again for a new one; if it happens again, ask the service's support",
        )

    def _wait(
        self, goal: Goal[Cluster], watch: Watch[Cluster], deadline: Deadline, *, known: Cluster | None = None
    ) -> None:
        wait_for(goal, watch, deadline=deadline, patience=self._patience, known=known)

    def _watch(self, cluster_id: int, last: Cluster | None = None) -> Watch[Cluster]:
        polls = self._polls
        return Watch(
            label(cluster_id),
            lambda: polls.cluster(cluster_id),
            last,
            following=lambda: polls.clusters.following(cluster_id),
        )
