"""The account that the commands read and act upon, as the environment names it."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from xplenty_pulumi import settings
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reports.observer import AccountReader
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.waiting.budget import Budget
from xplenty_pulumi.core.waiting.patience import LONGEST_SILENCE, Pace, Patience
from xplenty_pulumi.core.waiting.silence import SilenceWatch, Tell
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.text import duration


@dataclass(frozen=True)
class CommandAccount:
    """An account, with the listings and the calls that one command shares."""

    settings: settings.Settings
    client: Client
    clock: Clock
    pace: Pace
    polls: Polls
    budget: Budget
    secrets: tuple[Secret, ...]
    silence: SilenceWatch
    cancelled: threading.Event
    """Once it is set, no thread goes on waiting for the service to take or to answer a call."""

    def observer(self, wanted: Wanted | None = None) -> AccountReader:
        """Return the reader of it for reports."""
        return AccountReader(self.client, self.budget, wanted=wanted)

    def patience(self, tell: Callable[[str, str], None], warn: Callable[[str], None]) -> Patience:
        """Return how to wait for something in it."""
        asking = self.silence.asking
        return Patience(self.clock, self.pace, tell=tell, warn=warn, asking=asking, allowance=self.budget)


def settings_of(stack: str, config: Mapping[str, object]) -> settings.Settings:
    """Return the settings of the stack with this full name and configuration.

    Raises:
        ConfigError: one is missing or malformed; where another one is misspelt, which is likely why, that is named.
    """
    try:
        return settings.load(os.environ, config.get)
    except ConfigError:
        if "/xplenty/" not in stack:  # the program of a project of that name has names of its own there
            settings.require_known(one.removeprefix("xplenty:") for one in config if one.startswith("xplenty:"))
        raise


@contextmanager
def opened(
    found: settings.Settings | None = None, *, before_write: Callable[[], None] = lambda: None
) -> Iterator[CommandAccount]:
    """Give the account of these settings, or the one that XPLENTY_API_KEY and the other variables name.

    What `before_write` raises, which is called before each try of a change, ends the change, and nothing is sent.
    A line on stderr says of each call that it has no good answer for ten seconds. At the end one names the lists that
    are longer than what was read of them.

    Raises:
        ConfigError: a setting is missing or malformed.
    """
    found = found or settings.load(os.environ, settings.nothing)
    clock = SystemClock()
    screen, silence, cancelled = Screen((found.api_key,)), SilenceWatch(clock), threading.Event()
    with Client(
        api_key=found.api_key,
        account_id=found.account_id,
        base_url=found.api_url,
        clock=clock,
        names=found.names,
        given_up=cancelled.is_set,
        before_write=before_write,
        in_queue=LONGEST_SILENCE,
        asking=lambda: silence.asking(_once(screen)),
        held_back=silence.held_back,
    ) as client:
        try:
            yield CommandAccount(
                found,
                client,
                clock,
                Pace() if found.poll_seconds is None else Pace.fixed(found.poll_seconds),
                Polls(client, clock),
                Budget(client, clock, share=found.credit_share),
                (found.api_key,),
                silence,
                cancelled,
            )
        finally:
            for name in client.cut_lists:
                screen.warn(f"not all {name} were read, because their list is too long: some may be missing here")


def _once(screen: Screen) -> Tell:
    """Return what says once that a call has no good answer."""
    said: list[float] = []

    def tell(seconds: float, reason: str) -> None:
        if not said:
            why = f" ({reason})" if reason else ""
            screen.warn(f"no good answer from the service within {duration(seconds)}{why}; still trying")
        said.append(seconds)

    return tell
