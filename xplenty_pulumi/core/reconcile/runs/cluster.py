"""The cluster of a run that is still being built: the run waits for it before it starts."""

from dataclasses import replace

from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile.clusters.goals import READY, watch_of
from xplenty_pulumi.core.waiting.patience import Deadline, Patience
from xplenty_pulumi.core.waiting.wait import wait_for
from xplenty_pulumi.errors import WaitError

_LATER = "Run `pulumi up` again to go on waiting for it and start the run, perhaps with a longer timeout"


def wait_for_cluster(cluster_id: int, polls: Polls, *, timeout: float, patience: Patience) -> None:
    """Return once the cluster is available, as a run may need that.

    Raises:
        WaitError: it cannot become available, or is not after `timeout` seconds; no run was started.
    """
    watch = watch_of(polls, cluster_id)
    goal, about = replace(READY, unfinished=_LATER), patience.about(watch.resource)
    try:
        wait_for(goal, watch, deadline=Deadline.after(timeout, patience.clock), patience=about)
    except WaitError as problem:
        raise problem.also("no run was started") from None
