"""Existing clusters and runs, looked up by id."""

import json
from pathlib import Path

from tests.support.engine.stack import Stack
from xplenty_pulumi.emulator import Emulator

LOOK_UP = """\
import pulumi, xplenty_pulumi
found = xplenty_pulumi.Cluster.get("existing", "{id}")
pulumi.export("nodes", found.nodes)
"""
WHOLE = """\
import pulumi, xplenty_pulumi
pulumi.export("clusters", [one.model_dump(mode="json") for one in xplenty_pulumi.get_clusters()])
"""
BY_NOBODY = """\
import pulumi, xplenty_pulumi as x
pulumi.export("found", x.get_cluster_output(name=pulumi.Output.from_input("nobody")).status)
"""


def test_existing_cluster_is_looked_up_and_never_ended(stack: Stack, account: Emulator) -> None:
    """A program can read a cluster that somebody else made; destroying the stack leaves it alone."""
    one = account.add_cluster(nodes=3)
    Path(stack.folder, "__main__.py").write_text(LOOK_UP.format(id=one.id))

    assert "nodes: 3" in stack.up().succeeded().output
    stack.destroy().succeeded()
    assert account.cluster(one.id).status == "available"


def test_whole_records_are_exported_as_plain_values(stack: Stack, account: Emulator) -> None:
    """What the page on lookups advises gives each field by its name, dates as texts."""
    one = account.add_cluster(name="shared", nodes=3)
    Path(stack.folder, "__main__.py").write_text(WHOLE)

    stack.up().succeeded()
    (shown,) = json.loads(stack.pulumi("stack", "output", "clusters", "--json").succeeded().output)

    assert (shown["id"], shown["name"], shown["created_at"][:2]) == (one.id, "shared", "20")


def test_lookup_of_a_missing_cluster_fails_with_its_id(stack: Stack) -> None:
    """A wrong id is an error that names it."""
    Path(stack.folder, "__main__.py").write_text(LOOK_UP.format(id=77))

    output = stack.up().failed().output

    assert "cluster 77: the service does not know it (404). Correct the id that the program looks up" in output


def test_lookup_by_an_output_that_finds_nothing_is_one_paragraph(stack: Stack) -> None:
    """The program ends with the paragraph of the lookup and without a traceback."""
    Path(stack.folder, "__main__.py").write_text(BY_NOBODY)
    output = stack.up().failed().output
    assert "there is no living cluster of that name" in output
    assert "Traceback" not in output
