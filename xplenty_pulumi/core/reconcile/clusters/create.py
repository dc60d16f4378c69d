"""Creating a cluster at most once: FIND, POST, VERIFY."""

from collections.abc import Callable
from dataclasses import dataclass

from xplenty_pulumi.client import Client, Cluster
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.core.kinds.cluster import CLUSTER, cluster_view, is_only_accepted
from xplenty_pulumi.core.kinds.compare import differences, plan
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.obstacles import explained
from xplenty_pulumi.core.kinds.ownership import WINDOW_TEXT, hand_over, is_of_another, marker_on
from xplenty_pulumi.core.reconcile.clusters.known import ClusterListing, KnownClusters
from xplenty_pulumi.core.reconcile.intent import DesiredThing, Intent, everything
from xplenty_pulumi.core.reconcile.kept import is_alike
from xplenty_pulumi.core.reconcile.known import ADOPTED
from xplenty_pulumi.core.reconcile.repeat import find_late
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import RefusedError, UnsureError, XplentyError
from xplenty_pulumi.text import label

_POSTS = 2
_ADVICE = f"Run `pulumi up` again within {WINDOW_TEXT}: it adopts a cluster that this create call has made"
ALL_OF_A_CLUSTER = everything(CLUSTER)


@dataclass(frozen=True)
class DesiredCluster(DesiredThing):
    """A cluster as it should be: how long becoming so and ending may take, and what an update is about.

    One that `is_adopted` is only this resource's as long as it carries its marker.
    """

    timeout: float
    terminate_timeout: float
    intent: Intent = ALL_OF_A_CLUSTER
    is_adopted: bool = False

    @property
    def keeps_broken(self) -> bool:
        """Whether a new cluster that ends in `error` is left for the user to look at."""
        return self.inputs.get("on_create_failure") == "keep"

    @property
    def is_only_accepted(self) -> bool:
        """Whether what is sent is waited for only until the service shows that it is at work on it."""
        return is_only_accepted(self.inputs)

    def create_body(self, marker: Marker) -> dict[str, object]:
        """Return the body of a create call with this marker: what the user set and the documented defaults."""
        local = CLUSTER.names(Change.LOCAL)
        sent = {name: value for name, value in self.inputs.items() if name not in local}
        return {**sent, "description": markers.sign(str(self.inputs.get("description", "")), marker)}


class ClusterCreation:
    """Creates one cluster at most once, whatever becomes of the answers; `nonces` are of its calls and adoption."""

    def __init__(self, client: Client, known: KnownClusters, patience: Patience, desired: DesiredCluster) -> None:
        self._client = client
        self._known = known
        self._patience = patience
        self._desired = desired
        self.nonces = list(desired.nonces)

    def adopted(self, end: Callable[[Cluster], object]) -> Cluster | None:
        """Return the cluster that interrupted create calls left behind, named in a warning; None where there is none.

        A broken one is brought to its `end` first, unless it is kept. The nonces of all of them count as this
        creation's own from then on.

        Raises:
            RefusedError: a cluster carries the marker that nothing proves to be this resource's, or the one to adopt
                would have to be replaced.
        """
        claims = self._known.claims(self._desired.marker)
        claims.refuse_others()
        self.nonces += claims.nonces
        for found in sorted(claims.adoptable, key=lambda one: not CLUSTER.is_living(one.status)):
            if CLUSTER.is_living(found.status) or self._desired.keeps_broken:
                _refuse_another_shape(found, self._desired)
                self._patience.adopted(label(CLUSTER.name, found.id), f"adopted cluster {found.id}, {ADOPTED}")
                self.nonces.append(self._known.adopting(self._desired.marker).nonce)
                return found
            self._patience.tell(
                f"ending cluster {found.id}, which is broken and carries the marker of this resource", ""
            )
            end(found)
        return None

    def post(self) -> Cluster:
        """Create the cluster; where the answer is lost or shows another one, look for it before anything is sent again.

        Raises:
            UnsureError: it cannot be told whether it exists.
            ApiError: the service refused, so nothing exists.
            NotSentError: the service was never reached, so nothing exists.
        """
        before = self._known.listing(self._desired.marker)
        said: list[str] = []
        for attempt in range(_POSTS):
            try:
                return self._posted(before)
            except UnsureError as lost:
                said.append(lost.message)
                found = self._verified(lost, before)
            except XplentyError as refused:
                if attempt == 0:
                    raise explained(refused, self._desired.inputs, before.unended.values()) from None
                said.append(refused.message)
                found = None
            finally:
                self._known.posted(self._desired.marker)
            if found is not None:
                return found
        raise UnsureError(
            f"creating it was tried twice: {'; then: '.join(dict.fromkeys(said))}; no cluster with its marker has "
            "appeared since",
            marker=str(self._desired.marker),
            advice=_ADVICE,
        )

    def _posted(self, before: ClusterListing) -> Cluster:
        """Send one create call, and believe its answer where it shows what was asked for."""
        self._patience.go_on("creating it")
        drawn = self._known.drawn(self._desired.marker)
        self.nonces.append(drawn.nonce)
        made = self._client.clusters.create(self._desired.create_body(drawn))
        if before.shows(made.id):
            raise UnsureError(f"the answer shows cluster {made.id}, which was there before", resource="new cluster")
        return made if markers.read(made.description) == drawn else self._of_unmarked_answer(made, before)

    def _of_unmarked_answer(self, made: Cluster, before: ClusterListing) -> Cluster:
        """The cluster with the marker that the answer lacks; where there is none, the service does not keep markers."""
        lost = UnsureError(
            f"the answer shows cluster {made.id} without the marker that was sent", resource="new cluster"
        )
        found = self._verified(lost, before)
        if found is not None:
            return found
        wanted = {name: value for name, value in self._desired.inputs.items() if name != "description"}
        wrong = differences(CLUSTER, wanted, cluster_view(made))
        if not is_alike(CLUSTER, wrong) or marker_on(made) or is_of_another(made, self._known.user):
            raise lost
        self._patience.warn(
            f"cluster {made.id}: the service did not keep the ownership marker at the end of its description; "
            "shorten the description, or a cluster whose creation gets no answer can be lost"
        )
        return made

    def _verified(self, lost: UnsureError, before: ClusterListing) -> Cluster | None:
        marker = self._desired.marker
        return find_late(
            lambda: next(iter(self._known.appeared(marker, self.nonces, before)), None),
            UnsureError(lost.message, marker=str(marker), resource=lost.resource),
            what=f"a cluster with {marker}",
            patience=self._patience,
            advice=_ADVICE,
        )


def _refuse_another_shape(found: Cluster, desired: DesiredCluster) -> None:
    """Raise RefusedError where it was made to another plan and cannot be turned into the desired one."""
    replaces = plan(CLUSTER, desired.inputs, cluster_view(found)).replaces
    if replaces and replaces != ("status",):
        raise RefusedError(
            "it carries the marker of this resource, as after an interrupted create call or a hand-over, but has "
            f"another {' and '.join(replaces)}; nothing was created or ended",
            resource=f"cluster {found.id}",
            advice=f"Terminate it (`xplenty-pulumi terminate cluster {found.id}`), or keep it apart from any stack "
            f"({hand_over(found, ' --release')}), then run `pulumi up` again",
        )
