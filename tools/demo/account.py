"""The emulated account that the demo runs on, as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import SystemClock
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Phase

_LONGEST = 120
_LIVING = tuple(status for status, phase in CLUSTER.phases.items() if phase is not Phase.GONE)
_ACTIVE = JOB_RUN.statuses(Phase.BUILDING, Phase.RUNNING, Phase.ENDING)


@dataclass(frozen=True)
class Account:
    """Where the account is and its key."""

    url: str
    account_id: str
    api_key: str

    def environment(self) -> Mapping[str, str]:
        """Return the settings with which a Pulumi program uses it."""
        return {
            "XPLENTY_API_URL": self.url,
            "XPLENTY_ACCOUNT_ID": self.account_id,
            "XPLENTY_API_KEY": self.api_key,
            "XPLENTY_POLL_SECONDS": "0.5",
        }

    def wait_for_runs(self, count: int) -> None:
        """Return once a schedule of the account has run so often, and no job is active.

        Raises:
            ChildProcessError: it has not after two minutes.
        """
        with self._client() as client:
            _wait(lambda: any((one.execution_count or 0) >= count for one in client.schedules.list()), "run")
            _wait(lambda: self.summary()[1] == 0, "end")

    def wait_for_idle(self) -> None:
        """Return once no cluster lives."""
        _wait(lambda: self.summary()[0] == 0, "end")

    def edit_package(self, name: str, old: str, new: str) -> None:
        """Save the package of this name with another word in its flow, as its editor does."""
        with self._client() as client:
            package = next(one for one in client.packages.list(include=("flow",)) if one.name == name)
            client.packages.update(package.id, {"data_flow_json": str(package.data_flow_json).replace(old, new)})
        print(f'  package {package.id}: "{old}" -> "{new}"')

    def summary(self) -> tuple[int, int, int]:
        """Return how many clusters live, how many jobs are active, and how many calls were used until now."""
        with self._client() as client:
            limits = client.rate_limit()
            living = sum(1 for status in _LIVING for _ in client.clusters.list(status=status))
            active = sum(1 for status in _ACTIVE for _ in client.jobs.list(status=status))
        return living, active, limits.limit - limits.remaining

    def _client(self) -> Client:
        return Client(api_key=self.api_key, account_id=self.account_id, base_url=self.url)


def _wait(is_so: Callable[[], bool], what: str) -> None:
    clock = SystemClock()
    end = clock.monotonic() + _LONGEST
    while not is_so():
        if clock.monotonic() > end:
            raise ChildProcessError(f"what was waited for did not {what} within {_LONGEST} s")
        clock.sleep(0.5)


@contextmanager
def emulated_account(*, time_scale: float) -> Iterator[Account]:
    """Start an emulator, and end it when the block ends."""
    command = [sys.executable, "-m", "xplenty_pulumi.cli", "emulator", "--json", "--time-scale", str(time_scale)]
    # A session of its own: Ctrl-C is for the engine, which still needs the account to end what it began.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise ChildProcessError("the emulator did not start; run `xplenty-pulumi emulator` to see why")
        yield Account(**json.loads(line))
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()
