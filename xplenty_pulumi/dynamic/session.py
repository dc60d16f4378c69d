"""What one provider process shares: the client and what it knows of the account."""

import os
from contextlib import suppress
from dataclasses import dataclass

from xplenty_pulumi.client import Client
from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.core.budget import Budget
from xplenty_pulumi.core.foresight import Foresight
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN, Kind
from xplenty_pulumi.core.last_look import LastLook
from xplenty_pulumi.core.marker import scope_of
from xplenty_pulumi.core.patience import Pace, Patience
from xplenty_pulumi.core.polls import Polls
from xplenty_pulumi.core.reconcile import Clusters, Hooks, JobRuns, KnownHooks, Living, Runs
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.answered import arguments_answered
from xplenty_pulumi.dynamic.bridge import Call
from xplenty_pulumi.dynamic.cancellable_clock import CancellableClock
from xplenty_pulumi.dynamic.owner import OWNER, owner_of
from xplenty_pulumi.dynamic.settings import Settings
from xplenty_pulumi.errors import ConfigError


@dataclass(frozen=True)
class Session:
    """One account as this process sees it; shared by all its threads."""

    client: Client
    clock: Clock
    pace: Pace
    living: Living
    runs: Runs
    known_hooks: KnownHooks
    polls: Polls
    budget: Budget
    foresight: Foresight
    last_look: LastLook

    @classmethod
    def of(cls, client: Client, clock: Clock, *, pace: Pace | None = None, share: float = 0.5) -> "Session":
        """Return a session that has seen nothing yet, and may spend that `share` of the hourly calls."""
        polls = Polls(client, clock)
        return cls(
            client,
            clock,
            pace or Pace(),
            living=Living(client, clock, presence=polls.cluster_presence),
            runs=Runs(client, clock),
            known_hooks=KnownHooks(client, clock),
            polls=polls,
            budget=Budget(client, clock, share=share),
            foresight=Foresight(client, lambda text: bridge.stack_line(text, "WARNING")),
            last_look=LastLook(client, clock),
        )

    def hold(self, kind: Kind, resource_id: int) -> None:
        """Note that the engine's state holds this cluster, run or hook, so that it is not taken for a lost one."""
        holders: dict[str, Living | Runs | KnownHooks] = {
            CLUSTER.name: self.living,
            JOB_RUN.name: self.runs,
            HOOK.name: self.known_hooks,
        }
        holders[kind.name].hold(resource_id)
        if kind is CLUSTER:
            self.last_look.know(resource_id)

    def clusters(self, call: Call) -> Clusters:
        """Return the account's clusters, reporting to the row of the resource that `call` is about."""
        self._note(is_cluster=True)
        return Clusters(self.client, self.living, self._patience(call), polls=self.polls)

    def job_runs(self, call: Call) -> JobRuns:
        """Return the account's job runs, reporting to the row of the resource that `call` is about."""
        self._note()
        return JobRuns(self.client, self.runs, self._patience(call), polls=self.polls)

    def hooks(self, call: Call) -> Hooks:
        """Return the account's hooks, reporting to the row of the resource that `call` is about."""
        self._note()
        return Hooks(self.client, self.known_hooks, self._patience(call))

    def _note(self, *, is_cluster: bool = False) -> None:
        """Let the last look know what the engine hands over in the running call: whose resource it is, and its id."""
        for one in arguments_answered():
            if isinstance(one, dict) and OWNER in one:
                with suppress(ConfigError):  # a state that does not say whose it is has no scope to look for
                    self.last_look.expect(scope_of(owner_of(one)))
            if isinstance(one, str) and one.isdecimal() and is_cluster:
                self.last_look.know(int(one))

    def _patience(self, call: Call) -> Patience:
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
    credits_severity: bridge.Severity = "INFO" if visible else "DEBUG"
    bridge.at_end(lambda: f"xplenty_pulumi sent {session.budget.spent_text()}", severity=credits_severity)
    return session
