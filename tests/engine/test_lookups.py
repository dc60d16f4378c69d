"""Existing clusters and runs, looked up by id."""

from pathlib import Path

from tests.support.engine.stack import Stack
from xplenty_pulumi.emulator import Emulator

LOOK_UP = """\
import pulumi, xplenty_pulumi
found = xplenty_pulumi.Cluster.get("existing", "{id}")
pulumi.export("nodes", found.nodes)
"""


def test_existing_cluster_is_looked_up_and_never_ended(stack: Stack, account: Emulator) -> None:
    """A program can read a cluster that somebody else made; destroying the stack leaves it alone."""
    one = account.add_cluster(nodes=3)
    Path(stack.folder, "__main__.py").write_text(LOOK_UP.format(id=one.id))

    assert "nodes: 3" in stack.up().succeeded().output
    stack.destroy().succeeded()
    assert account.cluster(one.id).status == "available"


def test_lookup_of_a_missing_cluster_fails_with_its_id(stack: Stack) -> None:
    """A wrong id is an error that names it."""
    Path(stack.folder, "__main__.py").write_text(LOOK_UP.format(id=77))

    output = stack.up().failed().output

    assert "cluster 77: the service does not know it (404). Correct the id that the program looks up" in output
