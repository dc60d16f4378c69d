"""Changing, resizing and terminating a cluster, in every status."""

from typing import Any

import pytest

from tests.support.accounts.caller import AccountCaller, emulated


def in_status(caller: AccountCaller, status: str) -> int:
    """Return a production cluster of 2 nodes that reads as `status`."""
    seconds = {"pending": 0, "creating": 20, "pending_terminate": 0, "terminating": 20, "terminated": 100}
    if status == "error":
        caller.emulator.fail_next_clusters()
    cluster = caller.new_cluster(ready=False)
    if status not in ("pending", "creating"):
        caller.clock.advance(181)
    if status in ("pending_terminate", "terminating", "terminated"):
        caller.delete(f"clusters/{cluster}")
    if status == "scaling":
        caller.put(f"clusters/{cluster}", {"nodes": 5})
    if status == "idle":
        caller.clock.advance(3600)
    caller.clock.advance(seconds.get(status, 0))
    assert caller.cluster(cluster)["status"] == status
    return cluster


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"description": "other"},
        {"terminate_on_idle": True},
        {"time_to_idle": 7200},
        {"name": "other", "description": "", "terminate_on_idle": True, "time_to_idle": 1},
    ],
)
def test_fields_change_in_place(change: dict[str, Any]) -> None:
    """Each updatable field is changed at once, without a change of status, and moves `updated_at`."""
    caller = emulated()
    cluster = caller.new_cluster()
    before = caller.cluster(cluster)
    after = caller.put(f"clusters/{cluster}", change)
    assert after.status == 200
    assert after.json() == before | change | {"updated_at": "2026-01-01T00:03:01Z"}


def test_a_description_can_be_taken_away() -> None:
    """A null description empties it."""
    caller = emulated()
    cluster = caller.new_cluster(description="text")
    assert caller.put(f"clusters/{cluster}", {"description": None}).json()["description"] is None


def test_what_can_not_be_updated_is_left_alone() -> None:
    """Fields outside the update list, sent back by clients that echo the record, change nothing."""
    caller = emulated()
    cluster = caller.new_cluster()
    before = caller.cluster(cluster)
    caller.clock.advance(10)
    echo = before | {"region": "gcloud::asia-east1", "stack": "other", "zone": "z", "status": "error", "name": ""}
    assert caller.put(f"clusters/{cluster}", echo).json() == before


@pytest.mark.parametrize(
    ("status", "nodes", "seen"),
    [
        ("scaling", "new", ("scaling", 5)),
        ("scaling", "old", ("scaling", 2)),
        ("available", "new", ("available", 5)),
        ("available", "old", ("available", 2)),
    ],
)
def test_what_a_resize_looks_like_is_a_knob(status: str, nodes: str, seen: tuple[str, int]) -> None:
    """Until a resize is through, status and nodes read as the knobs say; then available with the new nodes."""
    caller = emulated(scaling_status=status, scaling_nodes=nodes)
    cluster = caller.new_cluster()
    answer = caller.put(f"clusters/{cluster}", {"nodes": 5}).json()
    assert (answer["status"], answer["nodes"]) == seen
    caller.clock.advance(89)
    read = caller.cluster(cluster)
    assert (read["status"], read["nodes"]) == seen
    caller.clock.advance(1)
    read = caller.cluster(cluster)
    assert (read["status"], read["nodes"]) == ("available", 5)


def test_a_resize_takes_as_long_as_the_knob_says() -> None:
    """`scaling_seconds` is how long a cluster scales."""
    caller = emulated(scaling_seconds=7)
    cluster = in_status(caller, "scaling")
    assert caller.statuses(f"clusters/{cluster}", seconds=8) == ["scaling", "available"]


def test_a_resize_does_not_move_available_since() -> None:
    """A cluster stays available since it first was."""
    caller = emulated()
    cluster = caller.new_cluster()
    since = caller.cluster(cluster)["available_since"]
    caller.put(f"clusters/{cluster}", {"nodes": 3})
    caller.clock.advance(100)
    assert caller.cluster(cluster)["available_since"] == since


def test_an_idle_cluster_can_be_resized() -> None:
    """A resize wakes an idle cluster."""
    caller = emulated()
    cluster = in_status(caller, "idle")
    assert caller.put(f"clusters/{cluster}", {"nodes": 3}).json()["status"] == "scaling"
    caller.clock.advance(90)
    assert caller.cluster(cluster)["status"] == "available"


def test_the_same_nodes_are_no_resize() -> None:
    """A PUT with the present node count leaves the cluster available and unchanged."""
    caller = emulated()
    cluster = caller.new_cluster()
    before = caller.cluster(cluster)
    caller.clock.advance(5)
    assert caller.put(f"clusters/{cluster}", {"nodes": "2"}).json() == before


@pytest.mark.parametrize("nodes", [1, 0, -3, 21, 2.5, "x"])
def test_sizes_that_can_not_be_are_refused(nodes: Any) -> None:
    """A node count outside the plan is a 422 and changes nothing."""
    caller = emulated()
    cluster = caller.new_cluster()
    assert caller.put(f"clusters/{cluster}", {"nodes": nodes, "name": "other"}).status == 422
    assert caller.cluster(cluster)["name"] != "other"


def test_a_sandbox_keeps_its_size() -> None:
    """Another size for a sandbox is refused."""
    caller = emulated()
    cluster = caller.new_cluster(nodes=1, type="sandbox")
    assert caller.put(f"clusters/{cluster}", {"nodes": 3}).status == 422
    assert caller.cluster(cluster)["nodes"] == 1


@pytest.mark.parametrize("status", ["pending", "creating", "scaling", "error"])
@pytest.mark.parametrize(("setting", "answer"), [("refuse", 422), ("accept", 200)])
def test_resizing_an_unready_cluster_is_a_knob(status: str, setting: str, answer: int) -> None:
    """A new size while pending, creating, scaling or in error is refused or taken up."""
    caller = emulated(resize_unready_cluster=setting)
    cluster = in_status(caller, status)
    response = caller.put(f"clusters/{cluster}", {"nodes": 4})
    assert response.status == answer
    caller.clock.advance(300)
    assert (caller.cluster(cluster)["nodes"] == 4) == (setting == "accept")


def test_a_cluster_shrinks_below_its_initial_size() -> None:
    """Fewer nodes than at the start are accepted."""
    caller = emulated()
    cluster = caller.new_cluster(nodes=4)
    for nodes in (6, 4, 3):
        assert caller.put(f"clusters/{cluster}", {"nodes": nodes}).status == 200
        caller.clock.advance(90)


@pytest.mark.parametrize("status", ["pending_terminate", "terminating", "terminated"])
@pytest.mark.parametrize("answer", [422, 404, 200])
def test_updating_an_ended_cluster_is_a_knob(status: str, answer: int) -> None:
    """A PUT on an ended cluster is refused, not found, or taken without its nodes."""
    caller = emulated(update_ended_cluster=answer)
    cluster = in_status(caller, status)
    assert caller.put(f"clusters/{cluster}", {"name": "late", "nodes": 5}).status == answer
    read = caller.cluster(cluster)
    assert (read["name"] == "late", read["nodes"], read["status"]) == (answer == 200, 2, status)


@pytest.mark.parametrize("status", ["available", "idle", "error"])
def test_a_ready_or_broken_cluster_is_terminated(status: str) -> None:
    """DELETE is accepted while available, idle or in error."""
    caller = emulated()
    cluster = in_status(caller, status)
    response = caller.delete(f"clusters/{cluster}")
    assert (response.status, response.json()["status"]) == (200, "pending_terminate")


@pytest.mark.parametrize("status", ["pending", "creating"])
@pytest.mark.parametrize(("setting", "answer"), [("refuse", 422), ("accept", 200)])
def test_terminating_an_unready_cluster_is_a_knob(status: str, setting: str, answer: int) -> None:
    """DELETE while the cluster is being built is refused, as recorded, or accepted."""
    caller = emulated(delete_unready_cluster=setting)
    cluster = in_status(caller, status)
    assert caller.delete(f"clusters/{cluster}").status == answer
    caller.clock.advance(300)
    assert caller.cluster(cluster)["status"] == ("available" if answer == 422 else "terminated")


@pytest.mark.parametrize(("setting", "answer"), [("refuse", 422), ("accept", 200)])
def test_terminating_a_scaling_cluster_is_a_knob(setting: str, answer: int) -> None:
    """DELETE while scaling is refused or accepted."""
    caller = emulated(delete_scaling_cluster=setting)
    cluster = in_status(caller, "scaling")
    response = caller.delete(f"clusters/{cluster}")
    assert response.status == answer
    if answer == 422:
        assert response.json()["message"] == f"Cluster {cluster} cannot be terminated while it is scaling"


@pytest.mark.parametrize("status", ["pending_terminate", "terminating", "terminated"])
@pytest.mark.parametrize("answer", [422, 404, 200])
def test_terminating_an_ended_cluster_is_a_knob(status: str, answer: int) -> None:
    """DELETE on an ended cluster is refused, not found, or answered with the cluster unchanged."""
    caller = emulated(delete_ended_cluster=answer)
    cluster = in_status(caller, status)
    assert caller.delete(f"clusters/{cluster}").status == answer
    assert caller.cluster(cluster)["status"] == status


@pytest.mark.parametrize(
    ("setting", "answer", "ends"),
    [("stop_jobs", 200, ["stopped", "stopped"]), ("fail_jobs", 200, ["failed", "failed"]), ("refuse", 422, None)],
)
def test_terminating_a_busy_cluster_is_a_knob(setting: str, answer: int, ends: list[str] | None) -> None:
    """DELETE of a cluster with jobs on it stops them, fails them, or is refused."""
    caller = emulated(delete_busy_cluster=setting)
    cluster = caller.new_cluster()
    running = caller.new_job(cluster, 101)
    caller.clock.advance(10)
    waiting = caller.new_job(cluster)
    assert caller.delete(f"clusters/{cluster}").status == answer
    caller.clock.advance(30)
    seen = [caller.job(running)["status"], caller.job(waiting)["status"]]
    assert seen == (ends or ["running", "running"])


def test_jobs_that_do_not_stop_in_time_end_with_their_cluster() -> None:
    """When the cluster is gone nothing is left running on it."""
    caller = emulated(job_stopping_seconds=10_000)
    cluster = caller.new_cluster()
    job = caller.new_job(cluster)
    caller.clock.advance(10)
    caller.delete(f"clusters/{cluster}")
    caller.clock.advance(59)
    assert caller.job(job)["status"] == "stopping"
    caller.clock.advance(1)
    assert caller.job(job)["status"] == "stopped"


@pytest.mark.parametrize("call", [("GET", b""), ("PUT", b"{}"), ("DELETE", b"")])
def test_an_unknown_cluster_is_not_found(call: tuple[str, bytes]) -> None:
    """Every call on a cluster that does not exist is a 404 with the recorded text."""
    response = emulated().send(call[0], "clusters/7", body=call[1])
    assert (response.status, response.json()) == (404, {"message": "Item not found."})


def test_the_text_of_not_found() -> None:
    """The 404 says that there is no such item (observed)."""
    assert emulated().get("clusters/7").json() == {"message": "Item not found."}
