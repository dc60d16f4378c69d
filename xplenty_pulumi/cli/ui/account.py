"""The account that the commands read and act upon, as the environment names it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from xplenty_pulumi import settings
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reports.observer import AccountReader
from xplenty_pulumi.core.reports.overview import Wanted
from xplenty_pulumi.core.reports.past import PastReader
from xplenty_pulumi.core.waiting.budget import Budget
from xplenty_pulumi.core.waiting.patience import Pace, Patience
from xplenty_pulumi.core.waiting.silence import SilenceWatch
from xplenty_pulumi.redact import Secret


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

    def observer(self, wanted: Wanted | None = None) -> AccountReader:
        """Return the reader of it for reports."""
        return AccountReader(self.client, self.budget, wanted=wanted)

    def past(self) -> PastReader:
        """Return the reader of what it has had."""
        return PastReader(self.client, self.budget)

    def patience(self, tell: Callable[[str, str], None], warn: Callable[[str], None]) -> Patience:
        """Return how to wait for something in it."""
        asking = SilenceWatch(self.clock).asking
        return Patience(self.clock, self.pace, tell=tell, warn=warn, asking=asking, allowance=self.budget)


@contextmanager
def opened(found: settings.Settings | None = None) -> Iterator[CommandAccount]:
    """Give the account of these settings, or the one that XPLENTY_API_KEY and the other variables name.

    At its end a line on stderr names the lists that are longer than what was read of them.

    Raises:
        ConfigError: a setting is missing or malformed.
    """
    found = found or settings.load(os.environ, settings.nothing)
    clock = SystemClock()
    with Client(
        api_key=found.api_key, account_id=found.account_id, base_url=found.api_url, clock=clock, names=found.names
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
            )
        finally:
            for name in client.cut_lists:
                text = f"not all {name} were read, because their list is too long: some may be missing here"
                Screen((found.api_key,)).warn(text)
