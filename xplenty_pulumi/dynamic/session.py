"""What one process shares of one account: the client, and all that is known of what is in the account."""

import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, Self, TypeVar, overload

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.core.kinds.kind import Ending, Key, Kind
from xplenty_pulumi.core.kinds.marker import Owner, scope_of
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin
from xplenty_pulumi.core.preview.questions import PreviewQuestions
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.strays import FinalCheck
from xplenty_pulumi.core.reconcile import (
    ClusterReconciler,
    DefinitionReconciler,
    KnownClusters,
    KnownDefinitions,
    KnownRuns,
    RunReconciler,
    definition_of,
)
from xplenty_pulumi.core.reconcile.runs.start import doubled_runs
from xplenty_pulumi.core.waiting.budget import Budget
from xplenty_pulumi.core.waiting.patience import LONGEST_SILENCE, Pace, Patience
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.state import OWNER, owner_of
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.settings import Settings, is_set

PartT = TypeVar("PartT")


class _Part(cached_property[PartT]):
    """A part of a session, made by the thread that needs it first, while the others wait: there must not be two."""

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> PartT: ...
    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        with instance.turn:
            return super().__get__(instance, owner)


class Session:
    """One account as this process sees it; shared by all its threads.

    `share` is the part of the hourly calls that it may spend.
    """

    def __init__(self, client: Client, clock: Clock, *, pace: Pace | None = None, share: float = 0.5) -> None:
        self.client, self.clock = client, clock
        self.turn = threading.RLock()
        self._pace = pace or Pace()
        self._share = share
        self._definitions: dict[str, KnownDefinitions[Any]] = {}

    @_Part
    def polls(self) -> Polls:
        """What polls the service for all who wait."""
        return Polls(self.client, self.clock)

    @_Part
    def known_clusters(self) -> KnownClusters:
        """The clusters that have not ended."""
        return KnownClusters(self.client, self.clock, presence=self.polls.clusters.presence)

    @_Part
    def known_runs(self) -> KnownRuns:
        """The runs that the state holds, and those that this process has started."""
        return KnownRuns(self.client, self.clock, holds_cluster=self.known_clusters.holds_id)

    @_Part
    def budget(self) -> Budget:
        """The share of the hourly calls that is left."""
        return Budget(self.client, self.clock, share=self._share)

    @_Part
    def questions(self) -> PreviewQuestions:
        """What a check asks the service."""
        ready = self.polls.ready_clusters
        return PreviewQuestions(self.client, lambda text: bridge.stack_line(text, "WARNING"), ready=ready)

    @_Part
    def final_check(self) -> FinalCheck:
        """The check for clusters that the operation has left behind."""
        return FinalCheck(self.client, self.clock)

    def hold(self, kind: Kind, resource_id: Key, owner: Owner | None = None, *, made: Origin = UNKNOWN) -> None:
        """Note that the engine's state holds this thing for `owner`, so that it is not taken for a lost one.

        It was `made` then, as the state has it.
        """
        match kind.ends:
            case Ending.TERMINATED:
                self.final_check.hold(int(resource_id))
                self.known_clusters.hold(resource_id, made=made)
                if made.at:
                    self.polls.ready_clusters.expect(int(resource_id), made)
            case Ending.COMPLETED:
                self.known_runs.hold(resource_id, owner, made=made)
            case Ending.REMOVED:
                self._known(kind).hold(resource_id, made=made)

    def note(self, kind: Kind, arguments: Iterable[object]) -> None:
        """Note for the final check what the engine hands over in a call: whose resource it is, and its id."""
        for one in arguments:
            if isinstance(one, dict) and OWNER in one:
                with suppress(ConfigError):  # a state without an owner has no scope to look for
                    self.final_check.expect(scope_of(owner_of(one)))
            if isinstance(one, str) and one.isdecimal() and kind.ends is Ending.TERMINATED:
                self.final_check.hold(int(one))

    def clusters(self, call: EngineCall) -> ClusterReconciler:
        """Return the account's clusters, reporting to the row of the resource that `call` is about."""
        return ClusterReconciler(self.client, self.known_clusters, self._patience(call), polls=self.polls)

    def job_runs(self, call: EngineCall) -> RunReconciler:
        """Return the account's job runs, reporting to the row of the resource that `call` is about."""
        patience = self._patience(call)
        return RunReconciler(self.client, self.known_runs, patience, polls=self.polls, takes_key=self._takes_run_key)

    def _takes_run_key(self, inputs: Mapping[str, object]) -> bool:
        return self.questions.takes_run_key(inputs)  # made only where a run is started

    def definitions(self, kind: Kind, call: EngineCall) -> DefinitionReconciler[Any]:
        """Return the account's definitions of a kind, reporting to the row of the resource that `call` is about."""
        return DefinitionReconciler(self._known(kind), self._patience(call))

    def _known(self, kind: Kind) -> KnownDefinitions[Any]:
        with self.turn:
            if kind.name not in self._definitions:
                self._definitions[kind.name] = KnownDefinitions(definition_of(kind, self.client), self.clock)
            return self._definitions[kind.name]

    def _patience(self, call: EngineCall) -> Patience:
        return Patience(
            self.clock,
            self._pace,
            tell=bridge.reporter(call, self.clock),
            interrupted=call.interrupted,
            warn=lambda text: bridge.warn(call, text),
            note=lambda text: bridge.note(call, text),
            has_own_time=lambda: self.client.has_own_time,
            asking=bridge.silence_watch().asking,
            allowance=self.budget,
        )


def open_session(settings: Settings) -> Session:
    """Return a session for these settings; `session_for` sees to it that there is only one."""
    client = Client(
        api_key=settings.api_key,
        account_id=settings.account_id,
        base_url=settings.api_url,
        names=settings.names,
        given_up=bridge.cancelled().is_set,
        before_write=bridge.require_engine,
        in_queue=LONGEST_SILENCE,
        asking=bridge.silence_watch().call,
        held_back=bridge.silence_watch().held_back,
    )
    fixed = settings.poll_seconds
    pace = None if fixed is None else Pace.fixed(fixed)
    session = Session(client, SystemClock(), pace=pace, share=settings.credit_share)
    credits_severity: bridge.Severity = "INFO" if is_set(os.environ, "XPLENTY_SHOW_CREDITS") else "DEBUG"
    bridge.at_end(session.final_check.text, severity="WARNING")
    bridge.at_end(lambda: doubled_runs(client, session.known_runs), severity="WARNING")
    bridge.at_end(lambda: f"xplenty_pulumi sent {session.budget.spent_text()}", severity=credits_severity)
    return session
