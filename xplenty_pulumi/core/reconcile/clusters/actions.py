"""Create, update, read and delete for clusters, step by step."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER, is_only_accepted
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import (
    UNKNOWN,
    Origin,
    adopted_elsewhere,
    as_marked,
    marker_on,
    taken_over,
    way_out,
)
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.lookup import require_shown
from xplenty_pulumi.core.reconcile.clusters.converge import Convergence
from xplenty_pulumi.core.reconcile.clusters.create import ClusterCreation, DesiredCluster
from xplenty_pulumi.core.reconcile.clusters.end import ClusterEnding
from xplenty_pulumi.core.reconcile.clusters.goals import (
    changed_hands,
    is_broken,
    is_ending,
    kept,
    not_updatable,
    observation_of,
)
from xplenty_pulumi.core.reconcile.clusters.known import KnownClusters
from xplenty_pulumi.core.reconcile.known import warn_of_duplicates
from xplenty_pulumi.core.reconcile.notify import WatcherList
from xplenty_pulumi.core.reconcile.outcome import Observation, Outcome
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import ReadyFailed, XplentyError
from xplenty_pulumi.text import label


class ClusterReconciler:
    """The clusters of one account; every method blocks until what it says is true.

    `polls` are shared with all others who work on the account.
    """

    def __init__(self, client: Client, known: KnownClusters, patience: Patience, *, polls: Polls) -> None:
        self._client = client
        self._known = known
        self._polls = polls
        self._convergence = Convergence(client, known, self._polls, patience)
        self._patience = patience

    @cached_property
    def _ending(self) -> ClusterEnding:
        return ClusterEnding(self._client, self._known, self._polls, self._patience)

    def create(self, desired: DesiredCluster) -> Outcome[Cluster]:
        """Return the one living cluster of the resource, ready and as desired.

        1 FIND what interrupted create calls left behind, and adopt one of them; 2 POST; 3 where the answer is lost,
        VERIFY by the marker before anything is repeated; 4 WAIT until it is ready with all its nodes, or where
        `wait_for` is `accepted` until the service shows it; 5 END what the create calls made besides it; 6 sign that it
        is held. A new cluster that ends in `error` is terminated, unless `on_create_failure` is `keep`.

        Raises:
            XplentyError: nothing exists that belongs to this resource, or (UnsureError, RefusedError) what exists can
                not be told or must not be touched.
        """
        creation = ClusterCreation(self._client, self._known, self._patience, desired)
        adopted = creation.adopted(lambda left: self._end(desired, left.id, made=as_marked(left)))
        cluster = adopted or creation.post()
        desired = replace(desired, is_adopted=adopted is not None, nonces=tuple(creation.nonces))
        is_new, usual = adopted is None, lambda: self._usual_seconds(cluster.type)
        outcome = self._convergence.bring(cluster, desired, usual=usual, is_new=is_new)
        if refused := changed_hands(outcome.record, desired, before=cluster):
            raise refused
        if outcome.problem is None or desired.keeps_id:
            self._known.hold_record(outcome.record)
        if outcome.problem is None or is_broken(outcome.record):
            self._end_surplus(cluster.id, desired, is_new=True)
        if outcome.problem is not None and is_broken(outcome.record):
            outcome = kept(outcome) if desired.keeps_broken else self._clear_away(outcome, desired)
        return self._held(outcome, desired)

    def update(self, cluster_id: int, desired: DesiredCluster) -> Outcome[Cluster]:
        """Return the cluster once it is as its update is to make it; without a change, this means to go on waiting.

        Raises:
            ReadyFailed: it is gone.
            RefusedError: another stack has adopted it.
            XplentyError: it cannot be looked at.
        """
        self._known.hold(cluster_id, made=desired.made)
        found = self._polls.clusters.presence.find(cluster_id)
        require_shown(found, desired.made, self._client, resource=label(CLUSTER.name, cluster_id))
        if other := taken_over(found, desired.made):
            raise not_updatable(cluster_id, found, why=other)
        observed = self._observed(cluster_id, found)
        if observed.gone or observed.record is None:
            raise not_updatable(cluster_id, found, why="")
        if refused := adopted_elsewhere(found, desired.made):
            raise refused
        marker = marker_on(observed.record)
        self._polls.ready_clusters.forget(cluster_id)
        outcome = self._convergence.bring(observed.record, desired)
        if marker is not None and marker.is_unfinished and marker.whose == desired.marker:
            self._end_surplus(cluster_id, replace(desired, nonces=(*desired.nonces, marker.nonce)), is_new=False)
        return self._held(outcome, desired)

    def refusal_of_update(self, cluster_id: int, shown: Cluster | None, *, made: Origin) -> XplentyError | None:
        """Return why an update of what was `made` then will be refused, by how it is shown now; None for no reason."""
        other = taken_over(shown, made)
        is_lost = shown is None or is_broken(shown) or is_ending(shown)
        if is_lost or other:
            return not_updatable(cluster_id, shown, why=other)
        return adopted_elsewhere(shown, made)

    def plan_replacement(self, cluster_id: int, owner: Marker) -> str:
        """Note that one of `owner` is to replace it; return why its delete will be refused, as far as it is known."""
        return self._known.plan_replacement(cluster_id, owner)

    def read(
        self,
        cluster_id: int,
        *,
        inputs: Mapping[str, object] | None = None,
        owner: Marker | None = None,
        nonces: tuple[str, ...] = (),
        made: Origin = UNKNOWN,
    ) -> Observation[Cluster]:
        """Return the cluster as it is now; ending, ended and unknown to the service all count as gone.

        So does one that was not `made` when the state says: its id is that of another cluster by now.

        Warns where another stack has adopted it, and of clusters besides it that unfinished create calls of its `owner`
        made; a destroy ends those of `nonces`. Its watchers are read where `inputs`, as they were declared, have
        `notify`.
        """
        self._patience.allowance.require_read()
        listing = self._polls.clusters.listing
        found = listing.find(cluster_id)
        record = found or self._polls.clusters.presence.find(cluster_id)
        require_shown(record, made, self._client, resource=label(CLUSTER.name, cluster_id))
        if other := taken_over(record, made):
            self._known.lose(cluster_id, made=made)
            return Observation(None, gone=True, remark=other)
        observed = self._observed(cluster_id, record, is_awaited=not is_only_accepted(inputs or {}))
        if not observed.gone and (refused := adopted_elsewhere(record, made)):
            self._patience.warn(str(refused))
        if observed.record is not None and not observed.gone and owner is not None:
            among = listing.unfinished_of(owner) if found else None
            self._warn_of_duplicates(cluster_id, owner, nonces, among=among)
        watchers = WatcherList(self._client, self._client.clusters, self._patience)
        return watchers.observed(observed, cluster_id, inputs or {})

    def _warn_of_duplicates(
        self, cluster_id: int, owner: Marker, nonces: tuple[str, ...], *, among: Iterable[Cluster] | None
    ) -> None:
        warn_of_duplicates(
            label(CLUSTER.name, cluster_id),
            lambda: self._known.unfinished(owner, among=among),
            way_out=lambda one: (
                f"{way_out(one, nonces)}, and so does `xplenty-pulumi terminate cluster {one.id} --force`"
            ),
            warn=self._patience.warn,
        )

    def delete(
        self,
        cluster_id: int,
        *,
        timeout: float,
        active_jobs: str = "stop",
        owner: Marker | None = None,
        nonces: tuple[str, ...] = (),
        is_verified: bool = True,
        made: Origin = UNKNOWN,
    ) -> str:
        """Return how the cluster was seen once it is at its end; so are those that its create calls made besides it.

        Where its end is not to be verified, this returns once it is seen to be ending. One that was not `made` when the
        state says is another's, and is left alone.

        Jobs that are active on it are dealt with as `active_jobs` says: `stop`, `wait` or `fail`. The create calls are
        those of `owner` with one of `nonces`.

        Raises:
            RefusedError: another stack has adopted it, or jobs are active on it, and `active_jobs` is `fail`.
            WaitError: it was not terminated within `timeout` seconds.
        """
        self._known.require_replaceable(cluster_id)
        how = self._ending.end(cluster_id, timeout=timeout, active_jobs=active_jobs, is_verified=is_verified, made=made)
        if owner is not None and nonces:
            surplus = self._known.surplus(owner, nonces, kept=cluster_id, is_new=False)
            self._ending.end_surplus(surplus, cluster_id, timeout=timeout)
        return how

    def _usual_seconds(self, type_: str | None) -> float | None:
        return self._known.usual_seconds(type_, polled=self._polls.clusters.poller.latest)

    def _held(self, outcome: Outcome[Cluster], desired: DesiredCluster) -> Outcome[Cluster]:
        """The outcome once the cluster says that it is held, and once those who start runs know whether it is ready."""
        self._polls.ready_clusters.expect(outcome.record.id, UNKNOWN)
        self._polls.ready_clusters.note(outcome.record)
        return replace(self._convergence.signed_as_held(outcome, desired), nonces=desired.nonces)

    def _end_surplus(self, kept_id: int, desired: DesiredCluster, *, is_new: bool) -> None:
        owner, nonces = desired.marker, desired.nonces
        # Those of several create calls may be further down the list than what the waits have read.
        among = self._polls.clusters.poller.just_shown_with(kept_id) if len(nonces) == 1 else None
        try:
            surplus = self._known.surplus(owner, nonces, kept=kept_id, is_new=is_new, among=among)
        except XplentyError as failed:
            self._patience.warn(f"cluster {kept_id}: could not look for duplicates of it: {failed.message}")
            return
        self._ending.end_surplus(surplus, kept_id, timeout=desired.terminate_timeout)

    def _end(self, desired: DesiredCluster, cluster_id: int, *, made: Origin = UNKNOWN) -> None:
        policy = str(desired.inputs.get("active_jobs_on_terminate", "stop"))
        self._ending.end(cluster_id, timeout=desired.terminate_timeout, active_jobs=policy, made=made)

    def _observed(self, cluster_id: int, cluster: Cluster | None, *, is_awaited: bool = True) -> Observation[Cluster]:
        """What the record, or its absence, means; and whether the state may be thought to hold it from now on."""
        observed = observation_of(cluster, is_awaited=is_awaited)
        if observed.gone or cluster is None:
            self._known.release(cluster_id)
        else:
            self._known.hold_record(cluster)
        return observed

    def _clear_away(self, outcome: Outcome[Cluster], desired: DesiredCluster) -> Outcome[Cluster]:
        """End a new cluster that is broken; nothing is left of it, so its problem is raised."""
        record, resource = outcome.record, f"cluster {outcome.record.id}"
        try:
            self._end(desired, record.id)
        except XplentyError as failed:
            problem = ReadyFailed(
                f"it ended in {record.status} and could not be terminated: {failed}",
                last_status=record.status,
                resource=resource,
                advice="Run `pulumi up` again; until then it may cost money",
            )
            return Outcome(record, problem)
        raise ReadyFailed(
            f"it ended in {record.status} while it was being built, and was terminated; nothing is left of it",
            last_status=record.status,
            resource=resource,
            advice="Run `pulumi up` again for a new one; if it happens again, ask the service's support",
        )
