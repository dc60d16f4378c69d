"""Looking for hooks by their ownership marker, which ends their name."""

import threading
from collections.abc import Container, Iterable
from dataclasses import dataclass
from random import Random

from xplenty_pulumi.client import Client, Hook
from xplenty_pulumi.clock import Clock
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import is_adoptable, is_marked, is_surplus, marker_on
from xplenty_pulumi.core.reading.absence import Presence
from xplenty_pulumi.core.reading.lookup import or_none
from xplenty_pulumi.core.reading.shared_look import SharedLook


@dataclass(frozen=True)
class HookClaims:
    """The hooks that carry the marker of one owner and are in no state that this process knows of; see `Claims`."""

    adoptable: tuple[Hook, ...]
    others: tuple[Hook, ...]


class KnownHooks:
    """The hooks of an account, listed once for all who ask at the same time; thread-safe.

    `random` draws the nonces of markers.
    """

    def __init__(self, client: Client, clock: Clock, *, random: Random | None = None) -> None:
        self._client = client
        self._clock = clock
        self._list = SharedLook(lambda: tuple(client.hooks.list()))
        self._presence = Presence(self.single, client.hooks.list, clock)
        self._lock = threading.Lock()
        self._held: set[int] = set()
        self._released: set[int] = set()
        self.random = random or Random()  # noqa: S311 - a nonce tells create calls apart; nothing secret depends on it

    def hold(self, hook_id: int) -> None:
        """Remember that the engine's state holds this hook, so that it is not taken for a lost one."""
        with self._lock:
            self._held.add(hook_id)
            self._released.discard(hook_id)

    def release(self, hook_id: int) -> None:
        """Remember that the state lets go of this hook, because the service says that it is gone."""
        with self._lock:
            self._released.add(hook_id)
            self._held.discard(hook_id)

    def single(self, hook_id: int) -> Hook | None:
        """Return the hook as one look shows it, None where the service does not know it."""
        return or_none(lambda: self._client.hooks.get(hook_id), self._client)

    def find(self, hook_id: int) -> Hook | None:
        """Return the hook as it is now, None only where it is certain that it is gone."""
        return self._presence.find(hook_id)

    def all(self) -> tuple[Hook, ...]:
        """Return every hook of the account, as a look shows it that begins after this call."""
        return self._list.now()

    def claims(self, owner: Marker, among: Iterable[Hook]) -> HookClaims:
        """Return the hooks with a marker of `owner` that the state does not hold."""
        marked = [hook for hook in among if is_marked(hook, owner) and hook.id not in self._held]
        adoptable = tuple(hook for hook in marked if self._is_adoptable(hook, owner))
        return HookClaims(adoptable, tuple(hook for hook in marked if hook not in adoptable))

    def surplus(self, owner: Marker, nonces: Container[str], *, kept: int) -> list[Hook]:
        """Return the hooks besides `kept` that a create call with one of `nonces` made."""
        others = [hook for hook in self.all() if hook.id != kept and hook.id not in self._held]
        return [hook for hook in others if is_surplus(hook, owner, nonces, user=None)]

    def unfinished(self, owner: Marker) -> list[Hook]:
        """Return the hooks with an unfinished marker of `owner` that the state does not hold."""
        marked = [hook for hook in self.all() if is_marked(hook, owner) and hook.id not in self._held]
        return [hook for hook in marked if (found := marker_on(hook)) and found.is_unfinished]

    def _is_adoptable(self, hook: Hook, owner: Marker) -> bool:
        return hook.id in self._released or is_adoptable(hook, owner, now=self._clock.now(), user=None)
