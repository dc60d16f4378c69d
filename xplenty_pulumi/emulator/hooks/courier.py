"""Sending what waits in the outbox of an account: at once, or by a thread of its own while the account is served."""

import threading
from collections.abc import Callable

from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.hooks.sending import send

POLL_SECONDS = 0.05
"""How long, in real time, a due event waits at most until its web hooks are sent."""


def deliver_waiting(account: Account, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Send what waits, oldest first and one by one; the account is free meanwhile, and can be called by receivers."""
    with account.outbox.sending:
        while not stopping() and (delivery := account.outbox.take()) is not None:
            sent = send(delivery, timeout=account.knobs.hook_timeout_seconds)
            account.outbox.settle(sent)
            account.note_delivery(sent)


class Courier:
    """Delivers the web hooks of one account from `start` to `stop`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="xplenty-hooks", daemon=True)

    def start(self) -> None:
        """Return at once; from now on what waits is sent."""
        self._thread.start()

    def stop(self) -> None:
        """Let the delivery under way come to its end, then end the thread; what still waits is not sent."""
        self._stopping.set()
        self._account.outbox.wake()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._account.lock:
                # What is due happens by itself only where an active web hook wants events.
                has_hooks = any(hook.active and hook.type == "web" for hook in self._account.world.hooks.values())
                if has_hooks:
                    self._account.advance()
                    self._account.save()
            deliver_waiting(self._account, stopping=self._stopping.is_set)
            self._account.outbox.wait(POLL_SECONDS if has_hooks else None)
