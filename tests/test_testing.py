"""Unit tests of programs: standard mocks of Pulumi, and those of this package."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pulumi
import pytest
from pulumi.runtime.settings import Settings, configure

import xplenty_pulumi
from xplenty_pulumi import Cluster, Connection, Hook, JobRun, Package, Schedule, testing
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.dynamic.resources.declare import outputs_of

FLOW = '{"components": []}'
DECLARED: dict[str, Callable[[str], pulumi.CustomResource]] = {
    "cluster": lambda name: Cluster(name, type="sandbox"),
    "job": lambda name: JobRun(name, cluster_id=1, package="Sales"),
    "package": lambda name: Package(name, source=FLOW),
    "schedule": lambda name: Schedule(name, packages=[{"package_id": 1}], every="1 hour"),
    "connection": lambda name: Connection(name, type="s3", settings={"username": "u", "password": "hidden"}),
    "hook": lambda name: Hook(name, type="email", settings={"emails": ["a@example.test"]}, events=["job.failed"]),
}


class SideBySide(pulumi.runtime.Mocks):
    """Mocks as Pulumi's own documentation writes them."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return f"{args.name}_id", {**args.inputs, "status": "idle", "id": 5, "owner_id": 27, "creator": {"id": 1}}

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


def mocked(mocks: pulumi.runtime.Mocks) -> None:
    """Let programs run with these mocks."""
    pulumi.runtime.set_mocks(mocks, project="loads", stack="dev", organization="organization")


@pytest.fixture(autouse=True)
def _engine() -> Iterator[None]:
    yield
    configure(Settings("project", "stack"))


def shown(*outputs: Any) -> list[Any]:
    """Return the values of outputs, and fail where one is not known."""
    found: list[Any] = []
    pulumi.runtime.test(lambda: pulumi.Output.all(*outputs).apply(found.extend))()  # type: ignore[no-untyped-call]
    assert len(found) == len(outputs)
    return found


def test_standard_mocks_give_outputs_side_by_side() -> None:
    """Each is the output of its name, whole where it counts something, and all of them are what is observed."""
    mocked(SideBySide())
    cluster = Cluster("etl", nodes=3, name="night")
    assert shown(cluster.id, cluster.status, cluster.nodes, cluster.name) == ["etl_id", "idle", 3, "night"]
    found = shown(cluster.owner_id, cluster.creator, cluster.idle_since, cluster.observed, cluster.to_output())
    assert found[:3] == [27, {"id": 1}, None]
    assert found[3] == {"nodes": 3, "name": "night", "status": "idle", "owner_id": 27, "creator": {"id": 1}}
    assert found[4] == {"id": "etl_id", **found[3]}
    assert type(found[0]) is int


def test_looked_up_resource_has_the_outputs_of_standard_mocks() -> None:
    """What a program only reads by its id shows them as well."""
    mocked(SideBySide())
    assert shown(JobRun.get("theirs", "5").status) == ["idle"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_resource_has_its_outputs(kind: str) -> None:
    """Declared or looked up, each output that is never None has a value of its kind, and an id that it accepts."""
    mocked(testing.mocks())
    resource = getattr(xplenty_pulumi, KINDS[kind].resource)
    for made in (DECLARED[kind]("one"), resource.get("two", "s3/7" if kind == "connection" else "7")):
        names = [name for name in outputs_of(resource) if is_always_there(resource, name)]
        values = dict(zip(names, shown(*(getattr(made, name) for name in names)), strict=True))
        assert len(values) > 2
        assert {name for name, value in values.items() if value is None} == set()
        assert KINDS[kind].key(*shown(made.id)) in (1, 7, "s3/1", "s3/7")


def is_always_there(resource: type, name: str) -> bool:
    """Return whether the type of an output leaves out None."""
    (found,) = {inspect.get_annotations(base).get(name) for base in resource.__mro__} - {None}
    return found != pulumi.Output[Any] and type(None) not in get_args(get_args(found)[0])


def test_success_is_what_is_shown() -> None:
    """A cluster is available, a run completed, and what the program declares is as the service shows it."""
    mocked(testing.mocks())
    cluster = Cluster("etl", nodes=2, time_to_idle="5m")
    run = JobRun("load", cluster_id=cluster.id, package_id=3, variables={"N": 2})
    assert shown(cluster.status, cluster.time_to_idle, cluster.name, cluster.type) == [
        *("available", 300, "etl", "production")
    ]
    assert shown(run.status, run.cluster_id, run.variables) == ["completed", shown(cluster.id)[0], {"N": "2"}]


def test_outputs_of_a_resource_can_be_given() -> None:
    """By the name of the resource, and those of others stay as they are."""
    mocked(testing.mocks({"load": {"status": "failed", "errors": "no input"}}))
    load, other = (JobRun(name, cluster_id=1, package_id=2) for name in ("load", "other"))
    assert shown(load.status, load.errors, other.status) == ["failed", "no input", "completed"]


def test_derived_class_is_known_by_its_provider() -> None:
    """A class of the program with a type of its own shows what its base does."""

    class Own(Cluster, module="own", name="Own"):
        """A cluster by another name."""

    mocked(testing.mocks())
    assert shown(Own("etl", nodes=2).status) == ["available"]


def test_secrets_stay_secret() -> None:
    """A password is one in the outputs of a connection."""
    mocked(testing.mocks())
    made = Connection("bucket", type="s3", settings={"username": "u", "password": "hidden"})

    async def ask() -> bool:
        return await made.settings.is_secret()

    assert shown(pulumi.Output.from_input(ask()), made.settings) == [True, {"username": "u", "password": "hidden"}]


def test_wrong_input_is_shown_as_it_is() -> None:
    """Nothing is checked, so that a test of one thing does not fail for another."""
    mocked(testing.mocks())
    assert shown(Cluster("etl", type="sandbox", nodes=2, time_to_idle="soon").time_to_idle) == ["soon"]


def test_other_resources_have_their_inputs() -> None:
    """A component, or a resource of another provider, shows what it was given."""
    mocked(testing.mocks())
    args = pulumi.runtime.MockResourceArgs("aws:s3:Bucket", "logs", {"acl": "private"}, "", "")
    assert testing.mocks({"logs": {"arn": "a"}}).new_resource(args) == ("logs", {"acl": "private", "arn": "a"})
