"""Many definitions that are read together cost the pages of their list; what no list shows is read where it changed."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from tests.support.accounts.bench import Bench
from tests.support.accounts.crowd import TOGETHER, Crowd
from tests.support.accounts.desired import OWNER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import marker_of, sign
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reconcile import DefinitionReconciler, KnownDefinitions, definition_of
from xplenty_pulumi.emulator import PackageSeed

BELL = {"type": "slack", "settings": {"url": "https://hooks.example.test/bell"}, "events": ["job"]}


def reconciler(bench: Bench, kind: Kind) -> DefinitionReconciler[Any]:
    """Return what acts on the definitions of a kind in a process of its own."""
    return DefinitionReconciler(KnownDefinitions(definition_of(kind, bench.client), Crowd()), bench.patience)


def packages(bench: Bench, count: int) -> list[int]:
    """Return the ids of that many new packages."""
    return [bench.emulator.add_package(PackageSeed(1_000 + one, f"load {one}")).id for one in range(count)]


def seen(bench: Bench, numbers: list[int]) -> dict[int, Mapping[str, object]]:
    """Return what the state has of these packages."""
    return {one: PACKAGE.view(bench.client.packages.get(one, include=("flow",)), {}) for one in numbers}


def test_a_thousand_cost_ten_pages(bench: Bench, threads: ThreadPoolExecutor) -> None:
    """A duplicate among them is looked for on the same pages."""
    owner = marker_of(OWNER)
    names = [sign("", owner.drawn(bench.clock.now(), Random(one)).held) for one in range(1_000)]
    numbers = [bench.client.hooks.create({**BELL, "name": name}).id for name in names]
    hooks, before = reconciler(bench, HOOK), bench.wire.count("GET .*")

    def read(number: int) -> Any:
        return hooks.read(number, owner=owner).record

    found = [*threads.map(read, numbers[:TOGETHER]), *map(read, numbers[TOGETHER:])]

    assert [one.id for one in found] == numbers
    assert bench.wire.count("GET .*") - before <= 11
    assert bench.warned == []


def test_a_flow_is_read_only_where_the_package_has_changed(bench: Bench, threads: ThreadPoolExecutor) -> None:
    """A list shows when each package was saved last, which tells whether its flow is still the one that was seen."""
    numbers = packages(bench, TOGETHER)
    state = seen(bench, numbers)
    bench.clock.advance(60)
    bench.emulator.edit_package(numbers[3], data_flow_json='{"edited": true}', updated_at=bench.clock.now().timestamp())
    known, before = reconciler(bench, PACKAGE), bench.wire.count("GET .*")

    found: list[Any] = [*threads.map(lambda one: known.read(one, seen=state[one]).record, numbers)]

    shown = [one.data_flow_json for one in found]
    assert shown == [None, None, None, '{"edited": true}', None, None, None, None]
    assert bench.wire.count("GET .*") - before == 2


def test_a_flow_is_read_where_nothing_was_seen(bench: Bench, threads: ThreadPoolExecutor) -> None:
    """As after an update that has failed."""
    numbers = packages(bench, TOGETHER)
    known = reconciler(bench, PACKAGE)

    found: list[Any] = [*threads.map(lambda one: known.read(one).record, numbers)]

    assert [one.data_flow_json for one in found] == ["{}"] * TOGETHER
