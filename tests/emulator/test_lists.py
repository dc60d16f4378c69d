"""Lists: paging, sorting, filtering."""

import re
from typing import Any

import pytest

from tests.support.accounts.caller import AccountCaller, emulated


def with_clusters(count: int, **knobs: Any) -> AccountCaller:
    """Return a caller of an account in which a cluster was added every minute."""
    caller = emulated(**knobs)
    for index in range(count):
        caller.emulator.add_cluster(name=f"c{index}")
        caller.clock.advance(60)
    return caller


def names(response: Any) -> list[str]:
    return [cluster["name"] for cluster in response.json()]


def links(response: Any) -> dict[str, str]:
    found = re.findall(r"<([^>]+)>; rel=\"(\w+)\"", response.headers.get("Link", ""))
    return {rel: url for url, rel in found}


def test_the_newest_come_first() -> None:
    """Without parameters a list is sorted by creation, newest first."""
    assert names(with_clusters(3).get("clusters")) == ["c2", "c1", "c0"]


def test_equal_moments_are_sorted_by_id() -> None:
    """Records made in the same moment keep a fixed order."""
    caller = emulated()
    first, second = (caller.post("clusters", {"nodes": 2}).json()["id"] for _ in range(2))
    assert [cluster["id"] for cluster in caller.get("clusters").json()] == [second, first]


@pytest.mark.parametrize("direction", ["asc", "ASC", "Asc"])
def test_the_direction_may_be_in_capitals(direction: str) -> None:
    """`direction` turns the order round, in any case and without `sort`."""
    assert names(with_clusters(3).get("clusters", direction=direction)) == ["c0", "c1", "c2"]


def test_lists_sort_by_their_last_change() -> None:
    """`sort=updated` puts what changed last first."""
    caller = with_clusters(3)
    first = caller.emulator.clusters()[0]
    caller.put(f"clusters/{first.id}", {"description": "touched"})
    assert names(caller.get("clusters", sort="updated")) == ["c0", "c2", "c1"]


def test_twenty_are_the_default_page() -> None:
    """Without `limit` a page has 20 items."""
    assert len(with_clusters(21).get("clusters").json()) == 20


def test_pages_follow_one_another() -> None:
    """`limit` and `offset` cut the list; past its end it is empty."""
    caller = with_clusters(5)
    pages = [names(caller.get("clusters", limit=2, offset=offset)) for offset in (0, 2, 4, 6, 10**12)]
    assert pages == [["c4", "c3"], ["c2", "c1"], ["c0"], [], []]


def test_links_lead_through_the_whole_list() -> None:
    """Following `next` visits every item once, with the other parameters kept."""
    caller = with_clusters(5)
    response = caller.get("clusters", limit=2, direction="asc")
    seen = names(response)
    while "next" in links(response):
        path, _, query = links(response)["next"].partition("?")
        response = caller.send("GET", path.removeprefix(caller.emulator.url), query=query)
        seen += names(response)
    assert seen == ["c0", "c1", "c2", "c3", "c4"]


def test_links_name_the_pages_beside() -> None:
    """In the middle of a list both neighbours are named by offset; at its ends one is missing."""
    caller = with_clusters(5)
    middle = links(caller.get("clusters", limit=2, offset=2, status="all"))
    assert {rel: url.partition("?")[2] for rel, url in middle.items()} == {
        "next": "status=all&offset=4&limit=2",
        "prev": "status=all&offset=0&limit=2",
    }
    assert list(links(caller.get("clusters", limit=2))) == ["next"]
    assert list(links(caller.get("clusters", limit=2, offset=4))) == ["prev"]
    assert links(caller.get("clusters")) == {}


@pytest.mark.parametrize(("setting", "expected"), [(False, []), (True, ["next"])])
def test_a_next_link_on_the_last_page_is_a_knob(setting: bool, expected: list[str]) -> None:
    """The last page names a next one only if the knob says so."""
    assert list(links(with_clusters(2, next_link_on_last_page=setting).get("clusters"))) == expected


@pytest.mark.parametrize(("setting", "expected"), [("by_id", [2, 1, 0]), ("against_id", [0, 1, 2])])
def test_the_order_within_a_second_is_a_knob(setting: str, expected: list[int]) -> None:
    """Records of one second are listed in the order of their ids, or against it."""
    caller = emulated(list_ties=setting)
    made = [caller.emulator.add_cluster().id for _ in range(3)]
    assert [made.index(one["id"]) for one in caller.get("clusters").json()] == expected


@pytest.mark.parametrize(("limit", "clamped"), [(0, 1), (-5, 1), (101, 100), (5000, 100)])
@pytest.mark.parametrize("setting", ["clamp", "refuse"])
def test_limits_out_of_range_are_a_knob(limit: int, clamped: int, setting: str) -> None:
    """A limit outside 1 to 100 is moved to the nearest one or refused."""
    caller = with_clusters(101, limit_out_of_range=setting)
    response = caller.get("clusters", limit=limit)
    if setting == "refuse":
        assert (response.status, response.json()["message"]) == (422, f"limit must be between 1 and 100, got {limit}")
    else:
        assert len(response.json()) == clamped


@pytest.mark.parametrize(("setting", "status"), [("clamp", 200), ("refuse", 422)])
def test_a_negative_offset_follows_the_same_knob(setting: str, status: int) -> None:
    """An offset below 0 counts as 0 or is refused."""
    assert emulated(limit_out_of_range=setting).get("clusters", offset=-1).status == status


@pytest.mark.parametrize("parameter", ["limit", "offset"])
def test_page_numbers_must_be_numbers(parameter: str) -> None:
    """A limit or offset that is no whole number is refused by name."""
    response = emulated().get("clusters", **{parameter: "x"})
    assert (response.status, response.json()["message"]) == (422, f"{parameter} must be a number, got 'x'")


def test_blank_parameters_mean_not_given() -> None:
    """Empty values leave the defaults."""
    caller = with_clusters(2)
    blank = caller.get("clusters", limit="", offset="", sort="", direction="", status="", since="")
    assert names(blank) == ["c1", "c0"]


def test_clusters_are_filtered_by_status() -> None:
    """`status` keeps the clusters that read so, `all` keeps every one."""
    caller = with_clusters(3)
    caller.emulator.end_cluster(caller.emulator.clusters()[1].id)
    assert names(caller.get("clusters", status="terminated")) == ["c1"]
    assert names(caller.get("clusters", status="available")) == ["c2", "c0"]
    assert len(caller.get("clusters", status="all").json()) == 3


def test_the_status_filter_sees_what_clients_see() -> None:
    """A resize that reads as available is listed under available."""
    caller = emulated(scaling_status="available")
    cluster = caller.new_cluster()
    caller.put(f"clusters/{cluster}", {"nodes": 3})
    assert len(caller.get("clusters", status="available").json()) == 1


@pytest.mark.parametrize("parameter", ["status", "sort", "direction"])
@pytest.mark.parametrize(("setting", "status"), [("refuse", 422), ("ignore", 200)])
def test_unknown_list_values_are_a_knob(parameter: str, setting: str, status: int) -> None:
    """A value nobody knows is refused by name or counts as not given."""
    response = with_clusters(1, unknown_list_value=setting).get("clusters", **{parameter: "x"})
    assert response.status == status
    assert len(response.json()) == 1


def test_jobs_are_filtered_by_status_and_package() -> None:
    """`status` and `package_id` narrow the list of jobs."""
    caller = emulated()
    cluster = caller.new_cluster()
    sales, broken = caller.new_job(cluster, 101), caller.new_job(cluster, 103)
    caller.clock.advance(30)
    assert [job["id"] for job in caller.get("jobs", status="failed").json()] == [broken]
    assert [job["id"] for job in caller.get("jobs", package_id="101").json()] == [sales]
    assert [job["id"] for job in caller.get("jobs", package_id=103, status="running").json()] == []
    assert caller.get("jobs", package_id="x").status == 422


@pytest.mark.parametrize(("setting", "expected"), [("updated_at", {"c0", "c2"}), ("created_at", {"c2"})])
def test_what_since_looks_at_is_a_knob(setting: str, expected: set[str]) -> None:
    """`since` keeps what was updated, or created, at or after a moment."""
    caller = with_clusters(3, since_filters_on=setting)
    caller.put(f"clusters/{caller.emulator.clusters()[0].id}", {"description": "touched"})
    assert set(names(caller.get("clusters", since="2026-01-01T00:01:30Z"))) == expected


def test_since_includes_its_moment() -> None:
    """A record changed exactly at `since` is in the list."""
    assert names(with_clusters(3).get("clusters", since="2026-01-01T00:01:00Z")) == ["c2", "c1"]


@pytest.mark.parametrize("since", ["2026-01-01T00:01:00", "2026-01-01T02:01:00+02:00", " 2026-01-01T00:01:00Z "])
def test_since_takes_every_iso_spelling(since: str) -> None:
    """A time may lack its zone or carry another one."""
    assert names(with_clusters(3).get("clusters", since=since)) == ["c2", "c1"]


def test_since_must_be_a_time() -> None:
    """Anything else is refused by name."""
    response = emulated().get("jobs", since="yesterday")
    assert (response.status, response.json()["message"]) == (422, "since must be an ISO 8601 time, got 'yesterday'")


@pytest.mark.parametrize(("lag", "listed"), [(0, True), (5, False)])
def test_the_lag_of_lists_is_a_knob(lag: float, listed: bool) -> None:
    """A new record shows in lists at once or after a while; reading it by id always works."""
    caller = emulated(list_lag_seconds=lag)
    cluster = caller.new_cluster(ready=False)
    assert caller.get(f"clusters/{cluster}").status == 200
    assert bool(caller.get("clusters").json()) == listed
    caller.clock.advance(5)
    assert len(caller.get("clusters").json()) == 1


def test_parameters_of_a_list_may_stand_in_a_json_body() -> None:
    """GET with a JSON body works like GET with a query, as the documentation shows it."""
    caller = with_clusters(3)
    body = b'{"sort": "created", "direction": "asc", "limit": 2, "status": "available"}'
    assert names(caller.send("GET", "clusters", body=body)) == ["c0", "c1"]
