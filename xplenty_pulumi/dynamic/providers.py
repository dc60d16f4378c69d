"""The dynamic providers: the engine's calls on one side, the reconciler on the other, and no decision in between.

What only the provider process needs is loaded where it is used; see `base`.
"""

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN, Phase
from xplenty_pulumi.core.marker import marker_of
from xplenty_pulumi.core.plan import Plan
from xplenty_pulumi.dynamic import PUBLIC_MODULE, bridge
from xplenty_pulumi.dynamic.base import Provider, answered, number_of, timeout_of
from xplenty_pulumi.dynamic.bridge import Call
from xplenty_pulumi.dynamic.foresight import warn_of_end
from xplenty_pulumi.dynamic.inputs import DECLARED, OWED, OWNER, Inputs, owner_of
from xplenty_pulumi.dynamic.properties import Properties, declared, nonces_in
from xplenty_pulumi.dynamic.switches import is_saved_at_once
from xplenty_pulumi.errors import ConfigError

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import Clusters, JobRuns, Outcome
    from xplenty_pulumi.core.reconcile.creation import Desired
    from xplenty_pulumi.core.reconcile.desired_run import DesiredRun


class ClusterProvider(Provider):
    """Creates, resizes, reads and ends clusters."""

    kind = CLUSTER

    def view(self, record: Any) -> dict[str, object]:
        from xplenty_pulumi.core.view import cluster_view  # noqa: PLC0415 - see above

        return cluster_view(record)

    @answered
    def create(self, props: Properties) -> CreateResult:
        """Return the cluster's id and outputs once it is ready."""
        call = self.call()
        outcome = self._clusters(call).create(_desired_cluster(call, props))
        self.session().last_look.know(outcome.record.id)
        self.session().foresight.know_cluster(outcome.record.id)
        return CreateResult(str(outcome.record.id), self.achieved(call, outcome, {**props, OWED: "*"}))

    @answered
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Return the outputs once the cluster is ready and as desired."""
        self.require_account(_olds)
        call = self.call()
        intent = self.intent(call, _olds, _news)
        props = {**_news, **self.owing(_olds, intent)}
        desired = replace(_desired_cluster(call, props), intent=intent, is_saved_at_once=True)
        outcome = self._clusters(call).update(number_of(_id, self.kind), desired)
        return UpdateResult(self.achieved(call, outcome, props))

    @answered
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return the cluster as it is now, as gone, or as unhealthy with the reason."""
        self.require_account(props)
        call = self.call()
        owner = marker_of(owner_of(props)) if OWNER in props else None
        number = number_of(id_, self.kind)
        sight = self._clusters(call).read(number, inputs=declared(props, CLUSTER), owner=owner)
        if sight.gone or sight.record is None:
            return self.gone(call, id_, sight.remark, props)
        return self.sighted(call, sight.record, sight.remark, _with_notify(props, sight.told))

    @answered
    def delete(self, _id: str, _props: Properties) -> None:
        """Return once the cluster is seen to be terminated."""
        self.require_account(_props)
        call = self.call()
        timeout = timeout_of(call, _props, "terminate_timeout", CLUSTER)
        active_jobs = str(_props.get("active_jobs_on_terminate", "stop"))
        how = self._clusters(call).delete(
            number_of(_id, self.kind),
            timeout=timeout,
            active_jobs=active_jobs,
            owner=marker_of(owner_of(_props)),
            nonces=nonces_in(_props),
        )
        bridge.say(call, how)

    def _clusters(self, call: Call) -> "Clusters":
        return self.session().clusters(call)


class JobRunProvider(Provider):
    """Starts, follows, reads and stops job runs."""

    kind = JOB_RUN

    def view(self, record: Any) -> dict[str, object]:
        from xplenty_pulumi.core.view import job_view  # noqa: PLC0415 - see above

        return job_view(record)

    def planned(self, found: Plan, news: Properties) -> None:
        """Look at the cluster of a run that starts anew although no input has changed."""
        if found.replaces and {*found.replaces} <= {"status", "rerun"}:
            with suppress(ConfigError):  # a plan needs no settings
                warn_of_end(Inputs.of(news).checked(JOB_RUN).inputs, self.session().foresight, self.call())

    @answered
    def create(self, props: Properties) -> CreateResult:
        """Return the run's id and outputs once it is completed."""
        call = self.call()
        outcome = self._job_runs(call).create(_desired_run(call, props))
        return CreateResult(str(outcome.record.id), self.achieved(call, outcome, _without_due(props, outcome)))

    @answered
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Return the outputs once the run, which is never started again, is completed; a success is not asked again."""
        self.require_account(_olds)
        if _is_settled(_olds, _news):
            seen = {name: value for name, value in _olds.items() if name not in _olds[DECLARED]}
            return UpdateResult(self.stored({**seen, **_news, DECLARED: sorted(declared(_news, JOB_RUN))}))
        call = self.call()
        desired, is_notify_due = _desired_run(call, _news), _olds.get("notify") != _news.get("notify")
        outcome = self._job_runs(call).resume(number_of(_id, self.kind), desired, is_notify_due=is_notify_due)
        return UpdateResult(self.achieved(call, outcome, _without_due(_news, outcome)))

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
        return self.sighted(call, record, sight.remark, _with_notify(props, sight.told))

    @answered
    def delete(self, _id: str, _props: Properties) -> None:
        """Return once the run is seen to have ended."""
        self.require_account(_props)
        if _props.get("on_destroy") == "leave":
            return
        call = self.call()
        timeout = timeout_of(call, _props, "stop_timeout", JOB_RUN)
        owner = owner_of(_props) if OWNER in _props else None
        seen = self._job_runs(call).stop(number_of(_id, self.kind), timeout=timeout, owner=owner)
        bridge.say(call, seen)

    def _job_runs(self, call: Call) -> "JobRuns":
        return self.session().job_runs(call)


def _with_notify(props: Properties, told: bool | None) -> Properties:
    """The properties with who is told as it is seen to be, where that was looked at."""
    return props if told is None else {**props, "notify": told}


def _without_due(props: Properties, outcome: "Outcome[Any]") -> Properties:
    """The properties as they are in effect: without who is told where that is still to be seen to."""
    return {name: value for name, value in props.items() if name != "notify" or not outcome.is_notify_due}


def _is_settled(olds: Properties, news: Properties) -> bool:
    """Whether nothing is to be asked about a run any more, whatever else has changed: it has come to its good end."""
    phase = JOB_RUN.phase(str(olds.get("status", "")))
    return phase is Phase.SUCCEEDED or (phase is Phase.FAILED and news.get("on_failure") == "record")


def _desired_cluster(call: Call, props: Properties) -> "Desired":
    from xplenty_pulumi.core.reconcile.creation import Desired  # noqa: PLC0415 - see above

    inputs = Inputs.of(props).checked(CLUSTER).inputs
    return Desired(
        inputs=inputs,
        owner=owner_of(props),
        timeout=timeout_of(call, inputs, "ready_timeout", CLUSTER),
        terminate_timeout=timeout_of(Call(), inputs, "terminate_timeout", CLUSTER),
        nonces=nonces_in(props),
        keeps_id=bridge.keeps_half_made(call),
        is_saved_at_once=is_saved_at_once(os.environ),
    )


def _declared_run(props: Properties) -> "DesiredRun":
    """The run as the program declared it, which nobody waits for now."""
    from xplenty_pulumi.core.reconcile.desired_run import DesiredRun  # noqa: PLC0415 - see above

    return DesiredRun(declared(props, JOB_RUN), timeout=0)


def _desired_run(call: Call, props: Properties) -> "DesiredRun":
    from xplenty_pulumi.core.reconcile.desired_run import DesiredRun  # noqa: PLC0415 - see above

    inputs = Inputs.of(props).checked(JOB_RUN).inputs
    timeout = timeout_of(call, inputs, "timeout", JOB_RUN)
    return DesiredRun(inputs=inputs, timeout=timeout, owner=owner_of(props))


for _provider in (ClusterProvider, JobRunProvider):
    _provider.__module__ = PUBLIC_MODULE
