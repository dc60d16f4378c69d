"""A definition is found among more than a page of others, whatever happens to these while they are read."""

from dataclasses import replace

import httpx

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import DATABASE, desired_connection, desired_schedule
from tests.support.faults.behaviours import preceded_by, rewritten
from tests.support.faults.exchange import Exchange
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reading.pages import PAGE
from xplenty_pulumi.core.reconcile import KnownDefinitions, definition_of
from xplenty_pulumi.emulator import Seed


def test_one_that_moves_to_a_page_that_was_read_is_adopted() -> None:
    """A newer one is removed between two pages, and the first of the second becomes the last of the first."""
    bench = Bench.new(seed=Seed(schedules=()))
    lost = bench.schedules.create(replace(desired_schedule(), is_saved_at_once=False)).record
    theirs = {"name": "theirs", "task": {"packages": [{"package_id": 101}]}}
    newer = [bench.client.schedules.create(theirs).id for _ in range(PAGE)]
    removed = preceded_by(lambda: bench.client.schedules.delete(newer[0]))
    bench.wire.on("GET schedules", removed, calls={2})
    assert bench.another_process().schedules.create(desired_schedule()).record.id == lost.id


def test_what_is_archived_counts_for_its_page(bench: Bench) -> None:
    """Else a list of more than a page, in which one is archived, would be read once."""
    flow = {"name": "theirs", "data_flow_json": "{}"}
    for _ in range(PAGE):
        bench.client.packages.create(flow)

    bench.wire.on("GET packages", rewritten(lambda record: record.update(status="archived")), calls={1, 3})
    known = KnownDefinitions(definition_of(PACKAGE, bench.client), bench.clock)
    assert {one.name for one in known.all()}.isdisjoint({"theirs"})
    assert bench.wire.count("GET packages") == 4


def test_a_lost_connection_is_on_the_first_page(bench: Bench) -> None:
    """The service lists connections by name unless it is told otherwise, and this one gives its first page alone."""

    def first_page(exchange: Exchange) -> httpx.Response:
        return exchange.forward() if exchange.request.url.params["offset"] == "0" else httpx.Response(200, json=[])

    for number in range(PAGE):
        bench.client.connections.create({"type": "mysql", "name": f"theirs {number}", **DATABASE})
    bench.clock.advance(1)
    lost = bench.connections.create(replace(desired_connection(), is_saved_at_once=False)).record
    bench.wire.on("GET connections", first_page)
    assert bench.another_process().connections.create(desired_connection()).record.key == lost.key
