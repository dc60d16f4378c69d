"""What a program's declarations tell the engine."""

import inspect
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import Settings, configure

from xplenty_pulumi import Cluster, Hook, JobRun
from xplenty_pulumi.core.hook_kind import HOOK
from xplenty_pulumi.core.kinds import CLUSTER, JOB_RUN
from xplenty_pulumi.dynamic.inputs import OWNER
from xplenty_pulumi.dynamic.secrets import SECRETS


class Told(pulumi.runtime.Mocks):
    """An engine that takes every resource as declared and remembers it."""

    def __init__(self) -> None:
        self.registered: dict[str, mocks.MockResourceArgs] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.registered[args.name] = args
        return args.resource_id or "77", dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None

    def inputs(self, name: str) -> dict[str, Any]:
        """Return what was declared, without what was left out."""
        return {key: value for key, value in self.registered[name].inputs.items() if value is not None}


@pytest.fixture
def told() -> Iterator[Told]:
    """A runtime whose engine only listens."""
    made = Told()
    mocks.set_mocks(made, project="loads", stack="dev", organization="organization")
    yield made
    configure(Settings("project", "stack"))


def run(declare: Any) -> None:
    """Run a program to its end."""
    pulumi.runtime.test(declare)()  # type: ignore[no-untyped-call]  # the SDK has no types here


def test_cluster_hands_over_what_was_declared(told: Told) -> None:
    """Inputs go as they are, with whose resource it is; outputs come later."""
    run(lambda: Cluster("etl", nodes=2, name="night", ready_timeout="30m"))
    inputs = told.inputs("etl")
    assert {name: inputs[name] for name in inputs if name in CLUSTER.by_name} == {
        "nodes": 2,
        "name": "night",
        "ready_timeout": "30m",
    }
    assert inputs[OWNER] == "organization|urn:pulumi:dev::loads::pulumi-python:dynamic/xplenty:Cluster::etl"
    assert told.registered["etl"].typ == "pulumi-python:dynamic/xplenty:Cluster"


def test_secret_variables_are_named(told: Told) -> None:
    """The provider is told which variables are secret, and all of them where the whole mapping is."""
    hidden = pulumi.Output.secret("'x'")
    run(lambda: JobRun("one", cluster_id=1, package_id=2, variables={"a": hidden, "b": "1"}))
    run(lambda: JobRun("both", cluster_id=1, package_id=2, variables={"a": hidden}, dynamic_variables={"c": hidden}))
    run(lambda: JobRun("all", cluster_id=1, package_id=2, variables=pulumi.Output.secret({"a": "'x'"})))
    run(lambda: JobRun("none", cluster_id=1, package_id=2, variables={"b": "1"}))
    named = {name: told.inputs(name)[SECRETS] for name in ("one", "both", "all", "none")}
    assert named == {"one": ["a"], "both": ["a", "c"], "all": ["*"], "none": []}


def test_scope_goes_into_the_owner(told: Told) -> None:
    """The setting `xplenty:scope` tells apart stacks that would otherwise have one name."""
    pulumi.runtime.set_config("xplenty:scope", "eu")
    try:
        run(lambda: JobRun("load", cluster_id=1, package_id=2))
    finally:
        pulumi.runtime.set_config("xplenty:scope", "")
    assert told.inputs("load")[OWNER].startswith("organization/eu|urn:pulumi:dev::loads::")


def test_look_up_by_id_declares_nothing(told: Told) -> None:
    """`get` reads what exists and hands over no inputs and no owner, so nothing is ever changed."""
    run(lambda: (Cluster.get("theirs", "501"), JobRun.get("old", "5")))
    assert [told.registered[name].resource_id for name in ("theirs", "old")] == ["501", "5"]
    assert not {OWNER, SECRETS} & {*told.inputs("theirs"), *told.inputs("old")}


@pytest.mark.parametrize(("resource", "kind"), [(Cluster, CLUSTER), (Hook, HOOK), (JobRun, JOB_RUN)])
def test_every_input_can_be_declared(resource: type, kind: Any) -> None:
    """The constructor has exactly the fields of the table, besides what Pulumi itself asks for."""
    names = set(inspect.signature(resource).parameters)
    assert names - {"resource_name", "opts"} == set(kind.by_name)
