"""Which resources of a state are ours, and of which kind: their provider says it, whatever their type is.

Read from a state too, where the SDK is not needed.
"""

import base64
import pickletools
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN, Kind
from xplenty_pulumi.dynamic import PUBLIC_MODULE

PROVIDER = "__provider"
"""Hidden property that names the provider class; the host needs it in everything that goes into the state."""
_KINDS: Mapping[tuple[str, ...], Kind] = MappingProxyType(
    {
        (PUBLIC_MODULE, "ClusterProvider"): CLUSTER,
        (PUBLIC_MODULE, "JobRunProvider"): JOB_RUN,
        (PUBLIC_MODULE, "HookProvider"): HOOK,
    }
)


def kind_of(resource: Mapping[str, Any]) -> Kind | None:
    """Return the kind of a resource as an export, a pending operation or a step of a preview has it; None: not ours.

    A class that a program derives from ours may have any type, so the provider in the inputs or outputs decides.
    """
    for properties in (resource.get("inputs"), resource.get("outputs")):
        if isinstance(properties, Mapping) and isinstance(found := properties.get(PROVIDER), str):
            return _KINDS.get(_class_in(found))
    return None


@lru_cache(maxsize=64)
def _class_in(provider: str) -> tuple[str, ...]:
    """The module and the name of the pickled provider's class, read without loading what a state names."""
    try:
        texts = [text for _, text, _ in pickletools.genops(base64.b64decode(provider)) if isinstance(text, str)]
    except (ValueError, IndexError, OverflowError):
        return ()
    return tuple(" ".join(texts).split()[:2])
