"""`python -m benchmarks.served SPEC`: the emulated account of a benchmark, as a process of its own.

It prints where it is. After that each line on standard input is answered with what the account was asked so far, and
the end of standard input ends it.
"""

import json
import sys
import urllib.parse
from collections import Counter
from contextlib import nullcontext
from typing import Any

from benchmarks.account import Spec
from benchmarks.sockets import Peak
from tools.demo.past import fill
from xplenty_pulumi.emulator import Emulator, Knobs

_DAY = 86_400.0
_LIFE = 3_600.0


def main(text: str) -> None:
    """Serve the account that the JSON text describes."""
    spec = Spec(**json.loads(text))
    emulator = Emulator(time_scale=spec.time_scale, knobs=knobs(spec))
    add_past_clusters(emulator, spec)
    if spec.runs_a_night:
        fill(emulator, runs_a_night=spec.runs_a_night)
    port = urllib.parse.urlsplit(emulator.url).port or 0
    with emulator, Peak(port) if spec.counts_sockets else nullcontext() as sockets:
        _say({"url": emulator.url, "account_id": emulator.account_id, "api_key": emulator.api_key})
        for _line in sys.stdin:
            _say(_observed(emulator, sockets))


def knobs(spec: Spec) -> Knobs:
    """Return an account on which a boot and an end take the seconds of the spec, the first tenth of them pending."""
    return Knobs(
        pending_seconds=spec.boot_seconds / 10,
        creating_seconds=spec.boot_seconds * 9 / 10,
        pending_terminate_seconds=spec.end_seconds / 10,
        terminating_seconds=spec.end_seconds * 9 / 10,
        credits_per_hour=spec.credits_per_hour,
    )


def add_past_clusters(emulator: Emulator, spec: Spec) -> None:
    """Add clusters of the last days that are over, which show how long a boot takes."""
    now = emulator.account.world.now
    for age in range(spec.past_clusters, 0, -1):
        made = now - age * _DAY
        ended = made + spec.boot_seconds + _LIFE
        emulator.add_cluster(
            status="terminated",
            status_since=ended,
            created_at=made,
            updated_at=ended,
            available_since=made + spec.boot_seconds,
            terminated_at=ended,
        )


def _observed(emulator: Emulator, sockets: Peak | None) -> dict[str, Any]:
    clusters = emulator.clusters()
    return {
        "calls": Counter(call.method for call in emulator.calls()),
        "refused": sum(call.status >= 400 for call in emulator.calls()),
        "sockets": sockets.value if sockets else 0,
        "clusters": Counter(cluster.status for cluster in clusters),
    }


def _say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
