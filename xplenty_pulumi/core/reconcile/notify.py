"""Whether the key's user is notified of what becomes of a cluster or a run: by being one of its watchers, or not.

Who makes a cluster or starts a run watches it (documented), so `notify` that is not set leaves that as it is.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from xplenty_pulumi.client import Client
from xplenty_pulumi.core.reconcile.outcome import Observation
from xplenty_pulumi.core.reconcile.repeat import act_until, is_seen
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, UnsureError

RecordT = TypeVar("RecordT")


class WatcherList:
    """Makes the user of the key a watcher of things of one kind, or none any more, seen to be so.

    `calls` are those of the kind, in the client.
    """

    def __init__(self, client: Client, calls: Any, patience: Patience) -> None:
        self._client = client
        self._calls = calls
        self._patience = patience

    def observed(
        self, thing: Observation[RecordT], thing_id: int, inputs: Mapping[str, object]
    ) -> Observation[RecordT]:
        """Return the observation with whether the user is notified, which costs a call unless `notify` is not set."""
        if inputs.get("notify") is None or thing.record is None or thing.gone:
            return thing
        self._patience.allowance.require_read()
        try:
            return replace(thing, notified=self._is_watcher(thing_id))
        except NotFoundError:
            return thing

    def set(self, thing_id: int, *, notified: object, resource: str) -> None:
        """Return once the user is seen to be a watcher, or not to be one; at once where `notified` is None.

        Raises:
            ReadyFailed: the service took it, but shows something else.
            XplentyError: the service did not take it.
        """

        def is_so() -> bool:
            return self._is_watcher(thing_id) is bool(notified)

        def change() -> None:
            self._patience.allowance.require_write()
            (self._calls.watch if notified else self._calls.unwatch)(thing_id)

        if notified is None or is_so():
            return
        act_until(is_so, change, clock=self._patience.clock, tolerate=(UnsureError, NotFoundError))
        if not is_seen(is_so, clock=self._patience.clock):
            done = "put on" if notified else "taken off"
            raise ReadyFailed(
                f"the key's user was {done} its watchers, but the service shows otherwise",
                resource=resource,
                advice="The next `pulumi up` tries again; or remove `notify`",
            )

    def _is_watcher(self, thing_id: int) -> bool:
        return self._client.user_id() in {watcher.id for watcher in self._calls.watchers(thing_id)}
