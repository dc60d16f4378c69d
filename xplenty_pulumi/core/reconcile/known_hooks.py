"""Looking for a hook by its ownership marker, which ends its name."""

import threading
from collections.abc import Iterable

from xplenty_pulumi.client import Client, Hook
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.marker import Marker
from xplenty_pulumi.core.shared_look import SharedLook
from xplenty_pulumi.errors import RefusedError


class KnownHooks:
    """The hooks of an account, listed once for all who ask at the same time; thread-safe."""

    def __init__(self, client: Client) -> None:
        self._list = SharedLook(lambda: tuple(client.hooks.list()))
        self._lock = threading.Lock()
        self._held: set[int] = set()

    def hold(self, hook_id: int) -> None:
        """Remember that the engine's state holds this hook, so that it is not taken for a lost one."""
        with self._lock:
            self._held.add(hook_id)

    def release(self, hook_id: int) -> None:
        """Remember that the state lets go of this hook, because the service says that it is gone."""
        with self._lock:
            self._held.discard(hook_id)

    def all(self) -> tuple[Hook, ...]:
        """Return every hook of the account, as a look shows it that begins after this call."""
        return self._list.now()

    def lost(self, marker: Marker, among: Iterable[Hook]) -> Hook | None:
        """Return the one hook with `marker` that the state does not hold, or None.

        Raises:
            RefusedError: there are several.
        """
        return only([hook for hook in among if markers.whose(hook.name) == marker and hook.id not in self._held])

    def twins(self, hook: Hook) -> list[int]:
        """Return the ids of the other hooks with the marker of `hook` that the state does not hold."""
        marker = markers.whose(hook.name)
        if marker is None:
            return []
        marked = [one.id for one in self.all() if markers.whose(one.name) == marker]
        return [id_ for id_ in marked if id_ != hook.id and id_ not in self._held]


def only(matches: list[Hook]) -> Hook | None:
    """Return the one hook, or None without any; raises RefusedError where there are several."""
    if len(matches) > 1:
        ids = ", ".join(str(one.id) for one in matches)
        raise RefusedError(
            f"hooks {ids} all look like this one resource's, so which one is meant can not be known; nothing was "
            "created or removed",
            advice="Remove all but one of them, then run `pulumi up` again",
        )
    return matches[0] if matches else None
