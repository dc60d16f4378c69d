"""What a preview of a resize says of the runs that are handed outputs of the cluster."""

from pathlib import Path

from tests.support.engine.ran import bridged
from tests.support.engine.stack import Stack, writes
from xplenty_pulumi.emulator import Emulator

PROGRAM = """\
import pulumi
from xplenty_pulumi import Cluster, JobRun

nodes = pulumi.Config().require_int("nodes")
etl = Cluster("etl", nodes=nodes, name="nightly", time_to_idle=86400)

def run(name, **inputs):
    JobRun(name, cluster_id=etl.id, package_id=101, dynamic_variables={"day": f"'{name}'"}, **inputs)

run("by_id")
run("by_whole_number", triggers=[etl.id.apply(int)])
run("by_declared", triggers=[etl.name, etl.time_to_idle])
run("by_region", triggers=[etl.region])
run("after", opts=pulumi.ResourceOptions(depends_on=[etl]))
run("within", opts=pulumi.ResourceOptions(parent=etl))
"""
KNOWN = {"by_id", "by_whole_number", "by_declared", "after", "within"}


@bridged("nothing tells a row there")
def test_resize_previews_only_what_may_happen_to_runs(tmp_path: Path) -> None:
    """A run that is handed what a preview knows is unchanged; any other says that its replacement is not certain."""
    with Emulator(time_scale=300) as account:
        stack = Stack(tmp_path / "stack", account)
        (stack.folder / "__main__.py").write_text(PROGRAM)
        stack.run("config", "set", "tests:nodes", "2").succeeded()
        stack.up().succeeded()
        before = len(writes(account))
        stack.run("config", "set", "tests:nodes", "4").succeeded()

        planned = {name: step["op"] for name, step in stack.preview().items()}
        shown = stack.run("preview").succeeded().output
        stack.up().succeeded()

        assert {name for name in planned if planned[name] == "same"} == {*KNOWN, "tests-dev"}
        assert (planned["etl"], planned["by_region"]) == ("update", "replace")
        assert "replaced only if the value of triggers, which the `up` will know, is another one" in shown
        assert writes(account)[before:] == ["PUT /clusters/501"]
