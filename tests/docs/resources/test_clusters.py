"""The blocks and lists of `docs/how-to/clusters.md`."""

import json
import re
from pathlib import Path

import yaml

from tests.docs.programs import declared
from tools.picture import PICTURE, lines
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Change
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.kinds.naming import SETTING, automatic_name, pattern_for

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "clusters.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(_, PROGRAM), (_, CONFIGURED), (_, RESIZED), (_, ACCEPTED) = BLOCKS


def test_program_declares_a_cluster() -> None:
    """The program runs, and every input of it is one."""
    (made,) = declared(PROGRAM)
    assert made["name"] == "etl"
    assert {"nodes", "terminate_on_idle", "time_to_idle"} <= set(made["inputs"])


def test_names_are_made_as_shown() -> None:
    """Both names are those of the resource in the stack `dev` of the other pages, and each expression is known."""
    owner = Owner("organization", "loads", "dev", "pulumi-python:dynamic/xplenty:Cluster::etl")
    setting = json.dumps(yaml.safe_load(CONFIGURED)["config"][SETTING])
    for text, lead in ((None, "made of the name of its resource: "), (setting, "the name is ")):
        name = automatic_name(pattern_for(text, "pulumi-python:dynamic/xplenty:Cluster"), owner, field="name")
        assert f"{lead}`{name}`" in " ".join(PAGE.split())
    for expression in re.findall(r"\$\{[^}]*\}", PAGE.partition("A pattern\nmay have")[2].partition(".")[0]):
        assert automatic_name(expression.replace("(n)", "(7)"), owner, field="name")


def test_resize_is_printed_as_shown() -> None:
    """The line is one of the picture, which is made from a run."""
    assert re.sub(r"\d+(?=s)", "N", RESIZED).strip() in lines(PICTURE.read_text(encoding="utf-8"))


def test_what_changes_in_place_is_that_of_the_code() -> None:
    """The page names the inputs that change in place, and those that need a new cluster."""
    in_place = PAGE.partition("change in place: ")[2].partition(".")[0]
    assert set(re.findall(r"`(\w+)`", in_place)) == set(CLUSTER.names(Change.IN_PLACE))
    replaced = set(re.findall(r"`(\w+)`", PAGE.partition("need a new cluster: ")[2].partition(". ")[0]))
    rest = set(CLUSTER.names(Change.REPLACE)) - replaced
    assert replaced <= set(CLUSTER.names(Change.REPLACE))
    assert {name for name in rest if not re.search("instance_type|spot", name)} == set()


def test_cluster_that_is_not_waited_for_is_declared() -> None:
    """The second program declares such a cluster, and a run on it."""
    made = {one["name"]: one["inputs"] for one in declared(ACCEPTED)}
    assert made["etl"]["wait_for"] == "accepted"
    assert {"cluster_id", "package_id"} <= set(made["load"])
