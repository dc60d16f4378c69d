"""Which ids the state holds, and when what it holds under each of them was made."""

import threading

from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Marked, Origin, is_another, taken_over


class HeldIds:
    """What the engine's state holds, as far as this process has seen it, so that it is not taken for lost; thread-safe.

    A state can hold two things with one id, as after the service was restored from a backup.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Key, set[Origin]] = {}

    def hold(self, key: Key, *, made: Origin = UNKNOWN) -> None:
        """Remember that the state holds what was `made` then; `UNKNOWN` adds nothing to what is known of the id."""
        with self._lock:
            origins = self._held.setdefault(key, set())
            if made.at or not origins:
                origins.add(made)

    def lose(self, key: Key, *, made: Origin = UNKNOWN) -> None:
        """Remember that the state lets go of what was `made` then, or of all that has this id."""
        with self._lock:
            if left := {one for one in self._held.pop(key, ()) if is_another(one, made)}:
                self._held[key] = left

    def holds_id(self, key: Key) -> bool:
        """Return whether the state is known to hold what has this id."""
        with self._lock:
            return key in self._held

    def holds(self, thing: Marked) -> bool:
        """Return whether the state is known to hold this thing, and not only one that had its id before."""
        with self._lock:
            origins = tuple(self._held.get(thing.key, ()))
        return any(not taken_over(thing, made) for made in origins)
