"""What one provider process shares: the client and what it knows of the account."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Owner, scope_of
from xplenty_pulumi.core.preview.questions import PreviewQuestions
from xplenty_pulumi.core.reading.account import Polls
from xplenty_pulumi.core.reading.last_look import FinalCheck
from xplenty_pulumi.core.reconcile import (
    ClusterReconciler,
    DefinitionReconciler,
    KnownDefinitions,
    KnownRuns,
    LiveClusters,
    RunReconciler,
    definition_of,
)
from xplenty_pulumi.core.reconcile.runs.start import DoubledRuns
from xplenty_pulumi.core.waiting.budget import Budget
from xplenty_pulumi.core.waiting.patience import Pace, Patience
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.providers.answered import arguments_answered
from xplenty_pulumi.dynamic.state import OWNER, owner_of
from xplenty_pulumi.errors import Cancelled, ConfigError
from xplenty_pulumi.settings import Settings

_SLICE = 0.5


class CancellableClock(SystemClock):
    """The machine's own clock, whose `sleep` ends with Cancelled soon after `cancelled` is set.

    Only for pauses between two tries of a call: nothing is under way then, so nothing is lost by giving it up.
    """

    def __init__(self, cancelled: threading.Event) -> None:
        self._cancelled = cancelled

    def sleep(self, seconds: float) -> None:
        end = self.monotonic() + seconds
        while (left := end - self.monotonic()) > 0:
            if self._cancelled.is_set():
                raise Cancelled(
                    "cancelled while waiting for the service to take a call",
                    advice="What exists was left as it is; run the same command again to go on",
                )
            super().sleep(min(left, _SLICE))


@dataclass(frozen=True)
class Session:
    """One account as this process sees it; shared by all its threads."""

    client: Client
    clock: Clock
    pace: Pace
    living: LiveClusters
    runs: KnownRuns
    polls: Polls
    budget: Budget
    foresight: PreviewQuestions
    last_look: FinalCheck
    _definitions: dict[str, KnownDefinitions[Any]] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, client: Client, clock: Clock, *, pace: Pace | None = None, share: float = 0.5) -> "Session":
        """Return a session that has seen nothing yet, and may spend that `share` of the hourly calls."""
        polls = Polls(client, clock)
        living = LiveClusters(client, clock, presence=polls.cluster_presence)
        return cls(
            client,
            clock,
            pace or Pace(),
            living=living,
            runs=KnownRuns(client, clock, holds_cluster=living.holds),
            polls=polls,
            budget=Budget(client, clock, share=share),
            foresight=PreviewQuestions(client, lambda text: bridge.stack_line(text, "WARNING")),
            last_look=FinalCheck(client, clock),
        )

    def hold(self, kind: Kind, resource_id: int, owner: Owner | None = None) -> None:
        """Note that the engine's state holds this thing for `owner`, so that it is not taken for a lost one."""
        for holder in [getattr(self, name) for name in kind.held_by] or [self._known(kind)]:
            holder.hold(resource_id)
            if owner and not kind.signed:  # no marker says whose it is
                holder.claim(resource_id, owner)

    def _known(self, kind: Kind) -> KnownDefinitions[Any]:
        with self._turn:
            if kind.name not in self._definitions:
                self._definitions[kind.name] = KnownDefinitions(definition_of(kind, self.client), self.clock)
            return self._definitions[kind.name]

    def clusters(self, call: EngineCall) -> ClusterReconciler:
        """Return the account's clusters, reporting to the row of the resource that `call` is about."""
        self._note(is_cluster=True)
        return ClusterReconciler(self.client, self.living, self._patience(call), polls=self.polls)

    def job_runs(self, call: EngineCall) -> RunReconciler:
        """Return the account's job runs, reporting to the row of the resource that `call` is about."""
        self._note()
        return RunReconciler(self.client, self.runs, self._patience(call), polls=self.polls)

    def definitions(self, kind: Kind, call: EngineCall) -> DefinitionReconciler[Any]:
        """Return the account's definitions of a kind, reporting to the row of the resource that `call` is about."""
        self._note()
        return DefinitionReconciler(self._known(kind), self._patience(call))

    def _note(self, *, is_cluster: bool = False) -> None:
        """Let the last look know what the engine hands over in the running call: whose resource it is, and its id."""
        for one in arguments_answered():
            if isinstance(one, dict) and OWNER in one:
                with suppress(ConfigError):  # a state that does not say whose it is has no scope to look for
                    self.last_look.expect(scope_of(owner_of(one)))
            if isinstance(one, str) and one.isdecimal() and is_cluster:
                self.last_look.hold(int(one))

    def _patience(self, call: EngineCall) -> Patience:
        return Patience(
            self.clock,
            self.pace,
            tell=bridge.reporter(call, self.clock),
            interrupted=call.interrupted,
            warn=lambda text: bridge.warn(call, text),
            allowance=self.budget,
        )


def open_session(settings: Settings) -> Session:
    """Return a session for these settings; `sessions` sees to it that there is only one."""
    clock = SystemClock()
    client = Client(
        api_key=settings.api_key,
        account_id=settings.account_id,
        base_url=settings.api_url,
        clock=CancellableClock(bridge.cancelled()),
        given_up=bridge.cancelled().is_set,
        before_write=bridge.require_engine,
    )
    fixed = settings.poll_seconds
    pace = None if fixed is None else Pace.fixed(fixed)
    session = Session.of(client, clock, pace=pace, share=settings.credit_share)
    visible = bridge.is_set(os.environ, "XPLENTY_SHOW_CREDITS")
    bridge.at_end(session.last_look.text, severity="WARNING")
    bridge.at_end(DoubledRuns(client, session.runs).text, severity="WARNING")
    credits_severity: bridge.Severity = "INFO" if visible else "DEBUG"
    bridge.at_end(lambda: f"xplenty_pulumi sent {session.budget.spent_text()}", severity=credits_severity)
    return session
