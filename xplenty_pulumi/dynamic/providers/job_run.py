"""The dynamic provider of job runs.

What only the provider process needs is loaded where it is used; see `base`.
"""

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import UpdateResult

from xplenty_pulumi.core.kinds.compare import ChangePlan
from xplenty_pulumi.core.kinds.job_run import JOB_RUN, is_settled
from xplenty_pulumi.core.kinds.obstacles import NOT_KNOWN
from xplenty_pulumi.dynamic import PUBLIC_MODULE, bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.properties import Inputs, declared, key_of, timeout_of
from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.providers.checking import warn_of_end
from xplenty_pulumi.dynamic.providers.context import answered
from xplenty_pulumi.dynamic.state import ACCOUNT, DECLARED, FOREIGN, OWNER, Properties, origin_of, owner_of
from xplenty_pulumi.errors import ConfigError

if TYPE_CHECKING:
    from xplenty_pulumi.client import Job
    from xplenty_pulumi.core.reconcile import Observation, Outcome, RunReconciler
    from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun


class JobRunProvider(Provider):
    """Starts, follows, reads and stops job runs."""

    kind = JOB_RUN

    def planned(self, found: ChangePlan, _id: str, _olds: Properties, news: Properties) -> None:
        """Warn where a run starts anew although no input has changed, and its cluster has ended.

        A refresh compares too, before the program says on which cluster: what it compares starts no run.
        """
        if found.is_only_anew and news.get(OWNER) in self.declared_owners():
            with suppress(ConfigError):  # a plan needs no settings
                warn_of_end(Inputs.of(news).checked(JOB_RUN).inputs, self.session().questions, self.call())

    @answered
    def update(self, id_: str, olds: Properties, news: Properties) -> UpdateResult:
        """Return the outputs once the run, which is never started again, is completed; a success is not asked again."""
        self.settings().require_account(olds.get(ACCOUNT))
        if is_settled(str(olds.get("status", "")), on_failure=news.get("on_failure")):
            shown = {name: value for name, value in olds.items() if name not in olds[DECLARED]}
            return UpdateResult(self.stored({**shown, **news, DECLARED: sorted(declared(news, JOB_RUN))}))
        call = self.call()
        bridge.say(call, f"goes on following job {id_}")
        is_notify_due = olds.get("notify") != news.get("notify")
        desired = replace(self.desired(call, news), is_foreign=FOREIGN in olds, made=origin_of(olds))
        outcome = self.reconciler(call).resume(key_of(id_, JOB_RUN), desired, is_notify_due=is_notify_due)
        return UpdateResult(self.achieved(call, outcome, news))

    def achieved(self, call: EngineCall, outcome: "Outcome[Any]", props: Properties) -> Properties:
        """Return the outputs, with whether the run is another owner's and is only followed."""
        return super().achieved(call, outcome, {**props, FOREIGN: True} if outcome.is_foreign else props)

    def end(self, call: EngineCall, key: Any, props: Properties) -> str:
        """Return how the run was seen once it has ended, an empty text for one that is left alone."""
        timeout = timeout_of(call, props, "stop_timeout", JOB_RUN)
        return self.reconciler(call).delete(key, _declared_run(props), timeout=timeout)

    def observe(self, call: EngineCall, key: Any, props: Properties) -> "Observation[Job]":
        """Return what the service shows, with the variables that were in effect as the state has them."""
        last_status = str(props.get("status", ""))
        found = self.reconciler(call).read(key, last_status=last_status, desired=_declared_run(props))
        if found.record is None and DECLARED not in props:  # only looked up, so nothing says how it was before
            return replace(found, gone=True, remark=NOT_KNOWN)
        known = {"effective_variables": props.get("effective_variables")}
        return replace(found, record=found.record and found.record.model_copy(update=known))

    def reconciler(self, call: EngineCall) -> "RunReconciler":
        """Return what acts on the runs of the account."""
        return self.session().job_runs(call)

    def desired(self, call: EngineCall, props: Properties) -> "DesiredRun":
        """Return the run as the program declares it."""
        from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun  # noqa: PLC0415 - see above

        inputs = Inputs.of(props).checked(JOB_RUN).inputs
        return DesiredRun(inputs, timeout_of(call, inputs, "timeout", JOB_RUN), owner_of(props))


def _declared_run(props: Properties) -> "DesiredRun":
    """The run as the program declared it, without a wait for it."""
    from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun  # noqa: PLC0415 - see above

    owner = owner_of(props) if OWNER in props else None
    is_foreign, made = FOREIGN in props, origin_of(props)
    return DesiredRun(declared(props, JOB_RUN), timeout=0, owner=owner, is_foreign=is_foreign, made=made)


JobRunProvider.__module__ = PUBLIC_MODULE
