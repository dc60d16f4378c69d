"""A ledger of what processes of ours do to an account, and of what they must never do."""

import json
import math
from collections import defaultdict
from typing import Any

from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Ending, Key, Kind
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.registry import MARKED
from xplenty_pulumi.emulator import EmulatedCluster, EmulatedConnection, EmulatedJob, Emulator
from xplenty_pulumi.emulator.wire.messages import Request, Response

ALIVE = frozenset({"pending", "creating", "available", "idle", "scaling", "error"})
COUNTING = frozenset({"idle", "pending", "queued", "running", "completed"})
"""Statuses of a run that another run of the same must not follow: it works, or it has worked."""
DEFINITIONS = tuple(kind for kind in MARKED.values() if kind.ends is Ending.REMOVED)
"""The kinds of definitions."""
WHO = "who"
"""The variable by which a run in these tests says which resource of which stack it belongs to."""


def key_of_record(record: Any) -> Key:
    """Return what clients identify a record of the emulator by."""
    return f"{record.type}/{record.number}" if isinstance(record, EmulatedConnection) else int(record.id)


class Ledger:
    """A gate that lets everything pass and notes what was made, for whom, and what should never have been done.

    A stack may change or end only what it made itself, and start no run whose like is active or completed, unless the
    engine let that one go before.
    """

    def __init__(self) -> None:
        self.known_for = math.inf
        """Seconds for which a run is known to be lost; one that is older, by the machine's clock, may be doubled."""
        self._emulator: Emulator | None = None
        self._clock: Clock = SystemClock()
        self._latest = -math.inf
        self.clusters: dict[int, Marker | None] = {}
        self.runs: dict[int, str] = {}
        self.definitions: defaultdict[str, dict[Key, Marker | None]] = defaultdict(dict)
        """The markers of the definitions that were made, by the name of their kind and what identifies each."""
        self.released: set[int] = set()
        self.wrongs: list[str] = []
        self.writes = 0
        self._scopes: dict[str, str] = {}
        self._made: defaultdict[str, set[str]] = defaultdict(set)

    def join(self, emulator: Emulator, clock: Clock) -> None:
        """Name the account that this is the ledger of, and the clock of the machine that processes run on."""
        self._emulator, self._clock = emulator, clock

    def is_known(self, job: EmulatedJob) -> bool:
        """Return whether a run may still be known to be lost; one that was too old once, by any jump, stays unknown."""
        self.note_time()
        return self._latest - job.created_at < self.known_for

    def note_time(self) -> None:
        """Note how far the machine's clock has come."""
        self._latest = max(self._latest, self._clock.now().timestamp())

    def admit(self, stack: str, *, scope: str) -> None:
        """Tell by which scope of its markers, and by which beginning of `who`, the things of `stack` are known."""
        self._scopes[scope] = stack

    def note_call(self, stack: str, call: str) -> None:
        """Note a call that a process of `stack` sends."""
        method, _, path = call.partition(" ")
        if method == "GET":
            return
        self.writes += 1
        if method in ("PUT", "DELETE") and path.removesuffix("/watchers") not in self._made[stack]:
            self.wrongs.append(f"{stack} sent {call}, which it did not make")

    def before(self, request: Request) -> Response | None:
        return None

    def after(self, request: Request, response: Response) -> Response:
        if request.method == "POST" and response.status == 201 and request.body:
            sent, made = json.loads(request.body), response.json()["id"]
            *_, above, last = request.path.split("/")
            for kind in DEFINITIONS:
                if kind.collection in (above, last):  # the clients of some kinds know them by their type too
                    key = made if last == kind.collection else f"{last}/{made}"
                    noted = self.definitions[kind.name]
                    self._note_marked(kind, noted, key, markers.whose(sent.get(kind.signed)))
            if last == "clusters":
                self._note_marked(CLUSTER, self.clusters, made, markers.whose(sent.get("description")))
            elif last == "jobs":
                self._note_run(made, str(sent.get("variables", {}).get(WHO, "")))
        return response

    def there(self, kind: Kind) -> set[Key]:
        """Return what identifies the definitions of a kind that the account has, whoever made them."""
        found = getattr(self._of().account.world, kind.collection).values()
        living = (one for one in found if getattr(one, "status", "") != "archived")
        return {key_of_record(one) for one in living}

    def living(self, marker: Marker) -> list[EmulatedCluster]:
        """Return the clusters made for the owner of this marker that have not ended, whatever they carry now."""
        ours = [number for number, owner in self.clusters.items() if owner == marker]
        found = self._of().account.world.clusters
        return [found[number] for number in ours if number in found and found[number].status in ALIVE]

    def lasting(self, kind: Kind, marker: Marker) -> list[Key]:
        """Return the keys of definitions made for the owner of this marker that are there, whatever they carry."""
        there = self.there(kind)
        return [key for key, owner in self.definitions[kind.name].items() if owner == marker and key in there]

    def active(self, who: str) -> list[EmulatedJob]:
        """Return the runs started for `who` that have not ended."""
        found = self._of().account.world.jobs
        ours = [found[number] for number, owner in self.runs.items() if owner == who and number in found]
        return [job for job in ours if job.status in COUNTING - {"completed"} or job.status.endswith("ing")]

    def _of(self) -> Emulator:
        assert self._emulator is not None
        return self._emulator

    def _note_marked(self, kind: Kind, made: dict[Any, Marker | None], key: Key, marker: Marker | None) -> None:
        """Note a new cluster or definition, of which there may be no other with this marker."""
        made[key] = marker
        if marker is None or marker.scope not in self._scopes:
            return
        self._made[self._scopes[marker.scope]].add(f"{kind.collection}/{key}")
        living: list[Key] = [one.id for one in self.living(marker)]
        duplicates = self.lasting(kind, marker) if kind in DEFINITIONS else living
        if len(duplicates) > 1:
            self.wrongs.append(f"{kind.collection} {', '.join(map(str, duplicates))} are duplicates")

    def _note_run(self, number: int, who: str) -> None:
        self.runs[number] = who
        self._made[who.rpartition("/")[0]].add(f"jobs/{number}")
        jobs = self._of().account.world.jobs
        new = jobs[number]
        for other, owner in self.runs.items():
            job = jobs.get(other)
            if owner != who or other == number or other in self.released or job is None:
                continue
            same = (job.cluster_id, job.package_id, job.variables) == (new.cluster_id, new.package_id, new.variables)
            if same and job.status in COUNTING and self.is_known(job):
                self.wrongs.append(f"job {number} runs again what {job.status} job {other} is for")
