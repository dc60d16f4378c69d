"""Making a cluster that exists as desired: what is to be sent, and seeing it so."""

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER, cluster_view
from xplenty_pulumi.core.kinds.compare import Difference, differences
from xplenty_pulumi.core.kinds.kind import Change, Phase
from xplenty_pulumi.core.kinds.ownership import adopted_elsewhere, marker_on
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster
from xplenty_pulumi.core.reconcile.clusters.goals import (
    READY,
    UNDER_WAY,
    accepted_before,
    changed_hands,
    is_broken,
    phase_of,
    ready_with,
)
from xplenty_pulumi.core.reconcile.clusters.known import KnownClusters
from xplenty_pulumi.core.reconcile.kept import require_kept
from xplenty_pulumi.core.reconcile.known import held_now, held_text
from xplenty_pulumi.core.reconcile.notify import WatcherList
from xplenty_pulumi.core.reconcile.outcome import Outcome, saying_what_exists
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.waiting.goal import UsualSeconds
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import Watch, watch_of
from xplenty_pulumi.errors import Cancelled, NotFoundError, UnsureError, XplentyError

_LONGEST = 3.0
"""Seconds that the last call about a cluster may take once the `up` is cancelled."""


class Convergence:
    """Changes clusters of one account and waits until the changes are seen; what goes wrong is in the outcome."""

    def __init__(self, client: Client, known: KnownClusters, polls: Polls, patience: Patience) -> None:
        self._client = client
        self._known = known
        self._polls = polls
        self._patience = patience

    def bring(
        self, cluster: Cluster, desired: DesiredCluster, *, usual: UsualSeconds = lambda: None, is_new: bool = False
    ) -> Outcome[Cluster]:
        """Return the cluster as desired: wait until it can be changed, change what differs, wait until that is seen.

        `usual` gives how many seconds a new one takes as a rule. One that `is_new` was made just now, and no read has
        shown it yet.
        """
        watch = watch_of(self._polls.clusters, cluster.id, cluster, is_new=is_new)
        try:
            self._change_and_wait(watch, cluster, desired, usual=usual)
        except XplentyError as problem:
            last = watch.last or cluster
            exists = f"cluster {last.id} exists, was last seen {last.status}, and may cost money"
            return Outcome(last, saying_what_exists(problem, exists))
        return Outcome(watch.last or cluster)

    def signed_as_held(self, outcome: Outcome[Cluster], desired: DesiredCluster) -> Outcome[Cluster]:
        """Return the outcome once the cluster says that it is held; an update makes up for it where that failed.

        Where the state does not keep its id, it stays unfinished, so that the next `up` adopts it. One whose create was
        cancelled is held as well: unfinished, it would be another stack's that takes the name of this one.
        """
        record, description = outcome.record, held_text(outcome.record, desired)
        if description is None or desired.stays_unfinished(failed=outcome.problem is not None):
            return outcome
        try:
            client = self._client.within(_LONGEST) if isinstance(outcome.problem, Cancelled) else self._client
            now = held_now(record, desired, look=lambda: self._now(record, client), warn=self._patience.warn)
            if now is None:
                return outcome
            client.clusters.update(record.id, {"description": held_text(now, desired)})
        except XplentyError:
            return outcome
        return Outcome(record.model_copy(update={"description": description}), outcome.problem)

    def _now(self, record: Cluster, client: Client) -> Cluster:
        """The record as it is now; where a list has just shown it with the same text, no call is needed for that."""
        listed = self._polls.clusters.poller.just_shown_with(record.id) or ()
        is_same = any((one.id, one.description) == (record.id, record.description) for one in listed)
        return record if is_same else client.clusters.get(record.id)

    def _change_and_wait(
        self, watch: Watch[Cluster], cluster: Cluster, desired: DesiredCluster, *, usual: UsualSeconds
    ) -> None:
        deadline = Deadline.after(desired.timeout, self._patience.clock)
        if not is_broken(cluster) and "notify" in desired.intent.fields:
            watchers = WatcherList(self._client, self._client.clusters, self._patience)
            watchers.set(cluster.id, notified=desired.inputs.get("notify"), resource=watch.resource)
        is_changed = not _is_as_desired(cluster, desired)
        if is_changed:
            act_until(
                lambda: _is_as_desired(watch(), desired),
                lambda: self._put(watch, desired, deadline, before=cluster),
                clock=self._patience.clock,
                tolerate=(UnsureError, NotFoundError),
            )
        # An update that was killed has sent it, and its state does not say so.
        is_under_way = "nodes" in desired.intent.fields and phase_of(cluster) in UNDER_WAY
        if is_changed or is_under_way or desired.intent.waits:
            goal = ready_with(desired, cluster, usual=usual)
            goal = accepted_before(goal) if desired.is_only_accepted else goal
            known = None if is_changed or desired.is_only_accepted else cluster
            wait_for(goal, watch, deadline=deadline, patience=self._patience, known=known)
        if is_changed:  # of which the wait knows only the nodes
            self._require_kept(watch, desired)

    def _require_kept(self, watch: Watch[Cluster], desired: DesiredCluster) -> None:
        require_kept(
            CLUSTER,
            _unkept(watch.last, desired),
            lambda: _unkept(watch.certain(), desired),
            resource=watch.resource,
            patience=self._patience,
        )

    def _put(self, watch: Watch[Cluster], desired: DesiredCluster, deadline: Deadline, *, before: Cluster) -> None:
        """Send what differs once the cluster is ready: a change whose answer got lost may still be under way."""
        if watch.last is None or phase_of(watch.last) is not Phase.READY:
            wait_for(READY, watch, deadline=deadline, patience=self._patience)
        # The wait may have taken minutes.
        found = watch() if desired.is_adopted else None
        if found is not None and (refused := changed_hands(found, desired, before=before)):
            raise refused
        if refused := adopted_elsewhere(watch.last, desired.made):
            raise refused
        if watch.last is not None and (changes := self._changes(watch.last, desired)):
            self._patience.allowance.require_write()
            self._client.clusters.update(watch.last.id, changes)

    def _changes(self, cluster: Cluster, desired: DesiredCluster) -> dict[str, object]:
        """What makes the cluster as its update is to make it.

        A marker that is not the owner's is signed anew where something is sent anyway, or where the owner has another
        name.
        """
        if _is_as_desired(cluster, desired):
            return {}
        changes, marker = _wanted(cluster, desired), marker_on(cluster)
        if marker is None or not _carries_owner(cluster, desired):
            marker = self._known.drawn(desired.marker).held
        elif "description" not in changes:
            return changes
        text = str(changes.get("description", markers.strip(cluster.description)))
        return {**changes, "description": markers.sign(text, marker)}


def _is_as_desired(cluster: Cluster | None, desired: DesiredCluster) -> bool:
    """Whether nothing is left to send; a 404 is no sign of that."""
    if cluster is None or _wanted(cluster, desired):
        return False
    return not desired.intent.signs or _carries_owner(cluster, desired)


def _wanted(cluster: Cluster, desired: DesiredCluster) -> dict[str, object]:
    return {one.field: one.desired for one in _wrong(cluster, desired)}


def _wrong(cluster: Cluster, desired: DesiredCluster) -> tuple[Difference, ...]:
    """What of its update can be changed and is not as desired."""
    found = differences(CLUSTER, desired.inputs, cluster_view(cluster))
    return tuple(one for one in found if one.change is Change.IN_PLACE and one.field in desired.intent.fields)


def _unkept(cluster: Cluster | None, desired: DesiredCluster) -> tuple[Difference, ...]:
    """What of its update is shown otherwise, but for what a change under way leaves open."""
    if cluster is None:
        return ()
    unsettled = CLUSTER.unsettled(desired.inputs, cluster_view(cluster))
    shown = {name for name in CLUSTER.by_name if getattr(cluster, name, None) is not None}
    return tuple(one for one in _wrong(cluster, desired) if one.field in shown - unsettled)


def _carries_owner(cluster: Cluster, desired: DesiredCluster) -> bool:
    marker = marker_on(cluster)
    return marker is not None and marker.whose == desired.marker and bool(marker.nonce)
