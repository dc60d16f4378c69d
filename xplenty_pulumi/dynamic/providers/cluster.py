"""The dynamic provider of clusters: the engine's calls on one side, the reconciler on the other, no decision between.

What only the provider process needs is loaded where it is used; see `base`.
"""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic import PUBLIC_MODULE, bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.inputs import Inputs
from xplenty_pulumi.dynamic.properties import declared, nonces_in
from xplenty_pulumi.dynamic.providers.base import Provider, answered, number_of, setting_of, timeout_of, with_notify
from xplenty_pulumi.dynamic.state import OWED, OWNER, Properties, owner_of
from xplenty_pulumi.settings import is_saved_at_once

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import ClusterReconciler
    from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster


class ClusterProvider(Provider):
    """Creates, resizes, reads and ends clusters."""

    kind = CLUSTER

    @answered
    def create(self, props: Properties) -> CreateResult:
        """Return the cluster's id and outputs once it is ready."""
        call = self.call()
        outcome = self._clusters(call).create(_desired_cluster(call, props))
        self.session().last_look.hold(outcome.record.id)
        self.session().foresight.know_cluster(outcome.record.id)
        return CreateResult(str(outcome.record.id), self.achieved(call, outcome, {**props, OWED: "*"}))

    @answered
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Return the outputs once the cluster is ready and as desired."""
        self.require_account(_olds)
        call = self.call()
        intent, props = self.due(call, _olds, _news)
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
        nonces = nonces_in(props)
        sight = self._clusters(call).read(number, inputs=declared(props, CLUSTER), owner=owner, nonces=nonces)
        if sight.gone or sight.record is None:
            return self.gone(call, id_, sight.remark, props)
        return self.sighted(call, sight.record, sight.remark, with_notify(props, sight.notified))

    @answered
    def delete(self, _id: str, _props: Properties) -> None:
        """Return once the cluster is seen to be terminated."""
        self.require_account(_props)
        call = self.call()
        timeout = timeout_of(call, _props, "terminate_timeout", CLUSTER)
        how = self._clusters(call).delete(
            number_of(_id, self.kind),
            timeout=timeout,
            active_jobs=setting_of(_props, "active_jobs_on_terminate", CLUSTER),
            owner=marker_of(owner_of(_props)),
            nonces=nonces_in(_props),
        )
        bridge.say(call, how)

    def _clusters(self, call: EngineCall) -> "ClusterReconciler":
        return self.session().clusters(call)


def _desired_cluster(call: EngineCall, props: Properties) -> "DesiredCluster":
    from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster  # noqa: PLC0415 - see above

    inputs = Inputs.of(props).checked(CLUSTER).inputs
    return DesiredCluster(
        inputs=inputs,
        owner=owner_of(props),
        timeout=timeout_of(call, inputs, "ready_timeout", CLUSTER),
        terminate_timeout=timeout_of(EngineCall(), inputs, "terminate_timeout", CLUSTER),
        nonces=nonces_in(props),
        keeps_id=bridge.keeps_half_made(call),
        is_saved_at_once=is_saved_at_once(os.environ),
    )


ClusterProvider.__module__ = PUBLIC_MODULE
