"""The thread that delivers web hooks while an account is served; it lets time pass for them, so nobody has to look."""

import threading
from collections.abc import Callable
from dataclasses import replace

from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.deliveries import Delivery
from xplenty_pulumi.emulator.hook_sending import send

LOOK_SECONDS = 0.05
"""How long, in real time, an event waits at most until it is seen to have happened."""


def _never() -> bool:
    return False


def deliver_waiting(account: Account, *, stopping: Callable[[], bool] = _never) -> None:
    """Send what waits, oldest first and one by one; the account is free meanwhile, and can be called by receivers."""
    with account.outbox.sending:
        while not stopping() and (delivery := account.outbox.take()) is not None:
            sent = _tried(account, delivery, stopping=stopping)
            account.outbox.settle(sent)
            account.note_delivery(sent)


def _tried(account: Account, delivery: Delivery, *, stopping: Callable[[], bool]) -> Delivery:
    knobs = account.knobs
    sent = replace(delivery, result="failed", reason="the account is not served any more")
    while sent.result == "failed" and sent.attempts < knobs.hook_attempts and not stopping():
        sent = send(sent, timeout=knobs.hook_timeout_seconds)
    return sent


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
            is_watching = self._look()
            deliver_waiting(self._account, stopping=self._stopping.is_set)
            self._account.outbox.wait(LOOK_SECONDS if is_watching else None)

    def _look(self) -> bool:
        """Let happen what is due if a web hook may hear of it, and return whether one may."""
        with self._account.lock:
            hooks = self._account.world.hooks.values()
            is_watching = any(hook.active and hook.type == "web" for hook in hooks)
            if is_watching:
                self._account.advance()
                self._account.save()
            return is_watching
