"""The emulated account of a benchmark, from outside: where it is, and what it was asked."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

PAST_CLUSTERS = 5
_LONGEST_END = 20.0


@dataclass(frozen=True)
class Spec:
    """An account: how long clusters boot and end on its clock, how fast that runs, and how many it had before.

    With `runs_a_night` it has a past of thirty days besides. It `counts_sockets` only where that is measured, because
    the counting slows the account.
    """

    boot_seconds: float
    end_seconds: float = 10.0
    time_scale: float = 1.0
    past_clusters: int = PAST_CLUSTERS
    credits_per_hour: int = 5_000
    runs_a_night: int = 0
    counts_sockets: bool = False


@dataclass(frozen=True)
class Observed:
    """What an account has been asked until now: calls by method, refused ones, clusters by status, most sockets."""

    calls: Mapping[str, int]
    refused: int
    sockets: int
    clusters: Mapping[str, int]

    @property
    def all_calls(self) -> int:
        """Calls of any method."""
        return sum(self.calls.values())


class Account:
    """A served account."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        facts = self._read()
        self.url: str = facts["url"]
        self.environment: Mapping[str, str] = {
            "XPLENTY_API_URL": facts["url"],
            "XPLENTY_ACCOUNT_ID": facts["account_id"],
            "XPLENTY_API_KEY": facts["api_key"],
        }

    def observed(self) -> Observed:
        """Return what it has been asked until now."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Observed(**self._read())

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ChildProcessError("the emulated account has ended; its own message is above")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def served(spec: Spec) -> Iterator[Account]:
    """Serve an account in a process of its own for as long as the block runs."""
    command = [sys.executable, "-m", "benchmarks.served", json.dumps(asdict(spec))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Account(process)
    finally:
        try:
            process.communicate(timeout=_LONGEST_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
