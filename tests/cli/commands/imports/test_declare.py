"""Names, inputs, secrets and references of what a program declares."""

from typing import Any

import pytest

from xplenty_pulumi.cli.commands.imports.declare import NOT_SHOWN, Declaration, declare, names_of, require_declarable
from xplenty_pulumi.cli.commands.imports.literals import Code
from xplenty_pulumi.cli.commands.imports.program import program_of
from xplenty_pulumi.client import Cluster, Connection, Hook, Job, Package, Schedule
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.kinds.registry import kind_of
from xplenty_pulumi.errors import RefusedError


def cluster(number: int = 501, **fields: Any) -> Cluster:
    """Return a cluster as the service shows it."""
    shown = {"id": number, "status": "available", "nodes": 2, "type": "production", "time_to_idle": 3600, **fields}
    return Cluster.model_validate(shown)


def hook(**fields: Any) -> Hook:
    """Return a Slack hook as the service shows it."""
    settings = {"url": "https://hooks.example.test/T0", "channel": "#etl"}
    shown = {
        "id": 7,
        "type": "slack",
        "name": "Bell",
        "active": True,
        "settings": settings,
        "events": ["job"],
        **fields,
    }
    return Hook.model_validate(shown)


def package(**fields: Any) -> Package:
    """Return a package as the service shows it, with its flow."""
    shown = {"id": 101, "status": "active", "name": "Loads", "data_flow_json": '{"b":1,"a":[]}', **fields}
    return Package.model_validate(shown)


def schedule(**fields: Any) -> Schedule:
    """Return a schedule of package 101 as the service shows it."""
    packages = [{"package_id": 101, "variables": {"day": "'2026-01-31'"}}]
    shown = {
        "id": 301,
        "status": "enabled",
        "name": "Loads",
        "start_at": "2026-01-31T02:00:00Z",
        "interval_amount": 1,
        "interval_unit": "days",
        "task": {"nodes": 2, "packages": packages},
    }
    return Schedule.model_validate({**shown, **fields})


def names(*records: Any) -> list[str]:
    """Return the names of some records in a program."""
    return list(names_of((kind_of(one), one) for one in records).values())


def declared(record: Any, *others: Any) -> Declaration:
    """Return the declaration of a record beside others."""
    return declare(kind_of(record), record, names_of((kind_of(one), one) for one in (record, *others)))


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("Nightly ETL", "nightly-etl"),
        ("  Lädt -- Ümläute! ", "ladt-umlaute"),
        ("2026 loads", "cluster-2026-loads"),
        ("漢字", "cluster-501"),
        (None, "cluster-501"),
        ("import", "import-cluster"),
        ("config", "config-cluster"),
        ("loads [xp2:dev-7530ff3:69c95a0ba792:htk1atbqmpldq:h]", "loads"),
    ],
)
def test_name_is_made_of_that_in_the_service(shown: str | None, name: str) -> None:
    """It is a variable of Python once its hyphens are underscores, and no word of the language or of the program."""
    assert names(cluster(name=shown)) == [name]


def test_each_name_is_there_once() -> None:
    """The kind tells what has the same name apart, then a number; names that differ in a hyphen alone are the same."""
    found = names(cluster(1, name="loads"), package(name="Loads"), *(cluster(n, name="loads") for n in range(2, 5)))
    assert found == ["loads", "loads-package", "loads-cluster", "loads-2", "loads-3"]


def test_a_name_that_the_stack_uses_is_not_used_again() -> None:
    """Whatever kind has it."""
    assert [*names_of([(CLUSTER, cluster(name="etl"))], used=["etl", "etl-cluster"]).values()] == ["etl-2"]


def test_only_what_differs_from_defaults_is_declared() -> None:
    """What the service has no value for, what it fills in and what is the default anyway stays out of the program."""
    shown = cluster(name="etl", region="r", terminate_on_idle=False, time_to_idle=3600, zone=None, launched_at=None)
    assert declared(shown).inputs == {"nodes": 2, "name": "etl", "region": "r"}


@pytest.mark.parametrize("flow_type", ["dataflow", "workflow"])
def test_the_usual_type_of_a_flow_is_not_declared(flow_type: str) -> None:
    """A package whose program says nothing gets it."""
    expected = {} if flow_type == "dataflow" else {"flow_type": flow_type}
    assert declared(package(flow_type=flow_type)).inputs == {"name": "Loads", **expected}


def test_what_the_service_adds_to_a_package_of_a_schedule_is_not_declared() -> None:
    """A program cannot say it, and a schedule that has it can be imported all the same."""
    found = schedule(task={"packages": [{"package_id": 101, "retries": 2}]})
    require_declarable(kind_of(found), found)
    assert declared(found).inputs["packages"] == [{"package_id": 101}]


def test_a_package_of_a_schedule_without_variables_is_declared_by_its_id() -> None:
    """Its variables are empty by default."""
    task = {"nodes": 2, "packages": [{"package_id": 101, "variables": {}}]}
    assert declared(schedule(task=task)).inputs["packages"] == [{"package_id": 101}]


def test_secret_members_are_in_the_configuration() -> None:
    """The program refers to them, and its text has none of them."""
    made = declared(hook())
    assert made.inputs["settings"] == {"url": Code('config.require_secret("bell_url")'), "channel": "#etl"}
    assert made.secrets == {"bell_url": "https://hooks.example.test/T0"}
    assert "hooks.example.test" not in program_of([made], folder=".")


def test_a_name_that_shows_a_secret_is_one_too() -> None:
    """The service calls a hook without a name after its address (documented)."""
    made = declared(hook(name="https://hooks.example.test/T0"))
    assert (made.name, made.inputs["name"]) == ("hook-7", Code('config.require_secret("hook_7_name")'))
    assert "hooks.example.test" not in program_of([made], folder=".")


def test_a_secret_that_is_needed_and_not_shown_stays_as_it_is() -> None:
    """The configuration says so in its place."""
    made = declared(hook(type="pagerduty", settings={"pd_account": "acme"}))
    assert made.secrets == {"bell_service_key": NOT_SHOWN}


def test_passwords_of_a_connection_stay_as_they_are() -> None:
    """Those that its type needs are in the configuration, and no others; the rest is as the service shows it."""
    shown = {"id": 53, "type": "adwords", "name": "Ads", "username": "u"}
    made = declared(Connection.model_validate(shown))
    assert made.inputs["settings"] == {"username": "u", "password": Code('config.require_secret("ads_password")')}
    assert (made.id, made.secrets) == ("adwords/53", {"ads_password": NOT_SHOWN})


def test_what_no_program_can_declare_is_refused() -> None:
    """The error names the thing and the input."""
    with pytest.raises(RefusedError, match=r"hook 7: no program can declare it: .*type must be one of.*'hipchat'"):
        require_declarable(HOOK, hook(type="hipchat", settings={"room": "a"}))
    with pytest.raises(RefusedError, match=r"package 101: no program can declare it: .*data_flow_json"):
        require_declarable(PACKAGE, package(data_flow_json="no JSON"))
    require_declarable(CLUSTER, cluster())


def test_a_package_is_made_of_a_file() -> None:
    """The file has its flow, sorted and indented, and the program names it from the project's folder on."""
    made = declared(package(description="x [xp2:dev-7530ff3:69c95a0ba792:htk1atbqmpldq:h]"))
    assert (made.file, made.flow) == ("packages/loads.json", '{\n  "a": [],\n  "b": 1\n}\n')
    assert made.inputs == {"name": "Loads", "description": "x"}
    assert 'source=pulumi.FileAsset("taken/packages/loads.json")' in program_of([made], folder="taken")


def test_ids_are_references_to_what_is_declared() -> None:
    """An id of something that is not declared stays a number; runs have fields for both, though none is imported."""
    run = Job.model_validate({"id": 9, "status": "running", "cluster_id": 501, "package_id": 101})
    assert declared(run, package()).inputs == {"cluster_id": 501, "package_id": Code("loads.id")}
    assert declared(run, cluster(name="etl")).inputs == {"cluster_id": Code("etl.id"), "package_id": 101}


def test_what_another_one_refers_to_comes_before_it() -> None:
    """Wherever in its inputs the reference is."""
    loads = declared(package())
    nightly = Declaration(CLUSTER, 1, "a-nightly", {"packages": [{"package_id": Code("loads.id")}]})
    text = program_of([nightly, loads], folder=".")
    assert text.index("loads = ") < text.index("a_nightly = ")
    assert '{"package_id": loads.id}' in text
