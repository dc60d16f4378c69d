"""Running jobs and reading what belongs to them."""

from typing import Any

import pytest

from tests.support.accounts.caller import emulated


def test_a_new_job_repeats_what_was_asked() -> None:
    """Ids and both kinds of variables come back as they were given, quotes included."""
    caller = emulated()
    cluster = caller.new_cluster()
    asked = {
        "cluster_id": cluster,
        "package_id": 101,
        "variables": {"day": "'2026-02-02'", "limit": 3},
        "dynamic_variables": {"now": "CurrentTime()"},
    }
    response = caller.post("jobs", asked)
    assert response.status == 201
    read = caller.job(response.json()["id"])
    assert {name: read[name] for name in asked} == asked
    assert (read["started_at"], read["completed_at"], read["progress"]) == (None, None, 0.0)


def test_variables_may_be_left_out() -> None:
    """Without variables a job has empty ones."""
    caller = emulated()
    read = caller.job(caller.new_job(caller.new_cluster(), variables=None))
    assert (read["variables"], read["dynamic_variables"]) == ({}, {})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"package_id": 101}, "cluster_id is required"),
        ({"cluster_id": 501}, "package_id is required"),
        ({"cluster_id": "x", "package_id": 101}, "cluster_id must be a number, got 'x'"),
        ({"cluster_id": 501, "package_id": 1.5}, "package_id must be a whole number, got 1.5"),
        (
            {"cluster_id": 501, "package_id": 101, "variables": ["a"]},
            "variables must be an object of names and values, got ['a']",
        ),
        (
            {"cluster_id": 501, "package_id": 101, "variables": {"a": None}},
            "variables.a must be a text or a number, got None",
        ),
        (
            {"cluster_id": 501, "package_id": 101, "dynamic_variables": {"a": True}},
            "dynamic_variables.a must be a text or a number, got True",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_name(fields: dict[str, Any], message: str) -> None:
    """A wrong field is a 422 that names it, and no job is made."""
    caller = emulated()
    assert caller.new_cluster() == 501
    response = caller.post("jobs", fields)
    assert (response.status, response.json()) == (422, {"message": message})
    assert caller.emulator.jobs() == ()


@pytest.mark.parametrize("unknown", [{"cluster_id": 7}, {"package_id": 7}])
@pytest.mark.parametrize("answer", [404, 422])
def test_unknown_ids_are_a_knob(unknown: dict[str, int], answer: int) -> None:
    """An unknown cluster or package is not found or invalid."""
    caller = emulated(unknown_id_on_run=answer)
    response = caller.post("jobs", {"cluster_id": caller.new_cluster(), "package_id": 101} | unknown)
    assert response.status == answer
    expected = f"{next(iter(unknown))} 7 does not exist" if answer == 422 else "Item not found."
    assert response.json()["message"] == expected


@pytest.mark.parametrize("answer", [422, 404])
def test_running_on_an_ended_cluster_is_a_knob(answer: int) -> None:
    """An ended cluster takes no jobs: invalid or not found."""
    caller = emulated(ended_cluster_on_run=answer)
    cluster = caller.new_cluster()
    caller.emulator.end_cluster(cluster)
    assert caller.post("jobs", {"cluster_id": cluster, "package_id": 101}).status == answer


@pytest.mark.parametrize("answer", [422, 404, 201])
def test_running_an_archived_package_is_a_knob(answer: int) -> None:
    """An archived package is refused, not found, or run like any other."""
    caller = emulated(archived_package_on_run=answer)
    assert caller.post("jobs", {"cluster_id": caller.new_cluster(), "package_id": 105}).status == answer


@pytest.mark.parametrize(("setting", "answer"), [("accept", 201), ("refuse", 422)])
@pytest.mark.parametrize("kind", ["variables", "dynamic_variables"])
def test_unknown_variables_are_a_knob(setting: str, answer: int, kind: str) -> None:
    """A variable the package does not have is accepted or refused; its own and the system's are always fine."""
    caller = emulated(unknown_job_variables=setting)
    fields = {"cluster_id": caller.new_cluster(), "package_id": 101}
    assert caller.post("jobs", fields | {kind: {"day": "'x'", "_DEFAULT_PARALLELISM": 2}}).status == 201
    assert caller.post("jobs", fields | {kind: {"nobody": "'x'"}}).status == answer


@pytest.mark.parametrize(("setting", "answer"), [("ignore", 201), ("refuse", 422)])
def test_unknown_fields_are_a_knob(setting: str, answer: int) -> None:
    """A field nobody knows is ignored or refused."""
    caller = emulated(unknown_body_field=setting)
    assert caller.post("jobs", {"cluster_id": caller.new_cluster(), "package_id": 101, "x": 1}).status == answer


@pytest.mark.parametrize("include", ["cluster", "package", "cluster,package", "package, cluster", "log_summary"])
def test_include_adds_what_it_names(include: str) -> None:
    """Where jobs embed nothing unasked, one job and lists carry the parts that `include` names and no others."""
    caller = emulated(jobs_embed="on_include")
    job = caller.new_job(caller.new_cluster())
    for read in (caller.get(f"jobs/{job}", include=include).json(), caller.get("jobs", include=include).json()[0]):
        parts = {"cluster", "package", "log_summary"} & set(read)
        assert parts == {part.strip() for part in include.split(",")}


def test_jobs_embed_their_cluster_and_package() -> None:
    """Each answer has both whole without being asked: the one to POST, to GET and in lists."""
    caller = emulated()
    cluster = caller.new_cluster()
    made = caller.post("jobs", {"cluster_id": cluster, "package_id": 101}).json()
    for read in (made, caller.job(made["id"]), caller.get("jobs").json()[0]):
        assert read["package"] == caller.get("packages/101").json()
        assert read["cluster"] == caller.cluster(cluster)


def test_whether_jobs_embed_in_short_is_a_knob() -> None:
    """In short they have id, name and url; `include` still gets the whole."""
    caller = emulated(jobs_embed="short")
    number = caller.new_job(caller.new_cluster())
    read = caller.job(number)
    assert read["package"] == {
        "id": 101,
        "name": "Daily sales",
        "url": "http://127.0.0.1/emulated-account/api/packages/101",
    }
    assert set(read["cluster"]) == {"id", "name", "url"}
    assert "nodes" in caller.get(f"jobs/{number}", include="cluster").json()["cluster"]


def test_whether_jobs_embed_unasked_is_a_knob() -> None:
    """Without `include` jobs may carry neither cluster nor package."""
    caller = emulated(jobs_embed="on_include")
    caller.new_job(caller.new_cluster())
    (read,) = caller.get("jobs").json()
    assert not {"cluster", "package"} & set(read)


def test_embedded_parts_are_the_resources() -> None:
    """The embedded cluster and package are those of the job."""
    caller = emulated()
    cluster = caller.new_cluster()
    read = caller.get(f"jobs/{caller.new_job(cluster)}", include="cluster,package").json()
    assert (read["cluster"]["id"], read["package"]["id"], read["package"]["name"]) == (cluster, 101, "Daily sales")


def test_a_log_summary_comes_with_the_end() -> None:
    """`log_summary` is null before the end and holds the error text afterwards."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster(), 103)
    assert caller.get(f"jobs/{job}", include="log_summary").json()["log_summary"] is None
    caller.clock.advance(100)
    summary = caller.get(f"jobs/{job}", include="log_summary").json()["log_summary"]
    assert summary["error_summary"] == "Package failed to execute: input path not found."
    assert summary["action_items"]


def test_the_log_tells_the_story_so_far() -> None:
    """The log grows with the job and ends with its error text."""
    caller = emulated()
    job = caller.new_job(caller.new_cluster(), 103)
    assert caller.get(f"jobs/{job}/log").json()["body"].count("\n") == 0
    caller.clock.advance(100)
    log = caller.get(f"jobs/{job}/log").json()
    assert log["body"].endswith("Package failed to execute: input path not found.")
    assert log["url"] == caller.job(job)["log_url"]


def test_effective_variables_are_the_packages_overlaid_by_the_runs() -> None:
    """`variables` of a job are the package's, with those of the run on top."""
    caller = emulated()
    job = caller.new_job(
        caller.new_cluster(), variables={"day": "'2026-02-02'", "more": 1}, dynamic_variables={"now": "CurrentTime()"}
    )
    assert caller.get(f"jobs/{job}/variables").json() == {
        "day": "'2026-02-02'",
        "output_path": "'/sales'",
        "more": 1,
        "now": "CurrentTime()",
    }


@pytest.mark.parametrize("tail", ["", "/variables", "/log", "/watchers", "/outputs/1/preview"])
def test_an_unknown_job_is_not_found(tail: str) -> None:
    """Everything about a job that does not exist is a 404."""
    assert emulated().get(f"jobs/7{tail}").status == 404


def test_stopping_an_unknown_job_is_not_found() -> None:
    """DELETE of a job that does not exist is a 404."""
    assert emulated().delete("jobs/7").status == 404
