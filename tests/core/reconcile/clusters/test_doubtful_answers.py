"""The answer to a create is believed only where it shows what was asked for."""

from typing import Any

import httpx
import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, desired, signed
from tests.support.faults.behaviours import answers, rewritten
from tests.support.faults.exchange import Behaviour, Exchange
from xplenty_pulumi.core.kinds.marker import Owner, marker_of
from xplenty_pulumi.emulator import EmulatedCluster, Knobs
from xplenty_pulumi.errors import UnsureError

OURS = marker_of(OWNER)


def shows(bench: Bench, number: int, *, takes_effect: bool = True, **fields: Any) -> Behaviour:
    """Answer with the record of another cluster, with `fields` in it instead."""

    def behave(exchange: Exchange) -> httpx.Response:
        if takes_effect:
            exchange.forward()
        (record,) = [one for one in listed(bench) if one["id"] == number]
        return httpx.Response(200, json={**record, **fields})

    return behave


def listed(bench: Bench) -> list[dict[str, Any]]:
    """Return every cluster as the service shows it."""
    return [one.model_dump(mode="json", exclude_none=True) for one in bench.another_process().client.clusters.list()]


def untouched(bench: Bench, foreign: EmulatedCluster) -> bool:
    """Return whether nothing was changed of a cluster."""
    return bench.emulator.cluster(foreign.id) == foreign


def unmarked(record: dict[str, Any]) -> None:
    """Let an answer show no description."""
    record.pop("description")


def test_a_cluster_that_was_there_before_is_not_new(bench: Bench) -> None:
    """The answer of a mixed-up connection is taken for a lost one; ours is found by its nonce."""
    foreign = bench.emulator.add_cluster(nodes=5)
    bench.wire.on("POST clusters", shows(bench, foreign.id))
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert outcome.record.id != foreign.id
    assert untouched(bench, foreign)
    assert bench.wire.count("POST clusters") == 1


def test_an_ended_cluster_that_was_there_before_is_not_new(bench: Bench) -> None:
    """Nor is one that has ended, as long as it is among the newest."""
    old = bench.emulator.add_cluster(status="terminated")
    bench.wire.on("POST clusters", shows(bench, old.id))
    assert bench.clusters.create(desired()).record.id != old.id


@pytest.mark.parametrize("description", ["night loads", signed(owner=Owner("acme", "loads", "prod", "hourly"))])
def test_a_foreign_new_cluster_is_not_ours(bench: Bench, description: str) -> None:
    """One that others made meanwhile, though our own call had an effect."""
    bench.known_clusters.listing()
    foreign = bench.emulator.add_cluster(description=description)
    bench.wire.on("POST clusters", shows(bench, foreign.id))
    outcome = bench.clusters.create(desired())
    assert outcome.record.id != foreign.id
    assert untouched(bench, foreign)
    assert bench.wire.count("POST clusters") == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"description": signed(owner=Owner("acme", "loads", "prod", "hourly"))},
        {"description": signed(seed=99)},
        {"creator": {"type": "User", "id": 28}},
        {"nodes": 7},
        {"type": "sandbox"},
    ],
)
def test_a_foreign_new_cluster_is_not_taken_where_ours_is_not_there(bench: Bench, fields: dict[str, Any]) -> None:
    """Another marker, another creator or another shape show that; the call is sent once more."""
    bench.known_clusters.listing()
    foreign = bench.emulator.add_cluster(nodes=2)
    bench.wire.on("POST clusters", shows(bench, foreign.id, takes_effect=False, **fields), calls={1})
    outcome = bench.clusters.create(desired())
    assert outcome.problem is None
    assert outcome.record.id != foreign.id
    assert untouched(bench, foreign)
    assert bench.wire.count("POST clusters") == 2


def test_an_answer_without_the_marker_is_checked(bench: Bench) -> None:
    """Where the list shows the marker, the service keeps it, and nothing is to be warned of."""
    bench.wire.on("POST clusters", rewritten(unmarked))
    outcome = bench.clusters.create(desired(description="night"))
    assert outcome.problem is None
    assert bench.warned == []
    assert ":h]" in str(bench.emulator.cluster(outcome.record.id).description)
    assert len(bench.emulator.clusters()) == 1


def test_an_answer_without_the_marker_that_can_not_be_checked_is_unsure(bench: Bench) -> None:
    """Nothing is sent again while the list cannot be read."""
    bench.known_clusters.listing()
    bench.wire.on("POST clusters", rewritten(unmarked))
    bench.wire.on("GET clusters", answers(500))
    with pytest.raises(UnsureError, match="looking for it failed too"):
        bench.clusters.create(desired())
    assert bench.wire.count("POST clusters") == 1


@pytest.mark.parametrize(("description", "is_cut"), [("night", False), ("a" * 60, True)])
def test_a_marker_that_was_cut_off_is_warned_of(description: str, *, is_cut: bool) -> None:
    """A service that shortens descriptions takes the marker away, so the user hears what that means."""
    bench = Bench.new(knobs=Knobs(description_max_length=80, description_too_long="cut"))
    outcome = bench.clusters.create(desired(description=description))
    assert outcome.problem is None
    assert len(bench.emulator.clusters()) == 1
    texts = ["did not keep the ownership marker", "shows another description than was sent"] if is_cut else []
    assert [text in one for text, one in zip(texts, bench.warned, strict=True)] == [True] * len(texts)


SHORTENING = Knobs(description_max_length=30, description_too_long="cut")


@pytest.mark.parametrize("shown", ["Nightly lo", "nightly loads", "Nightly  Loads.", "Nightly Lo&#97;ds"])
def test_a_service_that_also_rewrites_the_name_has_created_it(shown: str) -> None:
    """It is kept and not created a second time, since all else is as it was sent."""
    bench = Bench.new(knobs=SHORTENING)
    bench.wire.on("POST clusters", rewritten(lambda record: record.update(name=shown)))
    outcome = bench.clusters.create(desired(name="Nightly Loads", description="sales"))
    assert outcome.problem is None
    assert [one.id for one in bench.emulator.clusters()] == [outcome.record.id]


def test_answers_that_show_another_cluster_are_named() -> None:
    """They are no lost answers: one of the clusters may be the one that was asked for."""
    bench = Bench.new(knobs=SHORTENING)
    bench.wire.on("POST clusters", rewritten(lambda record: record.update(name="another")))
    with pytest.raises(UnsureError, match=r"shows cluster 501 .*then: the answer shows cluster 502"):
        bench.clusters.create(desired(name="night", description="sales"))
