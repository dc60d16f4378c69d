"""Lookups of programs: typed records, asked for at once, and one paragraph where there is none."""

from collections.abc import Callable

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.support.accounts.clients import client_of
from xplenty_pulumi import (
    LookupFailed,
    get_account_limits,
    get_cluster,
    get_clusters,
    get_connection,
    get_connections,
    get_job,
    get_jobs,
    get_package,
    get_packages,
    get_schedule,
    get_schedules,
)
from xplenty_pulumi.dynamic.resources import lookups
from xplenty_pulumi.emulator import PackageSeed
from xplenty_pulumi.errors import ConfigError, NotFoundError, RefusedError, SpecError


def test_things_are_looked_up_by_id_and_name(here: ProviderScene) -> None:
    """A cluster, a job and a package by id as number or text, and the first and the last by name."""
    cluster = here.account.add_cluster(name="looked up", nodes=3)
    job = lookups._client().jobs.run(cluster_id=cluster.id, package_id=106)
    assert get_cluster(cluster.id).nodes == get_cluster(str(cluster.id)).nodes == 3
    assert get_cluster(name="looked up").id == cluster.id
    assert get_job(job.id).package_id == 106
    assert get_package(101).id == get_package(name="Sales").id == 101


def test_schedules_are_looked_up_by_id_and_name(here: ProviderScene) -> None:
    """One by its id as number or text, or by its name; several by their status."""
    work = {"packages": [{"package_id": 106, "variables": {}}]}
    with client_of(here.account) as client:
        made = client.schedules.create({"name": "each hour", "status": "enabled", "task": work})
    assert get_schedule(made.id).name == get_schedule(str(made.id)).name == "each hour"
    assert get_schedule(name="each hour").id == made.id
    assert [one.id for one in get_schedules(status="enabled")] == [made.id]
    assert len(get_schedules(limit=1)) == 1
    with pytest.raises(LookupFailed, match="there is no schedule of that name"):
        get_schedule(name="nobody")


def test_lists_are_short_and_filtered(here: ProviderScene) -> None:
    """At most as many as asked for, the newest first, of one status or package."""
    newest = here.account.add_cluster(name="newest")
    assert [one.id for one in get_clusters(limit=1)] == [newest.id]
    assert {one.status for one in get_clusters(status="available")} == {"available"}
    with client_of(here.account) as client:
        for package in (101, 106):
            client.jobs.run(cluster_id=newest.id, package_id=package)
    assert {one.package_id for one in get_jobs(package_id=101)} == {101}
    assert {one.name for one in get_packages()} >= {"Sales", "Broken"}


def test_packages_show_their_variables(here: ProviderScene) -> None:
    """A package has its variables with their defaults, alone and in a list, of one flow type and one status."""
    here.account.add_package(PackageSeed(300, "Loads", variables={"DAY": "'x'"}, flow_type="workflow"))
    assert get_package(300).variables == get_package(name="Loads").variables == {"DAY": "'x'"}
    assert [(one.id, one.variables) for one in get_packages(flow_type="workflow")] == [(300, {"DAY": "'x'"})]
    here.account.edit_package(300, status="archived")
    assert get_packages(flow_type="workflow") == ()
    assert [one.id for one in get_packages(status="archived", flow_type="workflow")] == [300]
    with pytest.raises(LookupFailed):
        get_package(name="Loads")


def test_limits_are_told(here: ProviderScene) -> None:
    """The hour's calls, and what is left of them."""
    limits = get_account_limits()
    assert 0 < limits.remaining <= limits.limit == 5000


def test_what_is_missing_is_one_paragraph(here: ProviderScene) -> None:
    """The error ends a program without a traceback, and says what is behind it to one that goes on."""
    for look, kind in (
        (lambda: get_cluster(987654), NotFoundError),
        (lambda: get_cluster(name="nobody"), NotFoundError),
        (lambda: get_cluster(1, name="both"), SpecError),
        (lambda: get_cluster("x"), SpecError),
        (lambda: get_clusters(limit=0), SpecError),
    ):
        with pytest.raises(LookupFailed) as caught:
            look()
        assert isinstance(caught.value.problem, kind)
        assert str(caught.value.problem) == str(caught.value)
        assert caught.value.__cause__ is None


def test_connections_are_found_without_their_markers(here: ProviderScene) -> None:
    """By type and number, by name, and all of a type; what is wrong is told with the keys of those that are there."""
    client = lookups._client()
    marked = "Sales [xp1:dev-0f3a91c:5b1c0d9e7a42]"
    bucket, other = (
        client.connections.create({"type": "s3", "name": name, "username": "u", "password": "p"})
        for name in (marked, "Loads")
    )
    assert (get_connection(bucket.key).name, get_connection(name="Sales").key) == ("Sales", bucket.key)
    assert [one.key for one in get_connections(type="s3")] == [other.key, bucket.key]
    assert get_connections(type="mysql") == ()
    wrong: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: get_connection("53"), "key must be its type and its number, such as s3/53, got '53'"),
        (lambda: get_connection(bucket.key, name="Sales"), "give key or name, not both"),
        (lambda: get_connection("s3/77"), "connection s3/77: there is no such thing"),
        (lambda: get_connection(name="Nobody"), "there is no connection of that name"),
        (lambda: get_connection(name="Sales", type="mysql"), "there is no mysql connection of that name"),
    )
    for look, text in wrong:
        with pytest.raises(LookupFailed, match=text):
            look()
    same = client.connections.create({"type": "s3", "name": "Sales", "username": "u", "password": "p"})
    with pytest.raises(LookupFailed, match=f"connections {bucket.key}, {same.key} all have that name"):
        get_connection(name="Sales")


def test_a_name_that_several_have_is_refused(here: ProviderScene) -> None:
    """The ids of all of them are told."""
    ids = {str(here.account.add_cluster(name="same").id) for _ in range(2)}
    with pytest.raises(LookupFailed) as caught:
        get_cluster(name="same")
    assert isinstance(caught.value.problem, RefusedError)
    assert all(id_ in str(caught.value) for id_ in ids)


def test_missing_settings_are_named(here: ProviderScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key the error says where it can be set."""
    monkeypatch.delenv("XPLENTY_API_KEY")
    with pytest.raises(LookupFailed, match="XPLENTY_API_KEY") as caught:
        get_packages()
    assert isinstance(caught.value.problem, ConfigError)
