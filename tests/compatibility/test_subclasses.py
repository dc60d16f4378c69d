"""Resources of classes that a program derives from ours go on over a state that has them under another type."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands.drift.test_engine import drift
from tests.support.engine.recording import TIME_SCALE, restore
from tests.support.engine.stack import Stack, writes
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

FILE = Path(__file__).parent / "subclasses.json"
"""The state of `PROGRAM` as version 0.2.0 wrote it, never made anew: later versions give these classes other types.

That version gave each of them the type of all dynamic resources without a module, unless a class named one.
"""
PROGRAM = """\
import pulumi
from xplenty_pulumi import Cluster, Hook, JobRun

class House(Cluster):
    pass

class Villa(House):
    def __init__(self, name, opts=None):
        super().__init__(name, nodes=3, time_to_idle=86400, opts=opts)
        self.size = self.nodes.apply(lambda nodes: nodes * 10)

class Own(Cluster, module="own", name="Own"):
    pass

class Load(JobRun):
    pass

class Bell(Hook):
    pass

class Team(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("tests:Team", name)

team = Team("team")
house = House("house", nodes=2, time_to_idle=86400, description="loads")
villa = Villa("villa", opts=pulumi.ResourceOptions(parent=team))
own = Own("own", nodes=2, time_to_idle=86400)
Load("load", cluster_id=house.id, package_id=101, opts=pulumi.ResourceOptions(parent=house))
JobRun("within", cluster_id=villa.id, package_id=101, opts=pulumi.ResourceOptions(parent=villa))
Bell("bell", type="slack", settings={"url": "https://hooks.example.test/T0/token"}, events=["job.failed"], ping=False)
pulumi.export("shown", [house.status, villa.size])
"""
THING = """
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Provider(ResourceProvider):
    def create(self, props):
        return CreateResult("501", {})

class Thing(Resource):
    def __init__(self, name):
        super().__init__(Provider(), name, {})
"""


@pytest.fixture
def account() -> Iterator[Emulator]:
    """The account that the state was made on."""
    with Emulator(time_scale=TIME_SCALE) as made:
        restore(made, json.loads(FILE.read_text()))
        yield made


@pytest.fixture
def stack(tmp_path: Path, account: Emulator) -> Stack:
    """A stack with the recorded state and its program."""
    state = tmp_path / "state.json"
    state.write_text(json.dumps(json.loads(FILE.read_text())["state"]))
    made = Stack(tmp_path / "stack", account)
    made.run("stack", "import", "--file", str(state)).succeeded()
    write(made, PROGRAM)
    return made


def write(stack: Stack, program: str) -> None:
    """Give the stack another program."""
    (stack.folder / "__main__.py").write_text(program)


def ids(stack: Stack) -> dict[str, str]:
    """Return the id of each resource of ours by name, whatever its type."""
    resources = json.loads(stack.run("stack", "export").succeeded().output)["deployment"]["resources"]
    return {one["urn"].rpartition("::")[2]: one["id"] for one in resources if "__owner" in one.get("inputs", {})}


def test_first_up_replaces_nothing_and_signs_anew(stack: Stack, account: Emulator) -> None:
    """The types become those of the bases, each marker follows with one update, and nothing else is planned or sent."""
    before, planned = ids(stack), stack.preview()
    stack.up().succeeded()
    sent = writes(account)
    stack.up("--expect-no-changes").succeeded()
    write(stack, PROGRAM.replace('House("house"', 'Cluster("house"'))
    stack.up("--expect-no-changes").succeeded()

    assert {one["op"] for one in planned.values()} == {"same", "update"}
    assert {name for one in planned.values() for name in one.get("diffReasons") or ()} == set()
    assert ids(stack) == before
    assert sorted(sent) == sorted(writes(account)) == ["PUT /clusters/501", "PUT /clusters/502", "PUT /hooks/701"]
    assert {name for name, one in stack.state().items() if "xplenty:" in one["type"]} == {*before} - {"own"}
    checked = json.loads(drift(stack, "--unmanaged", "--json").succeeded().output)
    assert (checked["checked"], [one for one in checked["findings"] if one["class"] != "expected"]) == (6, [])


def test_state_of_an_earlier_version_is_checked(stack: Stack, account: Emulator) -> None:
    """`drift` goes by the provider: what the state has under any type is checked, and a vanished cluster is missed."""
    whole = json.loads(drift(stack, "--unmanaged", "--json").succeeded().output)
    account.end_cluster(502)
    found = drift(stack, "--json")

    assert (whole["checked"], [one for one in whole["findings"] if one["class"] != "expected"]) == (6, [])
    assert found.code == 2
    assert ("villa", "gone") in {(one["resource"], one["cause"]) for one in json.loads(found.output)["findings"]}


def test_alias_of_the_program_counts_for_the_former_type(stack: Stack, account: Emulator) -> None:
    """A resource renamed by an alias in the same `up` is the same cluster, and is destroyed as such."""
    opts = 'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="house")])'
    write(stack, PROGRAM.replace('House("house", ', f'House("home", {opts}, '))
    before = ids(stack)
    stack.up().succeeded()

    assert ids(stack)["home"] == before["house"]
    assert not [one for one in writes(account) if not one.startswith("PUT")]
    stack.destroy().succeeded()
    assert account.living_clusters() == ()


def test_alias_takes_nothing_of_another_provider(stack: Stack, account: Emulator) -> None:
    """Another package's resource under the former type is refused before anything is sent, whatever its id is."""
    write(stack, f'{THING}\nThing("etl")\n{PROGRAM}')
    stack.up().succeeded()
    sent = writes(account)
    write(stack, f'{PROGRAM}\nHouse("etl", nodes=4)\n')
    refused = stack.up().failed().output

    assert "an alias names something in the state that is no cluster of Xplenty; nothing was changed" in refused
    assert writes(account) == sent
