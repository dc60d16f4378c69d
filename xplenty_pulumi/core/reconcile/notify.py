"""Whether the user of the key is told what becomes of a cluster or a run: by being one of its watchers, or not.

Who makes a cluster or starts a run watches it (documented), so `notify` that is not set leaves that as it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from xplenty_pulumi.client import Client
from xplenty_pulumi.client.clusters import Clusters as ClusterCalls
from xplenty_pulumi.client.jobs import Jobs as JobCalls
from xplenty_pulumi.core.reconcile.outcome import Observation
from xplenty_pulumi.core.reconcile.repeat import act_until
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, UnsureError

RecordT = TypeVar("RecordT")
_SETTLING = (0.0, 2.0, 5.0)


class WatcherList:
    """Puts the user of the key on the watchers of one kind of things and takes him off, seen to be so."""

    def __init__(self, client: Client, calls: ClusterCalls | JobCalls, patience: Patience) -> None:
        self._client = client
        self._calls = calls
        self._patience = patience

    def bring(self, thing_id: int, inputs: Mapping[str, object], *, resource: str) -> None:
        """Return once the user is told of it or not, as the input `notify` says; at once where that is not set.

        Raises:
            ReadyFailed: the service took it, but shows something else.
            XplentyError: the service did not take it.
        """
        wanted = inputs.get("notify")
        if wanted is not None:
            self.set(thing_id, told=bool(wanted), resource=resource)

    def seen(self, sight: Observation[RecordT], thing_id: int, inputs: Mapping[str, object]) -> Observation[RecordT]:
        """Return the sight with whether the user is told of it, which costs a call; as it is if `notify` is not set."""
        if inputs.get("notify") is None or sight.record is None or sight.gone:
            return sight
        self._patience.allowance.require_read()
        try:
            return replace(sight, told=self._is_told(thing_id))
        except NotFoundError:
            return sight

    def set(self, thing_id: int, *, told: bool, resource: str) -> None:
        """Return once the user is seen to be told of it, or not to be; raises as `bring` does."""

        def is_so() -> bool:
            return self._is_told(thing_id) is told

        def change() -> None:
            self._patience.allowance.require_write()
            (self._calls.watch if told else self._calls.unwatch)(thing_id)

        if is_so():
            return
        act_until(is_so, change, clock=self._patience.clock, tolerate=(UnsureError, NotFoundError))
        for pause in _SETTLING:
            self._patience.clock.sleep(pause)
            if is_so():
                return
        raise ReadyFailed(
            f"the key's user was {'put on' if told else 'taken off'} its watchers, but the service shows otherwise",
            resource=resource,
            advice="The next `pulumi up` tries again; or remove `notify`",
        )

    def _is_told(self, thing_id: int) -> bool:
        return self._client.user_id() in {watcher.id for watcher in self._calls.watchers(thing_id)}
