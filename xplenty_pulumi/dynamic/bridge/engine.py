"""Whether the engine still lives, so that a provider whose engine is gone sends nothing more and ends itself.

A killed engine leaves its provider process running, and the parent of that process, a shell, outlives the engine too.
The engine's address is the proof: it takes connections for as long as the engine lives, and refuses them afterwards.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

from xplenty_pulumi.dynamic.bridge.cancel import HOST, SERVICER
from xplenty_pulumi.dynamic.bridge.request import current_call
from xplenty_pulumi.dynamic.bridge.rows import engine_address
from xplenty_pulumi.errors import Cancelled

_PAUSE = 0.2
"""Seconds between two looks that prove nothing, and before a refused connection is believed."""
_LONGEST = 1.0
"""Seconds for which a connection is waited for; a machine that is short of breath is no dead engine."""


class EngineWatch:
    """Tells whether the engine at `address` (`host:port`) lives; only a refused connection says that it does not."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._place = (host.strip("[]"), int(port))
        self._pause = threading.Event()

    def is_reachable(self) -> bool:
        """Return whether the engine takes a connection."""
        try:
            self._connection().close()
        except OSError:
            return False
        return True

    def is_gone(self) -> bool:
        """Return whether the engine refuses connections, twice in a row."""
        return self._refuses() and not self._pause.wait(_PAUSE) and self._refuses()

    def follow(self) -> None:
        """Return once the engine is gone.

        An open connection ends at that moment. It ends in a healthy engine too, which waits two minutes for a first
        word, so the end of one is only a reason to look.
        """
        while not self.is_gone():
            with suppress(OSError), self._connection() as line:
                line.settimeout(None)
                while line.recv(4096):
                    pass
            self._pause.wait(_PAUSE)

    def _refuses(self) -> bool:
        try:
            self._connection().close()
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return False

    def _connection(self) -> socket.socket:
        return socket.create_connection(self._place, timeout=_LONGEST)


@lru_cache(maxsize=1)
def watched() -> EngineWatch | None:
    """Return the watch over the engine of this process, None where it is no host or its engine cannot be reached.

    From the first call on, the process ends as soon as its engine is gone: nobody is left to tell, and to keep what
    is under way.
    """
    if not engine_address() or not hasattr(sys.modules.get(HOST), SERVICER):
        return None
    watch = EngineWatch(engine_address())
    if not watch.is_reachable():
        return None
    threading.Thread(target=_end_with, args=(watch, _end), name="engine watch", daemon=True).start()
    return watch


def require_engine() -> None:
    """Return if somebody still waits for the running call, so that it may send something that changes the account.

    Raises:
        Cancelled: the engine is gone, or has given this call up, so nothing was sent.
    """
    watch = watched()
    if not current_call().is_active or (watch and watch.is_gone()):
        raise Cancelled(
            "the engine has gone away, so nothing was sent",
            advice="Run `xplenty-pulumi recover`, then `pulumi up` to go on",
        )


def _end_with(watch: EngineWatch, end: Callable[[], None]) -> None:
    watch.follow()
    end()


def _end() -> None:
    """End this process at once, whatever its threads wait for, without a traceback and without a last call."""
    os._exit(1)
