"""The clients people already have: the requests that each of them sends, as it sends them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.accounts.caller import KEY, AccountCaller, basic, emulated

VENDOR = "application/vnd.xplenty+json"
PYTHON = {"Authorization": basic(KEY), "Accept": f"{VENDOR} version=2"}
PYTHON_POST = PYTHON | {"Content-Type": "application/json"}
RUBY = {"Authorization": basic(KEY), "Accept": VENDOR, "Accept-Encoding": "gzip, deflate"}
RUBY_POST = RUBY | {"Content-Type": "application/x-www-form-urlencoded"}
JAVA = {"Authorization": basic(f"{KEY}:"), "Accept": VENDOR, "Content-Type": VENDOR}
JAVA_2 = {"Authorization": basic(f"{KEY}:"), "Accept": f"{VENDOR}; version=2", "Content-Type": "application/json"}
DOTNET = {"Authorization": basic(f"{KEY}:"), "Accept": VENDOR, "Content-Type": "application/json"}
PHP = {"Authorization": basic(f"{KEY}:"), "Accept": f"{VENDOR}; version=2", "Content-Type": "application/json"}


def send(
    caller: AccountCaller, headers: Mapping[str, str], method: str, path: str, body: bytes = b"", *, query: str = ""
) -> Any:
    response = caller.send(method, path, headers=headers, body=body, query=query)
    assert 200 <= response.status < 300, response.body
    return response.json() if response.body else None


@pytest.mark.parametrize(
    ("create", "headers", "body"),
    [
        (
            "python",
            PYTHON_POST,
            b'{"type": "production", "nodes": 3, "name": "c", "description": "", "terminate_on_idle": 1,'
            b' "time_to_idle": 3600}',
        ),
        (
            "ruby",
            RUBY_POST,
            b"cluster[nodes]=3&cluster[type]=production&cluster[name]=c&cluster[description]=d"
            b"&cluster[terminate_on_idle]=true&cluster[time_to_idle]=3600",
        ),
        (
            "java",
            JAVA,
            b'{"cluster": {"id": null, "name": "c", "description": "d", "status": null, "nodes": 3,'
            b' "type": "production", "terminate_on_idle": true, "time_to_idle": 3600}}',
        ),
        ("java 0.2", JAVA_2, b'{"cluster": {"name": "c", "nodes": 3, "terminate_on_idle": "1"}}'),
        ("dotnet", DOTNET, b'{"cluster": {"nodes": 3, "name": "c", "terminate_on_idle": true}}'),
    ],
)
def test_each_client_can_create_a_cluster(create: str, headers: Mapping[str, str], body: bytes) -> None:
    """The create request of each client makes the cluster it means."""
    created = send(emulated(), headers, "POST", "clusters", body)
    wanted = ("c", 3, "production", True)
    assert (created["name"], created["nodes"], created["type"], created["terminate_on_idle"]) == wanted


@pytest.mark.parametrize(
    ("run", "headers", "body"),
    [
        (
            "python",
            PYTHON_POST,
            b'{"cluster_id": 501, "package_id": 101, "variables": {"day": "\'tomato\'"}, "dynamic_variables": {}}',
        ),
        ("python before 2", RUBY_POST, b"job[cluster_id]=501&job[job_id]=101&job[variables][day]='tomato'"),
        (
            "ruby",
            RUBY_POST,
            b"job%5Bcluster_id%5D=501&job%5Bpackage_id%5D=101&job%5Bvariables%5D%5Bday%5D=%27tomato%27",
        ),
        ("java", JAVA, b'{"job": {"cluster_id": 501, "package_id": 101, "variables": {"day": "\'tomato\'"}}}'),
        ("dotnet", DOTNET, b'{"job": {"cluster_id": "501", "package_id": 101.0, "variables": {"day": "\'tomato\'"}}}'),
    ],
)
def test_each_client_can_run_a_job(run: str, headers: Mapping[str, str], body: bytes) -> None:
    """The run request of each client starts the package it means, quotes kept."""
    caller = emulated()
    assert caller.new_cluster() == 501
    job = send(caller, headers, "POST", "jobs", body)
    assert (job["cluster_id"], job["package_id"], job["variables"]) == (501, 101, {"day": "'tomato'"})


def test_the_python_client_asks_for_its_limits_under_the_account() -> None:
    """`rate_limit_status` below the account answers what the Python client reads."""
    limits = send(emulated(), PYTHON, "GET", "rate_limit_status")["limits"]
    assert (int(limits["limit"]), int(limits["remaining"])) == (5000, 5000)


def test_the_python_client_reads_times_without_fractions() -> None:
    """Every time is `YYYY-MM-DDTHH:MM:SSZ`, as strict clients expect."""
    caller = emulated()
    caller.clock.advance(0.75)
    created = send(caller, PYTHON_POST, "POST", "clusters", b'{"nodes": 2}')
    assert created["created_at"] == "2026-01-01T00:00:00Z"


def test_the_airflow_operators_find_a_cluster_and_follow_a_job() -> None:
    """They page by 100 until a page is empty, want `outputs`, and multiply `progress` without a check for null."""
    caller = emulated()
    cluster = caller.new_cluster(name="env-package")
    pages = [send(caller, PYTHON, "GET", "clusters", query=f"offset={offset}&limit=100") for offset in (0, 100)]
    assert [len(page) for page in pages] == [1, 0]
    job = send(caller, PYTHON_POST, "POST", "jobs", b'{"cluster_id": %d, "package_id": 101}' % cluster)
    for seconds in (0, 2, 10, 100):
        caller.clock.advance(seconds)
        read = send(caller, PYTHON, "GET", f"jobs/{job['id']}")
        assert isinstance(read["progress"] * 100, float)
        assert isinstance(read["outputs"], list)
    assert read["status"] == "completed"


def test_the_ruby_client_watches_and_unwatches() -> None:
    """Its POST has no body and expects 200 for jobs, which is a knob."""
    caller = emulated(watch_job_status=200)
    job = caller.new_job(caller.new_cluster())
    response = caller.send("POST", f"jobs/{job}/watchers", headers=RUBY)
    assert response.status == 200
    assert send(caller, RUBY, "DELETE", f"jobs/{job}/watchers") is None


def test_the_java_client_watches_with_the_text_null() -> None:
    """Its POST of a watcher has the body `null`."""
    caller = emulated()
    cluster = caller.new_cluster()
    answer = send(caller, JAVA, "POST", f"clusters/{cluster}/watchers", b"null")
    assert set(answer) == {"created_at", "cluster_url"}


def test_the_java_client_updates_with_an_envelope() -> None:
    """Its PUT repeats the whole cluster in an envelope."""
    caller = emulated()
    cluster = caller.new_cluster()
    body = b'{"cluster": {"id": %d, "name": "new", "nodes": 4, "status": "available"}}' % cluster
    updated = send(caller, JAVA, "PUT", f"clusters/{cluster}", body)
    assert (updated["name"], updated["nodes"], updated["status"]) == ("new", 4, "scaling")


def test_the_java_client_lists_with_every_parameter() -> None:
    """Its list parameters come in the query together, with `include`."""
    caller = emulated()
    caller.new_job(caller.new_cluster())
    query = "status=all&sort=updated&direction=desc&since=2026-01-01T00:00:00Z&limit=100&offset=0&include=cluster"
    (job,) = send(caller, JAVA_2, "GET", "jobs", query=query)
    assert job["cluster"]["id"] == job["cluster_id"]


def test_the_dotnet_client_terminates_and_stops() -> None:
    """Its DELETE calls carry a content type and no body."""
    caller = emulated()
    cluster = caller.new_cluster()
    job = caller.new_job(cluster)
    assert send(caller, DOTNET, "DELETE", f"jobs/{job}")["status"] == "pending_stoppage"
    assert send(caller, DOTNET, "DELETE", f"clusters/{cluster}")["status"] == "pending_terminate"


def test_the_php_tool_lists_packages_with_their_flow() -> None:
    """It sorts in capitals and asks for the data flow, which is JSON in a text."""
    packages = send(
        emulated(), PHP, "GET", "packages", query="include=flow&sort=name&direction=ASC&limit=100&status=active"
    )
    assert [package["name"] for package in packages] == [
        "Broken import",
        "Customer import",
        "Daily sales",
        "Hello",
        "Nightly rebuild",
    ]
    assert all(isinstance(package["data_flow_json"], str) for package in packages)


@pytest.mark.parametrize(
    ("create", "headers", "body"),
    [
        (
            "python 3.1",
            PYTHON_POST,
            b'{"name": "p", "description": "", "variables": {"day": "\'x\'"}, "data_flow_json": "{}"}',
        ),
        ("java 0.2", JAVA_2, b'{"name": "p", "description": null, "flow_type": "dataflow", "data_flow_json": "{}"}'),
        ("form", RUBY_POST, b"name=p&variables[day]='x'&data_flow_json={}"),
    ],
)
def test_each_client_can_make_a_package(create: str, headers: Mapping[str, str], body: bytes) -> None:
    """The create request of each client makes the package it means."""
    caller = emulated()
    created = send(caller, headers, "POST", "packages", body)
    read = send(caller, headers, "GET", f"packages/{created['id']}", query="include=flow")
    assert (read["name"], read["status"], read["data_flow_json"]) == ("p", "active", "{}")


def test_the_php_tool_sends_back_what_it_has_read() -> None:
    """Its PUT is the whole record, with read-only fields, a new flow, and a list in place of no variables."""
    caller = emulated(unknown_body_field="refuse")
    number = send(caller, PHP, "POST", "packages", b'{"name": "p"}')["id"]
    record = send(caller, PHP, "GET", f"packages/{number}", query="include=flow")
    assert record["variables"] == {}
    changed = {**record, "variables": [], "data_flow_json": '{"components": []}', "status": "archived"}
    updated = send(caller, PHP, "PUT", f"packages/{number}", json.dumps(changed).encode(), query="include=flow")
    assert (updated["data_flow_json"], updated["variables"]) == ('{"components": []}', {})
    assert (updated["id"], updated["status"]) == (number, "active")


def test_the_unmerged_java_client_validates() -> None:
    """It starts a validation without a body, and reads it until it is over, with the component of each error."""
    caller = emulated()
    flow = json.dumps({"components": [{"id": "c1", "fails_validation": "Unknown field"}]})
    body = json.dumps({"name": "p", "data_flow_json": flow}).encode()
    number = send(caller, JAVA_2, "POST", "packages", body)["id"]
    begun = send(caller, JAVA_2, "POST", f"packages/{number}/validations")
    caller.clock.advance(10)
    over = send(caller, JAVA_2, "GET", f"packages/{number}/validations/{begun['id']}")
    assert (begun["status"], over["status"]) == ("running", "failed")
    assert over["errors"] == [{"message": "Unknown field", "component_id": "c1"}]
