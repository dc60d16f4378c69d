"""A provider that tells all it knows, to see whether the search would find it."""

from typing import Any

from pulumi.dynamic import ReadResult

from tests.support.leaks import IN_VARIABLES, planted
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.providers.base import Provider

LEAK = planted(IN_VARIABLES)


class LeakyProvider(Provider):
    """Fails every read with a secret in the text and in the outputs."""

    kind = CLUSTER

    def view(self, record: Any) -> dict[str, object]:
        return {"record": record}

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        raise bridge.fail_partially(
            bridge.current_call(), LEAK, resource_id=id_, outputs={"errors": LEAK, "__provider": props["__provider"]}
        )
