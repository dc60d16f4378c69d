"""The dynamic provider of job runs: the engine's calls on one side, the reconciler on the other, no decision between.

What only the provider process needs is loaded where it is used; see `base`.
"""

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

from xplenty_pulumi.core.kinds.compare import ChangePlan
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, is_settled
from xplenty_pulumi.dynamic import PUBLIC_MODULE, bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.inputs import Inputs
from xplenty_pulumi.dynamic.properties import declared
from xplenty_pulumi.dynamic.providers.base import Provider, answered, number_of, timeout_of, with_notify
from xplenty_pulumi.dynamic.providers.preview import warn_of_end
from xplenty_pulumi.dynamic.state import DECLARED, FOREIGN, OWNER, Properties, owner_of
from xplenty_pulumi.errors import ConfigError

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import Outcome, RunReconciler
    from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun


class JobRunProvider(Provider):
    """Starts, follows, reads and stops job runs."""

    kind = JOB_RUN

    def planned(self, found: ChangePlan, news: Properties) -> None:
        """Look at the cluster of a run that starts anew although no input has changed."""
        if found.is_only_anew:
            with suppress(ConfigError):  # a plan needs no settings
                warn_of_end(Inputs.of(news).checked(JOB_RUN).inputs, self.session().foresight, self.call())

    @answered
    def create(self, props: Properties) -> CreateResult:
        """Return the run's id and outputs once it is completed."""
        call = self.call()
        outcome = self._job_runs(call).create(_desired_run(call, props))
        return CreateResult(str(outcome.record.id), self.achieved(call, outcome, _in_effect(props, outcome)))

    @answered
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Return the outputs once the run, which is never started again, is completed; a success is not asked again."""
        self.require_account(_olds)
        if is_settled(str(_olds.get("status", "")), on_failure=_news.get("on_failure")):
            seen = {name: value for name, value in _olds.items() if name not in _olds[DECLARED]}
            return UpdateResult(self.stored({**seen, **_news, DECLARED: sorted(declared(_news, JOB_RUN))}))
        call = self.call()
        desired = replace(_desired_run(call, _news), is_foreign=FOREIGN in _olds)
        is_notify_due = _olds.get("notify") != _news.get("notify")
        outcome = self._job_runs(call).resume(number_of(_id, self.kind), desired, is_notify_due=is_notify_due)
        return UpdateResult(self.achieved(call, outcome, _in_effect(_news, outcome)))

    @answered
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return the run as it is now, as gone, or as unfinished or failed with the reason."""
        self.require_account(props)
        call = self.call()
        last_status = str(props.get("status", ""))
        sight = self._job_runs(call).read(
            number_of(id_, self.kind), last_status=last_status, desired=_declared_run(props)
        )
        if sight.gone:
            return self.gone(call, id_, sight.remark, props)
        if sight.record is None:
            return self.remembered(call, id_, sight.remark, props)
        known = {"effective_variables": props.get("effective_variables")}
        record = sight.record.model_copy(update=known)
        return self.sighted(call, record, sight.remark, with_notify(props, sight.notified))

    @answered
    def delete(self, _id: str, _props: Properties) -> None:
        """Return once the run is seen to have ended, or is left alone."""
        self.require_account(_props)
        call = self.call()
        timeout = timeout_of(call, _props, "stop_timeout", JOB_RUN)
        if seen := self._job_runs(call).delete(number_of(_id, self.kind), _declared_run(_props), timeout=timeout):
            bridge.say(call, seen)

    def _job_runs(self, call: EngineCall) -> "RunReconciler":
        return self.session().job_runs(call)


def _in_effect(props: Properties, outcome: "Outcome[Any]") -> Properties:
    """The properties without who is told, where that is still to be seen to, and with whether the run is foreign."""
    known = {name: value for name, value in props.items() if name != "notify" or not outcome.is_notify_due}
    return {**known, FOREIGN: True} if outcome.is_foreign else known


def _declared_run(props: Properties) -> "DesiredRun":
    """The run as the program declared it, which nobody waits for now."""
    from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun  # noqa: PLC0415 - see above

    owner = owner_of(props) if OWNER in props else None
    return DesiredRun(declared(props, JOB_RUN), timeout=0, owner=owner, is_foreign=FOREIGN in props)


def _desired_run(call: EngineCall, props: Properties) -> "DesiredRun":
    from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun  # noqa: PLC0415 - see above

    inputs = Inputs.of(props).checked(JOB_RUN).inputs
    timeout = timeout_of(call, inputs, "timeout", JOB_RUN)
    return DesiredRun(inputs=inputs, timeout=timeout, owner=owner_of(props))


JobRunProvider.__module__ = PUBLIC_MODULE
