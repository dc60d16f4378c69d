"""Creating a cluster at most once: FIND, POST, VERIFY."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core import marker as markers
from xplenty_pulumi.core.kinds import CLUSTER, Change
from xplenty_pulumi.core.marker import Marker, Owner
from xplenty_pulumi.core.patience import Patience
from xplenty_pulumi.core.plan import plan
from xplenty_pulumi.core.reconcile.living import Living, Look
from xplenty_pulumi.core.reconcile.repeat import find_late
from xplenty_pulumi.core.view import cluster_view
from xplenty_pulumi.errors import RefusedError, UnsureError, XplentyError

_POSTS = 2


@dataclass(frozen=True)
class Desired:
    """A cluster as it should be: checked inputs, who declares it, and how long becoming so and ending may take."""

    inputs: Mapping[str, object] = field(repr=False)
    owner: Owner
    timeout: float
    terminate_timeout: float

    @property
    def marker(self) -> Marker | None:
        """The marker it carries, or None where the user switched that off."""
        return markers.marker_of(self.owner) if self.inputs.get("marker", True) else None

    @property
    def keeps_broken(self) -> bool:
        """Whether a new cluster that ends in `error` is left for the user to look at."""
        return self.inputs.get("on_create_failure") == "keep"

    def signed_description(self) -> str:
        """Return the description as the service is to hold it."""
        text = str(self.inputs.get("description", ""))
        return markers.sign(text, self.marker) if self.marker else text

    def fields(self) -> dict[str, object]:
        """Return the body of the create call: what the user set and the documented defaults, nothing else."""
        local = CLUSTER.names(Change.LOCAL)
        sent = {name: value for name, value in self.inputs.items() if name not in local}
        return {**sent, "description": self.signed_description()}


class Creation:
    """Creates the cluster of one owner at most once, whatever becomes of the answers."""

    def __init__(self, client: Client, living: Living, patience: Patience) -> None:
        self._client = client
        self._living = living
        self._patience = patience

    def find(self, desired: Desired) -> Cluster | None:
        """Return the living cluster that an earlier attempt of this owner left behind, or None.

        Raises:
            RefusedError: it may not be adopted: there are several, it is too old, or a new one would be needed anyway.
        """
        if desired.marker is None:
            return None
        found = self._living.find(desired.marker)
        if found is not None:
            _refuse_another_shape(found, desired)
            self._patience.tell(f"adopting cluster {found.id}, which an earlier attempt left behind", "")
        return found

    def post(self, desired: Desired) -> Cluster:
        """Create the cluster; where the answer is lost, look for it before anything is sent again.

        Raises:
            UnsureError: it can not be told whether it exists.
            ApiError: the service refused, so nothing exists.
            NotSentError: the service was never reached, so nothing exists.
        """
        before = self._living.look(desired.marker)
        again = "none either"
        for attempt in range(_POSTS):
            try:
                self._patience.go_on("creating it")
                return self._kept_marker(self._client.clusters.create(desired.fields()), desired)
            except UnsureError as lost:
                found = self._verify(desired, lost, before)
            except XplentyError as refused:
                if attempt == 0:
                    raise
                found, again = None, refused.message
            finally:
                self._living.posted(desired.marker)
            if found is not None:
                return found
        raise UnsureError(
            f"creating it got no answer, a second attempt: {again}; no cluster with its marker has appeared since",
            marker=str(desired.marker),
            advice=_advice_to_adopt(desired.marker),
        )

    def _kept_marker(self, cluster: Cluster, desired: Desired) -> Cluster:
        if desired.marker is not None and markers.whose(cluster.description) != desired.marker:
            self._patience.warn(
                f"cluster {cluster.id}: the service did not keep the ownership marker at the end of its description; "
                "shorten the description, or a cluster whose creation gets no answer can be lost"
            )
        return cluster

    def _verify(self, desired: Desired, lost: UnsureError, before: Look) -> Cluster | None:
        if desired.marker is None:
            raise UnsureError(
                f"{lost.message}; without an ownership marker it can not be told whether the cluster exists",
                advice="Look at the account's newest clusters and terminate a stray one before the next `pulumi up`",
            ) from None
        marker = desired.marker
        return find_late(
            lambda: self._living.find_since(marker, before),
            UnsureError(lost.message, marker=str(marker), resource=lost.resource),
            clock=self._patience.clock,
            tell=lambda: self._patience.tell(f"the answer got lost, looking for a cluster with {marker}", ""),
            advice=_advice_to_adopt(marker),
        )


def _advice_to_adopt(marker: Marker | None) -> str:
    return f"Run `pulumi up` again: it adopts a living cluster that carries {marker}"


def _refuse_another_shape(found: Cluster, desired: Desired) -> None:
    """A cluster that an earlier attempt made to another plan can not be turned into the desired one."""
    replaces = plan(CLUSTER, desired.inputs, cluster_view(found)).replaces
    if replaces:
        raise RefusedError(
            f"it carries the marker of this resource, left behind by an earlier attempt, but has another "
            f"{' and '.join(replaces)}; nothing was created or ended",
            resource=f"cluster {found.id}",
            advice="Terminate it, then run `pulumi up` again",
        )
