"""Every item of the bridge, and every fallback, in the host of each version of the SDK that the page on it lists."""

import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene, host_apart
from tests.dynamic.host import Host, HostError
from tests.sdk.versions import OLDEST, ROOT, VERSIONS, described, install
from tests.support import scoreboard
from tests.support.engine.ran import eventually
from tests.support.engine.stack import STEP, Stack, cluster, job
from tools.engine.find import find
from xplenty_pulumi.dynamic.bridge.report import ITEMS
from xplenty_pulumi.dynamic.state import side_by_side
from xplenty_pulumi.emulator import Emulator

AT_ONCE = 12
OF_THE_HOST = 4
"""Workers of a host that nothing was done to."""
SOON = 2.0


def inputs(host: Host, **given: Any) -> dict[str, Any]:
    """Return the checked inputs of a cluster."""
    found, failures = host.check(host.properties({"nodes": 2, **given}))
    assert not failures
    return found


def failure(host: Host, **given: Any) -> HostError:
    """Return how a create of a cluster ends that will not be ready before one second is over."""
    checked = inputs(host, **given)
    with pytest.raises(HostError) as caught:
        host.create(checked, timeout=1)
    return caught.value


def begin(scene: ProviderScene, crowd: ThreadPoolExecutor, count: int, **given: Any) -> list[Future[Any]]:
    """Send so many creates at once, all of them checked before, and return the answers that will come."""
    hosts = [scene.clusters() for _ in range(count)]
    ready = [inputs(host, **given) for host in hosts]
    return [crowd.submit(host.create, one) for host, one in zip(hosts, ready, strict=True)]


def make_ready(scene: ProviderScene) -> None:
    """Let every cluster of the account become available now."""
    for one in scene.account.living_clusters():
        scene.account.edit_cluster(one.id, status="available")


def twelve_at_once(scene: ProviderScene) -> None:
    """Twelve creates wait at the same time, and a check beside them is answered at once."""
    before = len(scene.account.clusters())
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        going = begin(scene, crowd, AT_ONCE)
        eventually(lambda: len(scene.account.clusters()) == before + AT_ONCE or None)
        start = monotonic()
        inputs(scene.clusters())
        took = monotonic() - start
        assert not any(one.done() for one in going)
        make_ready(scene)
        assert {side_by_side(one.result()[1])["status"] for one in going} == {"available"}
    assert took < SOON


def four_at_a_time(scene: ProviderScene) -> None:
    """Twelve creates come to their end, four at the same moment."""
    before = len(scene.account.clusters())
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        going = begin(scene, crowd, AT_ONCE)
        for made in range(OF_THE_HOST, AT_ONCE + 1, OF_THE_HOST):
            eventually(lambda made=made: len(scene.account.clusters()) >= before + made or None)  # type: ignore[misc]  # mypy infers no type for a default
            assert sum(one.done() for one in going) <= made
            assert len(scene.account.clusters()) - before == made
            make_ready(scene)
        assert {side_by_side(one.result()[1])["status"] for one in going} == {"available"}


def time_out_of_the_option(scene: ProviderScene) -> None:
    """The resource option `custom_timeouts` decides, and rows carry the URN."""
    host = scene.clusters()
    assert "not available with 2 nodes after 1s" in failure(host, ready_timeout="30m").status.message
    assert any(line.urn == host.urn for line in scene.engine.lines)


def time_out_of_the_input(scene: ProviderScene) -> None:
    """The input decides, whatever the resource option says."""
    host = scene.clusters()
    checked = inputs(host, ready_timeout=1.5)
    with pytest.raises(HostError, match="not available with 2 nodes after 2s"):
        host.create(checked, timeout=600)


def row_text(scene: ProviderScene) -> None:
    """The row of the resource shows where it is and since when, without being a message for ever."""
    host = scene.clusters()
    failure(host)
    mine = [line for line in scene.engine.lines if line.urn == host.urn]
    assert mine[0].text.startswith("[1/2] pending · 0s of 1s")
    assert mine[0].ephemeral
    assert not scene.printed


def lines_of_the_stack(scene: ProviderScene) -> None:
    """The host's output has one line per change, beginning with the resource's name."""
    host = scene.clusters()
    checked = inputs(host, ready_timeout=1)
    with pytest.raises(HostError):
        host.create(checked)
    assert f"{host.urn.rpartition('::')[2]}: [1/2] pending" in scene.printed
    assert not [line for line in scene.engine.lines if line.urn]


def state_kept(scene: ProviderScene) -> None:
    """The trailer holds id, outputs and the reason, and can be read."""
    error = failure(scene.clusters())
    assert error.kept.id == str(scene.account.clusters()[-1].id)
    assert side_by_side(error.kept_outputs)["status"] == "pending"
    assert "not available" in error.kept.reasons[0]


def adopted(scene: ProviderScene) -> None:
    """Nothing is kept; the same create once more finds the cluster by its marker and makes no second."""
    host = scene.clusters()
    checked = inputs(host, ready_timeout=1)
    with pytest.raises(HostError) as caught:
        host.create(checked)
    assert caught.value.trailer == b""
    before = len(scene.account.clusters())
    make_ready(scene)
    assert host.create(checked)[0] == str(scene.account.clusters()[-1].id)
    assert len(scene.account.clusters()) == before


def one_line(scene: ProviderScene) -> None:
    """The user reads our paragraph and nothing else."""
    with pytest.raises(HostError) as caught:
        scene.clusters().read("987654", {})
    assert caught.value.status.message == (
        "cluster 987654: the service does not know it (404). Correct the id that the program looks up"
    )


def host_text_that_ends_in_ours(scene: ProviderScene) -> None:
    """The user reads what the host makes of an exception, mostly a traceback, and at its end our paragraph."""
    with pytest.raises(HostError) as caught:
        scene.clusters().read("987654", {})
    assert caught.value.trailer == b""
    assert caught.value.text.rstrip().endswith(
        ": cluster 987654: the service does not know it (404). Correct the id that the program looks up"
    )


def cancel_ends_the_wait(scene: ProviderScene) -> None:
    """A Cancel ends a wait within two seconds, with the id for the state."""
    before = len(scene.account.clusters())
    with ThreadPoolExecutor(1) as crowd:
        (going,) = begin(scene, crowd, 1)
        eventually(lambda: len(scene.account.clusters()) > before or None)
        start = monotonic()
        scene.clusters().cancel()
        with pytest.raises(HostError) as caught:
            going.result()
        took = monotonic() - start
    assert caught.value.kept.id == str(scene.account.clusters()[-1].id)
    assert took < SOON


def wait_ends_with_its_deadline(scene: ProviderScene) -> None:
    """A Cancel changes nothing: the wait ends when its time is over."""
    before = len(scene.account.clusters())
    with ThreadPoolExecutor(1) as crowd:
        (going,) = begin(scene, crowd, 1, ready_timeout=3)
        eventually(lambda: len(scene.account.clusters()) > before or None)
        scene.clusters().cancel()
        with pytest.raises(HostError, match="not available with 2 nodes after 3s"):
            going.result()


def ends_with_its_engine(scene: ProviderScene) -> None:
    """A killed engine takes the process along within two seconds."""
    inputs(scene.clusters())
    scene.engine.kill()
    assert scene.ended is not None
    assert scene.ended(SOON) == 1


Checks = Mapping[str, Callable[[ProviderScene], None]]

BRIDGE: Checks = {
    "pool": twelve_at_once,
    "request": time_out_of_the_option,
    "rows": row_text,
    "partial state": state_kept,
    "one-line errors": one_line,
    "cancel": cancel_ends_the_wait,
    "engine watch": ends_with_its_engine,
}
"""What works, item by item; a process hears a Cancel once for ever, and does not outlive its engine."""
FALLBACK: Checks = {
    "pool": four_at_a_time,
    "request": time_out_of_the_input,
    "rows": lines_of_the_stack,
    "partial state": adopted,
    "one-line errors": host_text_that_ends_in_ours,
    "cancel": wait_ends_with_its_deadline,
    "engine watch": ends_with_its_engine,
}
"""What stands in for each item; the watch over the engine cannot be switched off."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for an environment of some hundred megabytes, which is not kept."""
    yield tmp_path
    shutil.rmtree(tmp_path)


def found(checks: Checks, python: str, switch: str) -> dict[str, str]:
    """Return the items that do not hold in the host of this interpreter, each with what was seen."""
    with (
        Emulator() as account,
        host_apart(account, python=python, PYTHONPATH=str(ROOT), XPLENTY_BRIDGE=switch) as scene,
    ):
        problems = {}
        for item, check in checks.items():
            try:
                check(scene)
            except (AssertionError, LookupError, HostError, pytest.fail.Exception) as problem:
                problems[item] = f"{type(problem).__name__}: {problem}"
        return problems


@pytest.mark.long
@pytest.mark.parametrize("version", VERSIONS)
def test_every_item_and_every_fallback(version: str, folder: Path) -> None:
    """All items work in this version, all fallbacks with the bridge switched off, and a program lives on the engine."""
    python = install(version, folder / "environment")
    engine = str(find(os.environ["PATH"]).version)
    row = described(python, engine, dependencies="newest", ran="each item of the bridge, its fallback, a program")
    scoreboard.support(row, result="failed")
    assert found(BRIDGE, python, "on") == {}
    assert found(FALLBACK, python, "off") == {}
    lives_on_the_engine(python, folder / "stack")
    scoreboard.support(row, result="succeeded")


def lives_on_the_engine(python: str, folder: Path) -> None:
    """Take a cluster and a run through their life on the real engine."""
    with Emulator(step=STEP) as account:
        stack = Stack(folder, account, PULUMI_PYTHON_CMD=python, PYTHONPATH=str(ROOT))
        output = stack.declare(cluster("etl"), job("load")).up().succeeded().output
        assert "xplenty_pulumi does not find" not in output
        stack.destroy().succeeded()
        assert [one.status for one in account.clusters()] == ["terminated"]


def test_both_columns_name_every_item() -> None:
    """No item of the bridge is without a check of what it gives and of what stands in for it."""
    assert list(BRIDGE) == list(FALLBACK) == [item.name for item in ITEMS]


def test_oldest_version_is_the_one_that_may_be_installed() -> None:
    """The lower bound in pyproject.toml is a version that is tested."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert f"pulumi>={OLDEST.removesuffix('.0')}" in listed
