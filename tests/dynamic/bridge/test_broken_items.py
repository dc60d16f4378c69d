"""Each item of the bridge broken alone, by a host that differs in one thing: it is told, and the fallback holds."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host, HostError, Line
from tests.support.engine.ran import eventually
from xplenty_pulumi.dynamic.bridge.report import ITEMS
from xplenty_pulumi.dynamic.state import side_by_side
from xplenty_pulumi.emulator import Emulator, Knobs

pytestmark = pytest.mark.slow

BROKEN = {
    "nothing": set[str](),
    "pool": {"pool"},
    "request": {"request", "rows"},
    "rows": {"rows", "engine watch"},
    "partial state": {"partial state"},
    "one-line errors": {"partial state", "one-line errors"},
    "cancel": {"cancel"},
    "names": {"request", "rows", "partial state", "one-line errors"},
}
"""What falls back for each change of the host: some items stand on others."""
SLOW_STEP = 10.0
NO_ADDRESS = {"rows"}
"""Changes with which the engine can be told nothing at all."""


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account on which a cluster takes eighteen looks, which are more than half a second on any machine."""
    with Emulator(step=SLOW_STEP) as emulator:
        yield emulator


@pytest.fixture
def endless() -> Iterator[Emulator]:
    """An account on which a cluster is creating at the first look, and stays so."""
    with Emulator(step=0, knobs=Knobs(pending_seconds=0)) as emulator:
        yield emulator


@pytest.fixture
def changed(make_apart: Callable[..., ProviderScene], account: Emulator) -> Callable[..., ProviderScene]:
    """A maker of hosts with one thing changed."""
    return lambda name, **more: make_apart(account, command=("-m", "tests.dynamic.broken_host", name), **more)


def checked(host: Host, **given: Any) -> dict[str, Any]:
    inputs, failures = host.check(host.properties({"nodes": 2, **given}))
    assert not failures
    return inputs


def of_the_stack(scene: ProviderScene, severity: str) -> list[str]:
    """Return the lines about no resource."""
    return [line.text for line in scene.engine.lines if line.urn == "" and line.severity == severity]


@pytest.mark.parametrize("change", BROKEN)
def test_report_names_what_falls_back(changed: Callable[..., ProviderScene], change: str) -> None:
    """One warning names exactly what should work and does not, why, and the fallback; debugging shows every item."""
    scene = changed(change)
    checked(scene.clusters())
    checked(scene.clusters())
    warnings = scene.printed if change in NO_ADDRESS else of_the_stack(scene, "WARNING")
    found = {one for line in warnings for one in re.findall(r"[:;] ([\w -]+) falls back to [\w -]+ \(.+?\)", line)}
    assert found == BROKEN[change]
    assert len(warnings) == (1 if BROKEN[change] else 0)
    if change not in NO_ADDRESS:
        (report,) = of_the_stack(scene, "DEBUG")
        assert set(re.findall(r"[:;] ([\w -]+?) works", report)) == {item.name for item in ITEMS} - found


def test_switched_off_there_is_no_warning(changed: Callable[..., ProviderScene]) -> None:
    """Whoever has switched the bridge off knows it, so only debugging says what falls back; what is safety stays."""
    scene = changed("names", XPLENTY_BRIDGE="off")
    checked(scene.clusters())
    assert of_the_stack(scene, "WARNING") == []
    (report,) = of_the_stack(scene, "DEBUG")
    assert report.count("(switched off by XPLENTY_BRIDGE)") == len(ITEMS) - 1
    assert "engine watch works" in report


def test_second_provider_adds_no_report(changed: Callable[..., ProviderScene]) -> None:
    """The process of a program with clusters and runs is tested and told of once."""
    scene = changed("cancel")
    checked(scene.clusters())
    scene.runs().check({"cluster_id": 1, "package_id": 2})
    assert len(of_the_stack(scene, "WARNING")) == len(of_the_stack(scene, "DEBUG")) == 1


def test_without_the_pool_four_at_a_time(changed: Callable[..., ProviderScene], account: Emulator) -> None:
    """Six creates come to their end, never more than four at the same moment."""
    scene = changed("pool")
    hosts = [scene.clusters() for _ in range(6)]
    ready = [checked(host) for host in hosts]
    with ThreadPoolExecutor(6) as crowd:
        ids = {made[0] for made in crowd.map(lambda host, inputs: host.create(inputs), hosts, ready)}
    clusters = sorted(account.clusters(), key=lambda one: one.created_at)
    assert ids == {str(one.id) for one in clusters}
    ends = sorted(one.available_since for one in clusters if one.available_since is not None)
    assert len(ends) == 6
    assert all(later.created_at >= end for later, end in zip(clusters[4:], ends, strict=False))
    assert len(ends) == 6


def test_without_the_request_inputs_and_defaults_count(
    changed: Callable[..., ProviderScene], account: Emulator
) -> None:
    """The time-out of the resource option is not seen, the input is, and changes are printed by the resource's name."""
    scene = changed("request")
    host = scene.clusters()
    host.create(checked(host), timeout=0.2)
    account.pace(0)
    other = scene.clusters()
    with pytest.raises(HostError, match="not available with 2 nodes after 1s"):
        other.create(checked(other, ready_timeout=1), timeout=300)
    name = host.urn.rpartition("::")[2]
    assert [line for line in scene.printed if line.startswith(f"{name}: ")] == [
        f"{name}: [1/2] pending",
        f"{name}: [2/2] creating",
        f"{name}: available",
    ]
    assert not [line for line in scene.engine.lines if line.urn]


def test_without_rows_changes_are_printed(make_apart: Callable[..., ProviderScene], endless: Emulator) -> None:
    """An address that is no longer the last argument costs the rows alone: time-outs are obeyed."""
    scene = make_apart(endless, command=("-m", "tests.dynamic.broken_host", "rows"))
    host = scene.clusters()
    with pytest.raises(HostError, match="not available with 2 nodes after 1s") as caught:
        host.create(checked(host), timeout=1)
    assert caught.value.kept.id
    eventually(lambda: f"{host.urn.rpartition('::')[2]}: [2/2] creating" in scene.printed or None)


def test_without_partial_state_the_next_create_adopts(changed: Callable[..., ProviderScene], account: Emulator) -> None:
    """A time-out is still one line but leaves nothing in the state; the same create finds its cluster again."""
    scene = changed("partial state")
    host = scene.clusters()
    inputs = checked(host)
    account.pace(0)
    with pytest.raises(HostError) as caught:
        host.create(inputs, timeout=0.2)
    account.pace(SLOW_STEP)
    assert list(caught.value.status.details) == []
    assert caught.value.status.message.startswith(f"cluster {account.clusters()[0].id}: not available")
    assert host.create(inputs)[0] == str(account.clusters()[0].id)
    assert len(account.clusters()) == 1


@pytest.mark.parametrize("change", ["one-line errors", "names"])
def test_without_a_trailer_the_traceback_ends_in_our_text(changed: Callable[..., ProviderScene], change: str) -> None:
    """The host's own way of failing is a traceback, and its last line is our paragraph."""
    with pytest.raises(HostError) as caught:
        changed(change).clusters().read("987654", {})
    assert caught.value.trailer == b""
    assert (
        caught.value.text.rstrip()
        .splitlines()[-1]
        .endswith(
            "ProviderFailure: cluster 987654: the service does not know it (404). "
            "Correct the id that the program looks up"
        )
    )


def test_without_cancel_the_wait_ends_with_its_deadline(
    changed: Callable[..., ProviderScene], account: Emulator
) -> None:
    """A Cancel that is not heard changes nothing: the wait goes on until its own end."""
    scene = changed("cancel")
    host = scene.clusters()
    inputs = checked(host)
    account.pace(0)
    with ThreadPoolExecutor(1) as crowd:
        going = crowd.submit(host.create, inputs)
        eventually(lambda: account.clusters() or None)
        scene.clusters().cancel()
        account.pace(SLOW_STEP)
        assert side_by_side(going.result()[1])["status"] == "available"


def test_last_words_reach_the_user(changed: Callable[..., ProviderScene]) -> None:
    """The engine's Cancel after the last call is the moment for what is said at the end."""
    scene = changed("nothing")
    host = scene.clusters()
    checked(host)
    host.cancel()
    last_words = [line for line in scene.engine.lines if line.text.startswith("spent")]
    assert last_words == [
        Line("INFO", "", "spent 12 calls", ephemeral=False),
        Line("DEBUG", "", "spent 12 calls, in detail", ephemeral=False),
    ]


def test_what_was_sent_is_told_to_those_who_debug(changed: Callable[..., ProviderScene]) -> None:
    """Without a wish for it, nobody else reads how many calls there were."""
    scene = changed("nothing")
    host = scene.clusters()
    checked(host)
    host.cancel()
    (line,) = [line for line in scene.engine.lines if line.text.startswith("xplenty_pulumi sent ")]
    assert line.severity == "DEBUG"
