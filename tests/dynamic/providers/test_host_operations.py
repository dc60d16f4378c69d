"""Many calls at once, and the user who has had enough."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import HostError
from tests.support.engine.ran import LONGEST, eventually
from xplenty_pulumi.emulator import Emulator

AT_ONCE = 64


def create(scene: ProviderScene) -> HostError:
    """Begin a cluster that will not become ready, and return how that ended."""
    host = scene.clusters()
    with pytest.raises(HostError) as caught:
        host.create(host.properties({"nodes": 2}))
    return caught.value


def test_64_creates_at_once_and_a_cancel(make_apart: Callable[..., ProviderScene]) -> None:
    """64 creates wait at the same time; a cancel ends them all, and each keeps the cluster that it has begun."""
    with Emulator(step=0) as account, ThreadPoolExecutor(AT_ONCE) as threads:
        scene = make_apart(account)
        scene.clusters().check({"nodes": 2})
        waiting = [threads.submit(create, scene) for _ in range(AT_ONCE)]
        eventually(lambda: len(account.clusters()) == AT_ONCE or None)
        scene.clusters().cancel()
        ends = [one.result(timeout=LONGEST) for one in waiting]
        ids = {end.kept.id for end in ends}
        assert ids == {str(cluster.id) for cluster in account.living_clusters()}
    assert len(ids) == AT_ONCE
    assert all("cancel" in end.status.message for end in ends)
