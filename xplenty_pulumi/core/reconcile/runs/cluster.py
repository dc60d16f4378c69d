"""The cluster of a run that is being built or resized: the run waits for it before it starts."""

from dataclasses import replace

from xplenty_pulumi.client import Cluster
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.obstacles import ANEW, Obstacle
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.clusters.goals import READY, UNDER_WAY, phase_of
from xplenty_pulumi.core.waiting.patience import PASSING_TROUBLE, Deadline, Patience
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.core.waiting.watch import watch_of
from xplenty_pulumi.errors import ApiError, RefusedError, WaitError
from xplenty_pulumi.text import label

_LATER = "Run `pulumi up` again to go on waiting for it and start the run"
_ANOTHER = "Run `pulumi up --refresh`, which creates a cluster of this stack again and starts the run there"
_AWAITED = UNDER_WAY | {Phase.FAILED}
"""What a cluster is in where the wait for it has something to say; on a broken one the service starts a run in vain."""


class ClusterGate:
    """Lets a run start once its cluster is available.

    A cluster that this process has seen ready is not looked at, and any other once for all runs. One that has ended or
    does not exist is not waited for: a run that was lost there can be adopted, and the service refuses a new one.
    """

    def __init__(self, polls: Polls, patience: Patience) -> None:
        self._polls = polls
        self._patience = patience

    def wait(self, cluster_id: int, *, timeout: float) -> None:
        """Return once the cluster is not being built or resized any more.

        Raises:
            RefusedError: its id is that of another cluster by now.
            WaitError: it cannot become available, or is not after `timeout` seconds; no run was started.
        """
        ready = self._polls.ready_clusters
        if cluster_id in ready:
            return
        try:
            found = ready.look(cluster_id)
        except PASSING_TROUBLE:
            self._wait(cluster_id, None, timeout=timeout)
        except ApiError:  # the start of the run meets it too, and says what is wrong
            return
        else:
            if other := ready.taken_over(found):
                text = f"{other}; no run was started on it"
                raise RefusedError(text, resource=label(CLUSTER.name, cluster_id), advice=_ANOTHER)
            if found is not None and phase_of(found) in _AWAITED:
                self._wait(cluster_id, found, timeout=timeout)

    def _wait(self, cluster_id: int, known: Cluster | None, *, timeout: float) -> None:
        watch = watch_of(self._polls.clusters, cluster_id, known)
        # It may be named by its number, so that no resource of the stack stands for it.
        goal = replace(READY, unfinished=_LATER, limit="timeout", unreachable=Obstacle("", ANEW).way_out)
        about = self._patience.about(watch.resource)
        deadline = Deadline.after(timeout, self._patience.clock)
        try:
            found = wait_for(goal, watch, deadline=deadline, patience=about, known=known)
        except WaitError as problem:
            raise problem.also("no run was started") from None
        if found is not None:
            self._polls.ready_clusters.note(found)
