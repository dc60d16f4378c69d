"""What is only looked at: listed packages, schedules, hooks, regions, stacks, the user; and watchers."""

import pytest

from tests.support.accounts.caller import KEY, emulated
from xplenty_pulumi.emulator import PackageSeed, ScheduleSeed, Seed, TaskPackageSeed


def test_a_new_account_has_packages_to_begin_with() -> None:
    """Without a seed there are active packages, one archived one, and all can be read."""
    caller = emulated()
    active = [package["id"] for package in caller.get("packages").json()]
    archived = [package["id"] for package in caller.get("packages", status="archived").json()]
    assert (sorted(active), archived) == ([101, 102, 103, 104, 106], [105])
    for number in active + archived:
        assert caller.get(f"packages/{number}").json()["id"] == number


def test_the_first_listed_package_completes_on_a_sandbox() -> None:
    """What a list shows first is what people try first: it runs on the smallest cluster, without variables."""
    caller = emulated()
    first = caller.get("packages").json()[0]["id"]
    job = caller.new_job(caller.new_cluster(nodes=1, type="sandbox"), first)
    caller.clock.advance(100)
    assert caller.job(job)["status"] == "completed"


def test_packages_come_from_the_seed() -> None:
    """A seeded package shows all it was given."""
    package = PackageSeed(7, "p", description="d", variables={"a": "'1'"}, flow_type="workflow", data_flow_json="[1]")
    caller = emulated(Seed(api_key=KEY, packages=(package,)))
    (read,) = caller.get("packages", include="flow").json()
    assert (read["id"], read["name"], read["description"], read["variables"]) == (7, "p", "d", {"a": "'1'"})
    assert (read["flow_type"], read["data_flow_json"], read["status"]) == ("workflow", "[1]", "active")


def test_the_flow_shows_only_when_asked_for() -> None:
    """`data_flow_json` comes with `include=flow`."""
    caller = emulated()
    assert "data_flow_json" not in caller.get("packages/101").json()
    assert "data_flow_json" in caller.get("packages/101", include="flow").json()


def test_packages_are_filtered_and_sorted() -> None:
    """`flow_type` narrows and `sort=name` orders; `status` takes no `all`, as documented."""
    packages = (PackageSeed(1, "b", flow_type="workflow"), PackageSeed(2, "a"), PackageSeed(3, "c"))
    caller = emulated(Seed(api_key=KEY, packages=packages))
    assert [each["name"] for each in caller.get("packages", sort="name", direction="asc").json()] == ["a", "b", "c"]
    assert [each["id"] for each in caller.get("packages", flow_type="workflow").json()] == [1]
    assert caller.get("packages", status="all").status == 422


def test_a_schedule_shows_its_task() -> None:
    """The task names its packages by text ids, as documented."""
    schedule = ScheduleSeed(5, "s", nodes=3, packages=(TaskPackageSeed(101, {"a": "'1'"}),))
    read = emulated(Seed(api_key=KEY, schedules=(schedule,))).get("schedules/5").json()
    assert read["task"] == {
        "nodes": 3,
        "terminate_on_idle": True,
        "time_to_idle": 60,
        "packages": [{"package_id": "101", "variables": {"a": "'1'"}}],
    }


@pytest.mark.parametrize("path", ["packages/7", "schedules/7", "schedules/7/watchers"])
def test_unknown_ones_are_not_found(path: str) -> None:
    """Reading what does not exist is a 404."""
    assert emulated().get(path).status == 404


@pytest.mark.parametrize("path", ["regions", "/regions"])
def test_regions_are_listed(path: str) -> None:
    """Every listed region can be asked for when creating a cluster."""
    caller = emulated()
    regions = [region["id"] for region in caller.get(path).json()]
    assert len(regions) > 5
    for region in regions:
        assert caller.post("clusters", {"nodes": 2, "region": region}).status == 201


def test_stacks_are_listed() -> None:
    """Stacks have an id and a name."""
    listed = emulated().get("stacks").json()
    assert {"id": "white-everest", "name": "White Everest"} in listed
    assert {"id": "vanila-everest", "name": "Vanila Everest"} in listed


def test_hook_types_and_events_are_listed() -> None:
    """The catalogues name the documented hook types and all twelve events."""
    caller = emulated()
    types = [entry["type"] for entry in caller.get("hooks/types").json()]
    assert types == ["email", "pagerduty", "slack", "web"]
    events = [entry["id"] for entry in caller.get("/hook_events").json()]
    assert len(events) == 12
    assert {"job", "job.failed", "cluster", "cluster.idled"} <= set(events)


def test_the_user_is_shown_without_the_key() -> None:
    """`/user` never tells the key."""
    response = emulated().get("/user")
    assert response.json()["api_key"] is None
    assert KEY.encode() not in response.body


@pytest.mark.parametrize(("kind", "status"), [("cluster", 200), ("job", 201), ("schedule", 200)])
def test_watchers_come_and_go(kind: str, status: int) -> None:
    """The maker watches by default, can stop and start again, and both may be repeated."""
    caller = emulated()
    cluster = caller.new_cluster()
    number = {"cluster": cluster, "job": caller.new_job(cluster), "schedule": 301}[kind]
    path = f"{kind}s/{number}/watchers"
    assert len(caller.get(path).json()) == 1
    for _ in range(2):
        gone = caller.delete(path)
        assert (gone.status, gone.body, caller.get(path).json()) == (204, b"", [])
    for _ in range(2):
        added = caller.post(path)
        assert (added.status, added.json()[f"{kind}_url"][-len(str(number)) :]) == (status, str(number))
    assert len(caller.get(path).json()) == 1


@pytest.mark.parametrize("status", [200, 201])
def test_the_status_of_watching_a_job_is_a_knob(status: int) -> None:
    """Watching a job answers 201 as documented, or 200 as an old client expects."""
    caller = emulated(watch_job_status=status)
    assert caller.post(f"jobs/{caller.new_job(caller.new_cluster())}/watchers").status == status


def test_instances_are_one_master_and_the_nodes() -> None:
    """A ready cluster has one master more than nodes; spot nodes follow the percentage; at the end all are gone."""
    caller = emulated()
    cluster = caller.new_cluster(nodes=4, slave_spot_percentage=0.5)
    instances = caller.get(f"clusters/{cluster}/instances").json()
    assert [each["master"] for each in instances] == [True, False, False, False, False]
    assert sum(each["spot"] for each in instances) == 2
    assert len({each["instance_id"] for each in instances}) == 5
    caller.emulator.end_cluster(cluster)
    ended = caller.get(f"clusters/{cluster}/instances").json()
    assert {each["status"] for each in ended} == {"terminated"}


def test_a_cluster_being_built_has_no_instances() -> None:
    """Before a cluster is ready there are none."""
    caller = emulated()
    cluster = caller.new_cluster(ready=False)
    assert caller.get(f"clusters/{cluster}/instances").json() == []


@pytest.mark.parametrize(("setting", "status"), [(True, 200), (False, 403)])
def test_whether_the_plan_shows_instances_is_a_knob(setting: bool, status: int) -> None:
    """On some plans instances are refused."""
    caller = emulated(instances_in_plan=setting)
    assert caller.get(f"clusters/{caller.new_cluster()}/instances").status == status
