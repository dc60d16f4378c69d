"""The core on an emulated account whose clock a test moves, behind a wire that faults can be put on."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from tests.support.accounts.clients import client_of
from tests.support.accounts.desired import OWNER
from tests.support.faults.behaviours import preceded_by
from tests.support.faults.wire import Wire
from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, ManualClock
from xplenty_pulumi.core.kinds.connection import CONNECTION
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.marker import marker_of, sign
from xplenty_pulumi.core.kinds.schedule import SCHEDULE
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reconcile import (
    ClusterReconciler,
    DefinitionReconciler,
    KnownClusters,
    KnownDefinitions,
    KnownRuns,
    RunReconciler,
    definition_of,
)
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.emulator import EmulatedCluster, Emulator, Knobs, Seed

BUILDING_TIME = Knobs().pending_seconds + Knobs().creating_seconds


class Reconcilers:
    """What acts in one process of ours, and everything that it says meanwhile; `are_keyed` says so of the runs."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self.client = client
        self.told: list[tuple[str, str]] = []
        self.warned: list[str] = []
        self.noted: list[str] = []
        self.interruption = ""
        self.patience = Patience(
            clock=clock,
            tell=lambda headline, detail: self.told.append((headline, detail)),
            interrupted=lambda: self.interruption,
            warn=self.warned.append,
            note=self.noted.append,
        )
        self.known_clusters = KnownClusters(client, clock, random=Random(7))
        self.known_runs = KnownRuns(client, clock, holds_cluster=self.known_clusters.holds_id)
        self.polls = polls = Polls(client, clock)
        self.clusters = ClusterReconciler(client, self.known_clusters, self.patience, polls=polls)
        self.are_keyed = False
        self.job_runs = RunReconciler(
            client, self.known_runs, self.patience, polls=polls, takes_key=lambda _: self.are_keyed
        )
        hooks = KnownDefinitions(definition_of(HOOK, client), clock, random=Random(7))
        self.hooks = DefinitionReconciler(hooks, self.patience)
        schedules = KnownDefinitions(definition_of(SCHEDULE, client), clock, random=Random(7))
        self.schedules = DefinitionReconciler(schedules, self.patience)
        connections = KnownDefinitions(definition_of(CONNECTION, client), clock, random=Random(7))
        self.connections = DefinitionReconciler(connections, self.patience)

    @property
    def said(self) -> list[str]:
        """Everything that it has said, in one list."""
        return [*(text for line in self.told for text in line), *self.warned]


class Bench(Reconcilers):
    """One process of ours on one emulated account; `emulator` shows and changes what the account really holds."""

    def __init__(self, emulator: Emulator, clock: ManualClock, wire: Wire) -> None:
        super().__init__(client_of(emulator, clock=clock, random=Random(7), http=wire), clock)
        self.emulator, self.clock, self.wire = emulator, clock, wire
        self.own_clusters: set[int] = set()

    @classmethod
    def new(cls, *, knobs: Knobs | None = None, seed: Seed | None = None) -> "Bench":
        """Return a bench on a new account."""
        clock = ManualClock()
        emulator = Emulator(seed, clock=clock, knobs=knobs)
        return cls(emulator, clock, Wire(emulator, clock))

    def another_process(self) -> "Bench":
        """Return a second process of ours on the same account, which holds only the clusters of the stack."""
        process = Bench(self.emulator, self.clock, self.wire)
        process.are_keyed = self.are_keyed
        for number in self.own_clusters:
            process.hand_in(number)
        return process

    def hand_in(self, cluster_id: int) -> None:
        """Let the engine hand in this cluster, as one that the state of the stack holds."""
        self.own_clusters.add(cluster_id)
        self.known_clusters.hold(cluster_id)

    def ready_cluster(self, **fields: Any) -> EmulatedCluster:
        """Return a cluster that somebody made and that is available."""
        return self.emulator.add_cluster(**fields)

    def own_cluster(self) -> EmulatedCluster:
        """Return an available cluster of the stack that `OWNER` is of."""
        cluster = self.ready_cluster(description=sign("", marker_of(replace(OWNER, name="etl"))))
        self.hand_in(cluster.id)
        return cluster

    def cancel_at(self, call: str) -> None:
        """Let the user have had enough when this call is under way."""
        self.wire.on(call, preceded_by(lambda: setattr(self, "interruption", "cancelled")))

    @property
    def headlines(self) -> list[str]:
        """The headlines told so far, repetitions left out."""
        heads = [headline for headline, _ in self.told]
        return [one for one, before in zip(heads, ["", *heads], strict=False) if one != before]


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench on a new account; the test fails if a request was sent that the description of the API does not allow."""
    made = Bench.new()
    yield made
    assert not made.wire.mismatches
