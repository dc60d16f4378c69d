"""Whose a cluster is, and what an `up` may send, on the real engine."""

from pathlib import Path
from typing import Any

from tests.support.engine.ran import bridged
from tests.support.engine.stack import Stack, cluster, writes
from xplenty_pulumi.core.kinds import marker as markers
from xplenty_pulumi.emulator import Emulator


def test_an_up_sends_what_its_preview_showed(stack: Stack, account: Emulator) -> None:
    """A cluster that was grown by hand keeps its nodes where only a time-out changes, ignored changes or not."""
    ignoring: dict[str, Any] = {"ignore_changes": ["nodes"]}
    stack.declare(cluster("etl"), cluster("ignoring", ignoring)).up().succeeded()
    for one in account.living_clusters():
        account.edit_cluster(one.id, nodes=5)
    before = writes(account)

    stack.declare(cluster("etl", ready_timeout="20m"), cluster("ignoring", ignoring, ready_timeout="20m"))
    assert {step["op"] for name, step in stack.preview().items() if name in ("etl", "ignoring")} == {"update"}
    stack.up().succeeded()

    assert writes(account) == before
    assert [one.nodes for one in account.living_clusters()] == [5, 5]


@bridged("test_a_resize_that_was_cut_off_shows_in_a_refresh")
def test_a_resize_that_was_cut_off_and_taken_back_is_undone(stack: Stack, account: Emulator) -> None:
    """What an update has sent and not seen is the next one's business, although no input differs any more."""
    stack.declare(cluster("etl")).up().succeeded()
    account.pace(0)
    stack.declare(cluster("etl", nodes=4, ready_timeout=1)).up().failed()
    (one,) = account.living_clusters()
    assert account.cluster(one.id).nodes == 4
    account.pace(30)

    stack.declare(cluster("etl")).up().succeeded()

    assert account.cluster(one.id).nodes == 2
    assert {step["op"] for step in stack.preview().values()} == {"same"}


def test_a_new_stack_of_an_old_name_takes_nothing(stack: Stack, account: Emulator) -> None:
    """After a rename the new stack is refused, in words that name the ways out; the renamed one signs anew.

    It says so in the row, where without the bridge the engine shows the input that has changed.
    """
    stack.declare(cluster("etl")).up().succeeded()
    (one,) = account.living_clusters()
    stack.run("stack", "rename", "prod").succeeded()
    stack.run("stack", "init", "dev").succeeded()
    before = (writes(account), account.clusters())

    refused = stack.up().failed()

    assert f"cluster {one.id}: it carries the marker of this resource" in refused.output
    assert f"xplenty-pulumi hand-over cluster:{one.id}" in refused.output
    stack.destroy().succeeded()
    assert (writes(account), account.clusters()) == before
    stack.run("stack", "select", "prod").succeeded()
    signed = stack.up().succeeded().output
    says, shows_input = "signs the marker anew for stack prod" in signed, "__owner" in signed
    assert (says, shows_input) == (stack.has_bridge, not stack.has_bridge)
    assert writes(account)[len(before[0]) :] == [f"PUT /clusters/{one.id}"]
    stack.run("stack", "select", "dev").succeeded()
    stack.up().succeeded()
    assert len(account.living_clusters()) == 2


def test_status_names_and_marks_the_stack(stack: Stack, account: Emulator) -> None:
    """By the files of the engine alone: the selected stack has a mark, another one its name."""
    stack.declare(cluster("etl")).up().succeeded()
    assert len(account.living_clusters()) == 1
    assert "tests/dev*" in stack.command("status", PATH="").succeeded().output
    stack.run("stack", "init", "prod").succeeded()
    shown = stack.command("status", PATH="").succeeded().output
    assert ("tests/dev" in shown, "tests/dev*" in shown) == (True, False)


def test_a_cluster_that_is_kept_is_refused_until_it_is_released(stack: Stack, account: Emulator) -> None:
    """What `retain_on_delete` left is in no state; a refresh does not advise to end it, and an `up` names it."""
    keeping: dict[str, Any] = {"retain_on_delete": True}
    stack.declare(cluster("etl", keeping)).up().succeeded()
    stack.declare(cluster("etl", keeping, stack="blue-everest")).up().succeeded()
    kept, _ = account.living_clusters()

    refreshed = stack.refresh().succeeded()

    assert f"cluster {kept.id}" not in refreshed.output
    stack.destroy().succeeded()
    assert (
        "it carries the marker of this resource, which does not have it in the state of this stack"
        in stack.up().failed().output
    )
    assert len(account.living_clusters()) == 2


def test_marker_says_that_the_state_holds_it(stack: Stack, account: Emulator) -> None:
    """Once an `up` has gone through, the marker is finished, and its nonce is in the state."""
    stack.declare(cluster("etl", description="nightly")).up().succeeded()
    (one,) = account.living_clusters()
    marker = markers.read(one.description)
    assert marker is not None
    assert not marker.is_unfinished
    assert stack.outputs()["etl"]["__nonces"] == marker.nonce
    assert stack.outputs()["etl"]["description"] == "nightly"


def test_an_unfinished_cluster_is_adopted_with_a_warning(tmp_path: Path, account: Emulator) -> None:
    """What a create has left whose id never reached the state is taken up, and the diagnostics say so."""
    stack = Stack(tmp_path / "stack", account)
    account.pace(0)
    stack.declare(cluster("etl", ready_timeout=1)).up(XPLENTY_BRIDGE="off")
    (one,) = account.living_clusters()
    account.pace(30)

    found = stack.declare(cluster("etl")).up().succeeded()

    assert f"warning: adopted cluster {one.id}" in found.output.partition("Diagnostics:")[2]
    assert len(account.living_clusters()) == 1


def test_what_another_stack_has_adopted_is_left_to_it(stack: Stack, account: Emulator) -> None:
    """A refresh and a preview warn, `up` and `destroy` refuse, and once it is handed over it is the stack's again.

    Without the bridge a preview does not know what has changed, and asks nothing.
    """
    stack.declare(cluster("etl")).up().succeeded()
    (one,) = account.living_clusters()
    theirs = markers.sign("", markers.marker_of(markers.Owner("acme", "tests", "prod", "etl")).held)
    account.edit_cluster(one.id, description=theirs)
    before, named = writes(account), f"cluster {one.id}: it carries the marker of another stack (prod-"

    assert named in stack.run("refresh", "--yes").succeeded().output
    stack.declare(cluster("etl", nodes=3))
    assert (named in stack.run("preview").succeeded().output) is stack.has_bridge
    assert named in stack.up().failed().output
    refused = stack.destroy().failed().output

    assert named in refused
    assert f"`xplenty-pulumi hand-over cluster:{one.id}`" in refused
    assert (writes(account), account.cluster(one.id).status) == (before, "available")
    stack.command("hand-over", f"cluster:{one.id}", "--yes").succeeded()
    stack.up().succeeded()
    stack.destroy().succeeded()
    assert not account.living_clusters()


def test_what_a_renamed_stack_has_signed_is_its_own_although_its_state_does_not_say_so(
    stack: Stack, account: Emulator
) -> None:
    """As after an `up` that was killed; without the bridge nothing says what the stack is called, but `hand-over`."""
    stack.declare(cluster("etl")).up().succeeded()
    (one,) = account.living_clusters()
    stack.run("stack", "rename", "prod").succeeded()
    ours = markers.Owner("organization", "tests", "prod", "pulumi-python:dynamic/xplenty:Cluster::etl")
    account.edit_cluster(one.id, description=markers.sign("", markers.marker_of(ours).held))

    warns = "carries the marker of another stack" in stack.refresh().succeeded().output

    assert warns is not stack.has_bridge
    stack.command("drift").succeeded()
    if warns:
        stack.command("hand-over", f"cluster:{one.id}", "--yes").succeeded()
    stack.destroy().succeeded()
    assert not account.living_clusters()


@bridged("test_time_out_leaves_nothing_in_the_state_and_the_next_up_adopts")
def test_a_create_that_goes_on_in_a_renamed_stack_comes_to_its_end(stack: Stack, account: Emulator) -> None:
    """It is signed when it is ready, and until then carries the marker of the former name, whoever waits for it."""
    account.pace(0)
    stack.declare(cluster("etl", ready_timeout=1)).up().failed()
    stack.run("stack", "rename", "prod").succeeded()
    stack.up().failed()
    account.pace(30)

    stack.up().succeeded()

    (one,) = account.living_clusters()
    marker = markers.read(one.description)
    assert marker is not None
    assert (marker.scope[:5], marker.is_unfinished) == ("prod-", False)


def test_a_preview_warns_of_a_replacement_of_what_another_stack_has_adopted(stack: Stack, account: Emulator) -> None:
    """The `up` would refuse to end it."""
    stack.declare(cluster("etl")).up().succeeded()
    (one,) = account.living_clusters()
    theirs = markers.Owner("acme", "tests", "prod", "etl")
    account.edit_cluster(one.id, description=markers.sign("", markers.marker_of(theirs).held))
    shown = stack.declare(cluster("etl", region="eu-west-1")).run("preview").succeeded().output
    assert f"warning: cluster {one.id}: it carries the marker of another stack (prod-" in shown
