"""All kinds of resources: the one list that a new kind is added to."""

from collections.abc import Mapping
from types import MappingProxyType

from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.connection import CONNECTION
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Field, Kind
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.kinds.schedule import SCHEDULE

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (CLUSTER, JOB_RUN, PACKAGE, SCHEDULE, CONNECTION, HOOK)}
)
"""Every kind by its name."""
MARKED: Mapping[str, Kind] = MappingProxyType({name: kind for name, kind in KINDS.items() if kind.signed})
"""The kinds that carry an ownership marker."""
FIELDS: tuple[Field, ...] = tuple(field for kind in KINDS.values() for field in kind.fields)
"""The inputs of all kinds."""


def kind_of(record: object) -> Kind:
    """Return the kind of a record of the client, whose class has the kind's name."""
    return KINDS[type(record).__name__.lower()]
