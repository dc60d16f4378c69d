"""What a program's declarations tell the engine."""

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.settings import Settings, configure

from xplenty_pulumi import Cluster, Hook, JobRun
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.dynamic.resources.declare import declaration
from xplenty_pulumi.dynamic.state import OBSERVED, OWNER, SECRETS


class Told(pulumi.runtime.Mocks):
    """An engine that takes every resource as declared and remembers it."""

    def __init__(self) -> None:
        self.registered: dict[str, mocks.MockResourceArgs] = {}
        self.observed: dict[str, dict[str, Any]] = {}
        self.observed_as: Callable[[dict[str, Any]], object] = json.dumps

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.registered[args.name] = args
        observed = self.observed.get(args.name, {})
        return args.resource_id or "77", {**args.inputs, OBSERVED: self.observed_as(observed)}

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


def shown(*outputs: pulumi.Output[Any]) -> list[Any]:
    """Return the values of outputs, and fail where one is not known."""
    found: list[Any] = []
    pulumi.runtime.test(lambda: pulumi.Output.all(*outputs).apply(found.extend))()  # type: ignore[no-untyped-call]
    assert len(found) == len(outputs)
    return found


def test_outputs_are_what_is_declared_or_observed(told: Told) -> None:
    """An output has the declared input's value, or else what `observed` has, None where the service has nothing."""
    told.observed["etl"] = {"status": "idle", "owner_id": 27, "creator": {"id": 1}}
    one = Cluster("etl", nodes=2)

    assert shown(one.nodes, one.status, one.owner_id, one.creator) == [2, "idle", 27, {"id": 1}]
    assert shown(one.idle_since, one.observed) == [None, told.observed["etl"]]


def test_declared_input_without_a_value_shows_what_is_observed(told: Told) -> None:
    """A name that the program computes as nothing is the one that the service made up."""
    told.observed["etl"] = {"name": "lucid-summit-896", "time_to_idle": 60}
    nothing: Any = None
    one = Cluster("etl", nodes=2, name=pulumi.Output.from_input(nothing))

    assert shown(one.name, one.time_to_idle) == ["lucid-summit-896", 60]


def test_numbers_that_count_something_are_whole(told: Told) -> None:
    """The engine knows floats alone; a declared number of nodes is a whole number in the program all the same."""
    one = Cluster("etl", nodes=3.0, time_to_idle=60.0)  # type: ignore[arg-type]  # as the engine gives them back

    assert [type(value) for value in shown(one.nodes, one.time_to_idle)] == [int, int]


def test_mocks_may_give_observed_as_a_mapping(told: Told) -> None:
    """A unit test of a program says what the service would show without spelling it as JSON."""
    told.observed_as = dict
    told.observed["load"] = {"status": "completed"}

    assert shown(JobRun("load", cluster_id=1, package_id=2).status) == ["completed"]


def test_output_is_made_once(told: Told) -> None:
    """Whoever asks twice gets the same output, and nobody can put another one in its place."""
    one = Cluster("etl", nodes=2)

    assert one.status is one.status
    with pytest.raises(AttributeError, match="status is an output"):
        one.status = one.name


@pytest.mark.parametrize(("secret", "are_secret"), [(["status"], True), (["nodes"], True), ([], False)])
def test_output_that_is_to_be_secret_makes_observed_secret(secret: list[str], *, are_secret: bool) -> None:
    """The engine marks properties by name, and all outputs that are no declared input lie in one."""
    one = Cluster.__new__(Cluster)
    _, options = declaration(one, "etl", {"nodes": 2}, pulumi.ResourceOptions(additional_secret_outputs=secret))

    assert (OBSERVED in (options.additional_secret_outputs or [])) is are_secret


def test_class_of_its_own_says_whose_it_is_by_its_own_name(told: Told) -> None:
    """A program's class derived from `Cluster` is registered under the type that its owner names."""

    class Own(Cluster, module="own", name="Own"):
        """A cluster by another name."""

    run(lambda: Own("etl", nodes=2))

    assert told.registered["etl"].typ in told.inputs("etl")[OWNER]
    assert told.registered["etl"].typ.endswith("/own:Own")


def test_derived_class_has_the_type_of_its_base(told: Told) -> None:
    """The engine knows a program's class, and one derived from that, as what it is derived from."""

    class House(Cluster):
        """A cluster of the program."""

    class Villa(House):
        """One derived from it."""

    class Load(JobRun):
        """A run of the program."""

    run(lambda: (House("house", nodes=2), Villa("villa", nodes=2), Load("load", cluster_id=1, package_id=2)))

    types = {name: one.typ.rpartition("/")[2] for name, one in told.registered.items()}
    assert types == {"house": "xplenty:Cluster", "villa": "xplenty:Cluster", "load": "xplenty:JobRun"}
    assert all(one.typ in told.inputs(name)[OWNER] for name, one in told.registered.items())


@pytest.mark.usefixtures("told")
def test_no_property_of_the_engine_is_one_of_the_class() -> None:
    """What a class keeps for itself is not registered beside its outputs."""
    properties, _ = declaration(Hook.__new__(Hook), "bell", {}, None)

    assert {*properties} == {"type", "settings", "events", "name", "active", "salt", OWNER}


def test_derived_class_is_known_by_its_former_type() -> None:
    """The type of all classes without a module is an alias, and so is each alias of the program with that type."""

    class House(Cluster):
        """A cluster of the program."""

    class Own(Cluster, module="own", name="Own"):
        """A class with a type of its own, which it has always had."""

    def aliases(cls: type[Cluster]) -> list[Any]:
        former = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="flat"), "urn:pulumi:dev::loads::some:Type::flat"])
        _, options = declaration(cls.__new__(cls), "house", {"nodes": 2}, former)
        found: list[Any] = [*(options.aliases or ())]
        return [one if isinstance(one, str) else (one.type_, one.name) for one in found]

    given = [(..., "flat"), "urn:pulumi:dev::loads::some:Type::flat"]
    old = "pulumi-python:dynamic:Resource"
    assert aliases(House) == [*given, (old, ...), (old, "flat")]
    assert aliases(Own) == aliases(Cluster) == given


def test_derived_class_has_attributes_of_its_own(told: Told) -> None:
    """What a program's class annotates is an attribute like any other, and all outputs of the base are there."""
    told.observed["house"] = {"status": "idle"}

    class House(Cluster):
        """A cluster that counts."""

        rooms: int
        size: pulumi.Output[int]

        def __init__(self, name: str) -> None:
            super().__init__(name, nodes=3)
            self.rooms = 7
            self.size = self.nodes.apply(lambda nodes: nodes * self.rooms)

    house = House("house")

    assert shown(house.size, house.status) == [21, "idle"]
    assert "rooms" not in told.registered["house"].inputs


def test_look_up_gives_the_derived_class(told: Told) -> None:
    """`get` of a program's class reads what exists, as that class."""

    class House(Cluster):
        """A cluster of the program."""

    found: list[House] = []
    run(lambda: found.append(House.get("theirs", "501")))

    assert isinstance(found[0], House)
    assert (told.registered["theirs"].typ, told.registered["theirs"].resource_id) == (
        "pulumi-python:dynamic/xplenty:Cluster",
        "501",
    )


def test_secret_variables_are_named(told: Told) -> None:
    """The provider is told which variables are secret, and all of them where the whole mapping is."""
    hidden = pulumi.Output.secret("'x'")
    run(lambda: JobRun("one", cluster_id=1, package_id=2, variables={"a": hidden, "b": "1"}))
    run(lambda: JobRun("both", cluster_id=1, package_id=2, variables={"a": hidden}, dynamic_variables={"c": hidden}))
    run(lambda: JobRun("all", cluster_id=1, package_id=2, variables=pulumi.Output.secret({"a": "'x'"})))
    run(lambda: JobRun("none", cluster_id=1, package_id=2, variables={"b": "1"}))
    named = {name: told.inputs(name)[SECRETS] for name in ("one", "both", "all", "none")}
    assert named == {"one": ["a"], "both": ["a", "c"], "all": ["*"], "none": []}


def test_secrets_are_named_by_where_they_stand(told: Told) -> None:
    """Any input may be one, whole, within another, and within an output that is none itself."""
    hidden = pulumi.Output.secret("x")
    actions = [{"script_path": "s3://b/boot.sh", "args": ["--token", hidden]}]
    within = pulumi.Output.from_input("s3://b/boot.sh").apply(lambda path: [{"script_path": path}])
    run(lambda: Cluster("one", nodes=2, description=hidden, bootstrap_actions=actions))
    run(lambda: Cluster("none", nodes=pulumi.Output.from_input(2), bootstrap_actions=within))
    run(lambda: JobRun("run", cluster_id=1, package=hidden, variables={"/a": hidden, "*": hidden, "b": hidden}))
    run(lambda: Hook("bell", type="email", settings={"emails": hidden}, events=["job"], name=hidden))
    named = {name: told.inputs(name).get(SECRETS) for name in ("one", "none", "run", "bell")}
    assert named == {
        "one": ["/bootstrap_actions/0/args/1", "/description"],
        "none": None,
        "run": ["/package", "/variables/*", "/variables/~1a", "b"],
        "bell": ["/name", "basic_auth_data", "emails", "service_key", "url"],
    }


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


def test_an_id_may_be_a_number(told: Told) -> None:
    """The engine is given its text, of an output too, whose numbers are floats."""
    ids: tuple[Any, ...] = ("501", 501, pulumi.Output.from_input(501.0), pulumi.Output.from_input("501"))
    for name, number in enumerate(ids):
        run(lambda name=name, number=number: Cluster.get(f"look-{name}", number))
    assert [told.registered[f"look-{name}"].resource_id for name in range(len(ids))] == ["501"] * len(ids)


@pytest.mark.parametrize(("resource", "kind"), [(Cluster, CLUSTER), (Hook, HOOK), (JobRun, JOB_RUN)])
def test_every_input_can_be_declared(resource: type, kind: Any) -> None:
    """The constructor has exactly the fields of the table, besides what Pulumi itself asks for."""
    names = set(inspect.signature(resource).parameters)
    assert names - {"resource_name", "opts"} == set(kind.by_name)
