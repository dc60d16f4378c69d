"""The dynamic provider of clusters.

What only the provider process needs is loaded where it is used; see `base`.
"""

import os
from typing import TYPE_CHECKING, Any

from xplenty_pulumi.core.kinds.cluster import CLUSTER, is_only_accepted
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.core.kinds.marker import marker_of
from xplenty_pulumi.dynamic import PUBLIC_MODULE, bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.properties import Inputs, declared, setting_of, timeout_of
from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.state import OWNER, Properties, nonces_in, owner_of
from xplenty_pulumi.settings import is_saved_at_once

if TYPE_CHECKING:
    from xplenty_pulumi.client import Cluster
    from xplenty_pulumi.core.reconcile import ClusterReconciler, Observation, Outcome
    from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster


class ClusterProvider(Provider):
    """Creates, resizes, reads and ends clusters."""

    kind = CLUSTER

    def end(self, call: EngineCall, key: Any, props: Properties) -> str:
        """Return how the cluster was seen once it is at its end, or where that is enough once it is ending.

        The end of one that is replaced is always verified, so that its successor does not meet it.
        """
        is_verified = not is_only_accepted(declared(props, CLUSTER)) or props.get(OWNER) in self.declared_owners()
        seen = self.reconciler(call).delete(
            key,
            timeout=timeout_of(call, props, "terminate_timeout", CLUSTER),
            active_jobs=setting_of(props, "active_jobs_on_terminate", CLUSTER),
            owner=marker_of(owner_of(props)),
            nonces=nonces_in(props),
            is_verified=is_verified,
            made=self.origin(call, props),
        )
        if not is_verified and seen in CLUSTER.statuses(Phase.ENDING):
            bridge.note(call, f"cluster {key} is {seen}; its release was not verified, as wait_for asks")
        if doubt := self.doubt_of(seen, props):
            bridge.warn(call, f"cluster {key}: {seen}{doubt}")
        return seen

    def achieved(self, call: EngineCall, outcome: "Outcome[Any]", props: Properties) -> Properties:
        """Return the outputs; the cluster is none that the operation has left behind."""
        self.session().final_check.hold(outcome.record.id)
        return super().achieved(call, outcome, props)

    def observe(self, call: EngineCall, key: Any, props: Properties) -> "Observation[Cluster]":
        """Return what the service shows, with the watchers that the program declares."""
        inputs = declared(props, CLUSTER)
        nonces, made = nonces_in(props), self.origin(call, props)
        return self.reconciler(call).read(key, inputs=inputs, owner=self.owner(props), nonces=nonces, made=made)

    def reconciler(self, call: EngineCall) -> "ClusterReconciler":
        """Return what acts on the clusters of the account."""
        return self.session().clusters(call)

    def desired(self, call: EngineCall, props: Properties) -> "DesiredCluster":
        """Return the cluster as the program declares it."""
        from xplenty_pulumi.core.reconcile.clusters.create import DesiredCluster  # noqa: PLC0415 - see above

        inputs = Inputs.of(props).checked(CLUSTER).inputs
        return DesiredCluster(
            inputs=inputs,
            owner=owner_of(props),
            timeout=timeout_of(call, inputs, "ready_timeout", CLUSTER),
            terminate_timeout=float(setting_of(inputs, "terminate_timeout", CLUSTER)),
            nonces=nonces_in(props),
            keeps_id=call.keeps_state,
            is_saved_at_once=is_saved_at_once(os.environ),
        )


ClusterProvider.__module__ = PUBLIC_MODULE
