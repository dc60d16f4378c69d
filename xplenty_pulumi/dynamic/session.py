"""What one provider process shares: the client and what it knows of the account."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.core.reconcile import Clusters, JobRuns, Living, Runs
from xplenty_pulumi.core.wait import Pace, Patience
from xplenty_pulumi.dynamic.settings import Settings


@dataclass(frozen=True)
class Session:
    """One account as this process sees it; shared by all its threads."""

    client: Client
    clock: Clock
    pace: Pace
    living: Living
    runs: Runs

    def clusters(self, tell: Callable[[str, str], None], interrupted: Callable[[], str]) -> Clusters:
        """Return the account's clusters, reporting to one resource's row."""
        return Clusters(self.client, self.living, self._patience(tell, interrupted))

    def job_runs(self, tell: Callable[[str, str], None], interrupted: Callable[[], str]) -> JobRuns:
        """Return the account's job runs, reporting to one resource's row."""
        return JobRuns(self.client, self.runs, self._patience(tell, interrupted))

    def _patience(self, tell: Callable[[str, str], None], interrupted: Callable[[], str]) -> Patience:
        return Patience(self.clock, self.pace, tell, interrupted)


@lru_cache(maxsize=8)
def session_for(settings: Settings) -> Session:
    """Return the one session of this process for these settings, so that a wrong key is tried only once."""
    clock = SystemClock()
    client = Client(api_key=settings.api_key, account_id=settings.account_id, base_url=settings.api_url, clock=clock)
    fixed = settings.poll_seconds
    pace = Pace() if fixed is None else Pace(first=fixed, growth=1.0, longest=fixed)
    return Session(client, clock, pace, Living(client, clock), Runs(client, clock))
