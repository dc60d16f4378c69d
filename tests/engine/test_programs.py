"""What programs do with resources: components, renames, stacks side by side, runs declared anew."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.support.engine.ran import bridged
from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator

COMPONENT = """\
import pulumi, xplenty_pulumi

class Loads(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("tests:index:Loads", name)
        own = pulumi.ResourceOptions(parent=self)
        self.cluster = xplenty_pulumi.Cluster(f"{name}-etl", nodes=2, opts=own)
        self.load = xplenty_pulumi.JobRun(f"{name}-load", cluster_id=self.cluster.id, package_id=101, opts=own)
        self.register_outputs({"status": self.load.status})

for name in ("one", "two"):
    Loads(name)
"""


def test_components_may_hold_clusters_and_runs(stack: Stack, account: Emulator) -> None:
    """Two components with a cluster and a run each come up, and a second `up` plans nothing."""
    Path(stack.folder, "__main__.py").write_text(COMPONENT)

    stack.up().succeeded()
    stack.up("--expect-no-changes").succeeded()

    assert len(account.living_clusters()) == 2
    assert [run.status for run in account.jobs()] == ["completed", "completed"]


def test_each_change_of_triggers_is_a_new_run(stack: Stack, account: Emulator) -> None:
    """Triggers that go from 1 to 2 and back to 1 bring about three runs, however soon one follows the other."""
    for trigger in (1, 2, 1):
        stack.declare(cluster("etl"), job("load", triggers=[trigger])).up().succeeded()

    assert [run.status for run in account.jobs()] == ["completed"] * 3
    assert stack.state()["load"]["id"] == str(account.jobs()[-1].id)


def test_run_that_was_destroyed_is_run_anew(stack: Stack, account: Emulator) -> None:
    """On a cluster that stays, an equal run declared after a destroy is a new run."""
    one = account.add_cluster()
    stack.declare(job("load", cluster_id=one.id)).up().succeeded()
    stack.destroy().succeeded()

    stack.up().succeeded()

    assert len(account.jobs()) == 2


def test_renamed_stack_signs_its_clusters_anew(stack: Stack, account: Emulator) -> None:
    """After a rename the next `up` puts the new marker on; a new stack of the old name then adopts nothing."""
    stack.declare(cluster("etl")).up().succeeded()
    before = account.clusters()[0].description
    stack.run("stack", "rename", "prod").succeeded()
    stack.up().succeeded()
    assert account.clusters()[0].description != before

    stack.run("stack", "init", "dev").succeeded()
    stack.up().succeeded()

    assert len(account.living_clusters()) == 2


def test_states_of_equal_names_are_kept_apart_by_a_scope(make_stack: Callable[..., Stack], account: Emulator) -> None:
    """Two states of the same project and stack name share an account without taking each other's clusters."""
    first, second = make_stack(account), make_stack(account)
    second.run("config", "set", "xplenty:scope", "second").succeeded()
    for one in (first, second):
        one.declare(cluster("etl")).up().succeeded()

    second.destroy().succeeded()

    assert [str(living.id) for living in account.living_clusters()] == [first.state()["etl"]["id"]]


def test_run_on_a_cluster_that_idled_out_says_the_way_out(stack: Stack, account: Emulator) -> None:
    """A new run on a cluster that has ended names `--refresh`, which then works."""
    stack.declare(cluster("etl"), job("load")).up().succeeded()
    account.edit_cluster(account.clusters()[0].id, status="terminated", terminated_on_idle=True)
    stack.declare(cluster("etl"), job("load", variables={"day": "'2026-02-01'"}))

    output = stack.up().failed().output

    assert "is terminated, after it had been idle" in output
    assert "if this stack declares the cluster, run `pulumi up --refresh`, which creates it anew" in output
    stack.up("--refresh").succeeded()


def test_large_whole_number_reaches_the_service_unchanged(stack: Stack, account: Emulator) -> None:
    """The engine counts in floats; a whole number in the variables is nevertheless sent digit by digit."""
    stack.declare(cluster("etl"), job("load", variables={"big": 12345678901234567890})).up().succeeded()

    assert account.jobs()[0].variables == {"big": "12345678901234567890"}


@bridged("test_failed_run_is_readable_and_the_next_up_starts_a_new_one")
def test_preview_says_why_a_failed_run_is_replaced(stack: Stack, account: Emulator) -> None:
    """The row of the run that is to be replaced names its status."""
    stack.declare(cluster("etl"), job("load", package_id=103)).up().failed()

    output = stack.run("preview").succeeded().output

    assert f"job {account.jobs()[0].id} failed, so a new one is planned" in output


def test_lookup_with_a_bad_id_names_it(stack: Stack) -> None:
    """An id that is no number is bad input, not a fault of the provider."""
    program = 'import xplenty_pulumi\nxplenty_pulumi.Cluster.get("existing", "abc")\n'
    Path(stack.folder, "__main__.py").write_text(program)

    assert "the id of a cluster must be an id, a whole number above 0, got 'abc'" in stack.up().failed().output


def test_outputs_tell_what_is_there_whoever_has_set_it(stack: Stack, account: Emulator) -> None:
    """What the stack's sizing sets, and what was changed from outside and is ignored, is in the program's outputs."""
    stack.run("config", "set", "xplenty:sizing", "sandbox").succeeded()
    stack.declare(cluster("etl", {"ignore_changes": ["description"]}))
    program = Path(stack.folder, "__main__.py")
    exports = "".join(f"pulumi.export('{name}', made['etl'].{name})\n" for name in ("type", "nodes", "description"))
    program.write_text(program.read_text() + exports)
    stack.up().succeeded()
    account.edit_cluster(account.clusters()[0].id, description="theirs")

    stack.refresh().succeeded()
    stack.up().succeeded()

    outputs = json.loads(stack.run("stack", "output", "--json").succeeded().output)
    assert outputs == {"type": "sandbox", "nodes": 1, "description": "theirs"}
