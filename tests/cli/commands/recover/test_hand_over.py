"""`xplenty-pulumi hand-over`: what it shows, asks, refuses and sends."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partialmethod
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.accounts.command_line import START, Ended, Scene, opened_scene
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.engine.holders import TOKENS
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of, read, sign
from xplenty_pulumi.core.reports.hand_over import hand_over, look
from xplenty_pulumi.dynamic.state import OWNER
from xplenty_pulumi.emulator import EmulatedCluster, Request, Response
from xplenty_pulumi.errors import RefusedError, XplentyError

ETL = f"{TOKENS['cluster']}::etl"
DEV = marker_of(Owner("acme", "loads", "dev", ETL))
KEPT = DEV.drawn(START - timedelta(days=3), Random(1)).held
"""As the stack `dev` left it behind when it was renamed, or its state was lost."""


@dataclass
class Wire:
    """What passes between the command and the account: whose the key is, and what becomes of changes."""

    user: int = 27
    loses: bool = False
    ignores: bool = False
    hides: bool = False
    repeats: bool = False
    sent: list[Any] = field(default_factory=list)

    def before(self, request: Request) -> Response | None:
        """Take note of a change; answer it without any effect where it is to be ignored, or refused with it."""
        if self.hides and self.sent:
            return Response(502)
        if request.method != "PUT":
            return None
        self.sent.append(json.loads(request.body))
        if self.repeats:
            words = " ".join(re.findall(r'[^\s"]*canary[^\s"]*', request.body.decode()))
            message = json.dumps({"message": f"Invalid: {words}"}).encode()
            return Response(422, headers={"Content-Type": "application/json"}, body=message)
        number = int(request.path.rpartition("/")[2])
        body = json.dumps({"id": number, "status": "available"}).encode()
        return Response(200, headers={"Content-Type": "application/json"}, body=body) if self.ignores else None

    def after(self, request: Request, response: Response) -> Response:
        """Say whose the key is, and lose the answer to a change."""
        if request.path == "/user":
            return replace(response, body=json.dumps({**response.json(), "id": self.user}).encode())
        return Response(502) if self.loses and request.method == "PUT" else response


@dataclass
class Project:
    """A scene with the stacks of a backend, each with the resources in its state; `dev` is the selected one."""

    scene: Scene
    states: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"acme/loads/dev": []})
    config: dict[str, str] = field(default_factory=dict)
    wire: Wire = field(default_factory=Wire)
    unreadable: list[str] = field(default_factory=list)
    """Stacks that are listed and whose states cannot be read."""
    pending: list[dict[str, Any]] = field(default_factory=list)
    """Operations that the state of any stack shows as begun and not as ended."""

    def told(self, engine: Engine, *words: str) -> str:
        """Answer as the engine does."""
        name = engine.stack if "/" in engine.stack else f"acme/loads/{engine.stack or 'dev'}"
        if words[:2] == ("stack", "ls"):
            return json.dumps([{"name": one} for one in (*self.states, *self.unreadable)])
        if name not in self.states:
            raise XplentyError(f"`pulumi {words[0]}` failed: no stack named '{name}' found")
        answers = {
            "export": json.dumps({"deployment": {"resources": self.states[name], "pending_operations": self.pending}}),
            "--show-name": f"{name}\n",
            "--json": json.dumps({key: {"value": value} for key, value in self.config.items()}),
        }
        return answers[words[1]]

    def hold(self, stack: str, number: int, *, kind: str = "cluster", name: str = "etl", **more: Any) -> None:
        """Let the state of a stack hold a thing."""
        _, project, short = stack.split("/")
        urn = f"urn:pulumi:{short}::{project}::{TOKENS[kind]}::{name}"
        held = {"urn": urn, "type": TOKENS[kind], "id": str(number), "inputs": {}, **more}
        self.states.setdefault(stack, []).append(held)

    def run(self, *arguments: str) -> Ended:
        """Run the command, and see that it has sent nothing unless it says so by its exit code."""
        before = len(self.writes())
        ended = self.scene.run("hand-over", *arguments)
        assert (len(self.writes()) == before) == (ended.code != 0), ended
        return ended

    def writes(self) -> list[str]:
        """Return the calls that change something."""
        return [one for one in self.scene.calls() if not one.startswith("GET")]

    def cluster(self, marker: Marker | None = KEPT, **fields: Any) -> EmulatedCluster:
        """Add a cluster, as described by hand and with a marker behind that."""
        text = sign("loads", marker) if marker else "loads"
        return self.scene.emulator.add_cluster(**{"name": "etl", "description": text, **fields})

    def marker(self, cluster: EmulatedCluster) -> Marker | None:
        """Return the marker that the cluster carries now."""
        return read(self.scene.emulator.cluster(cluster.id).description)


def _told_by(engine: Engine, project: Project, *words: str) -> str:
    return project.told(engine, *words)


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project with the stack `dev`, which holds nothing."""
    wire = Wire()
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://states")
    with opened_scene(monkeypatch, gates=[wire]) as scene:
        made = Project(scene, wire=wire)
        monkeypatch.setattr(Engine, "on_path", classmethod(lambda cls, folder, stack: cls("pulumi", folder, stack)))
        monkeypatch.setattr(Engine, "told", partialmethod(_told_by, made))
        yield made


def test_a_cluster_of_this_stack_is_handed_over(project: Project) -> None:
    """What its marker names is the resource; it gets a new unfinished one, and keeps its own text."""
    cluster = project.cluster()

    ended = project.run(f"cluster:{cluster.id}", "--yes")

    marker = project.marker(cluster)
    assert ended.lines == [
        f"cluster {cluster.id} (etl: available, 2 nodes)",
        f"  marker: held, scope {DEV.scope} (acme/loads/dev), since 2025-12-29 00:00 UTC",
        "  creator: user 27",
        "  in the state of: no stack of this backend",
        f"cluster {cluster.id}: handed over to the resource of stack acme/loads/dev that its marker names. Next, run "
        "`pulumi up --stack acme/loads/dev` within 60 minutes: it adopts it, and says so",
    ]
    assert marker is not None
    assert (marker.whose, marker.is_unfinished, marker.begun) == (DEV, True, START)
    assert project.scene.emulator.cluster(cluster.id).description == f"loads {marker}"


@pytest.mark.parametrize(
    "option",
    [("--name", "etl"), ("--urn", f"urn:pulumi:dev::loads::{ETL}")],
    ids=["by its name", "by its URN"],
)
@pytest.mark.parametrize("config", [{}, {"xplenty:scope": "blue"}], ids=["plain", "with a scope"])
def test_a_cluster_of_nobody_is_handed_over_to_a_named_resource(
    project: Project, option: tuple[str, str], config: dict[str, str]
) -> None:
    """The marker is the one that the resource has in this stack, with its `xplenty:scope`."""
    cluster, project.config = project.cluster(None), config

    project.run(f"cluster:{cluster.id}", *option, "--yes")

    organization = "acme/blue" if config else "acme"
    marker = project.marker(cluster)
    assert marker is not None
    assert marker.whose == marker_of(Owner(organization, "loads", "dev", ETL))


def test_a_resource_in_a_component_is_named_by_its_urn(project: Project) -> None:
    """Its URN tells the types above it, which its marker is made of too."""
    cluster, tail = project.cluster(None), f"my:Loads$my:Group${ETL}"

    project.run(f"cluster:{cluster.id}", "--urn", f"urn:pulumi:dev::loads::{tail}", "--yes")

    marker = project.marker(cluster)
    assert marker is not None
    assert marker.whose == marker_of(Owner("acme", "loads", "dev", tail))


def test_only_the_description_is_sent(project: Project) -> None:
    """What somebody else has changed by hand, such as its size, stays as it is."""
    cluster = project.cluster()
    project.run(f"cluster:{cluster.id}", "--yes")
    assert [sorted(body) for body in project.wire.sent] == [["description"]]


def test_a_released_cluster_carries_no_marker(project: Project) -> None:
    """Somebody keeps it, and no stack manages it; its own text stays."""
    cluster = project.cluster()

    ended = project.run(f"cluster:{cluster.id}", "--release", "--yes")

    assert project.scene.emulator.cluster(cluster.id).description == "loads"
    assert ended.lines[-1] == (
        f"cluster {cluster.id}: released: it carries no marker, and no stack manages it; it costs money until somebody "
        f"ends it: `xplenty-pulumi terminate cluster {cluster.id}`"
    )


def test_what_a_stack_holds_in_another_account_is_not_this(project: Project) -> None:
    """The same id means something else there."""
    cluster = project.cluster()
    project.hold("acme/loads/prod", cluster.id, outputs={"__account": "acme-eu"})
    ended = project.run(f"cluster:{cluster.id}", "--yes")
    assert (ended.code, "  in the state of: no stack of this backend" in ended.lines) == (0, True)


@pytest.mark.parametrize("stack", ["acme/loads/dev", "acme/loads/prod", "acme/other/dev"])
@pytest.mark.parametrize("option", [(), ("--release",)], ids=["hand over", "release"])
def test_what_a_stack_holds_is_refused(project: Project, stack: str, option: tuple[str, ...]) -> None:
    """Every stack of the backend counts, whichever project it is of, and the text names it."""
    cluster = project.cluster()
    project.hold(stack, cluster.id)

    ended = project.run(f"cluster:{cluster.id}", *option, "--yes")

    assert ended.code == 1
    assert f"cluster {cluster.id}: the state of stack {stack} holds it, so that stack manages it" in ended.err
    assert f"  in the state of: {stack}, as etl" in ended.lines


def held_under_the_marker_of_prod(project: Project) -> EmulatedCluster:
    """Add a cluster that the state of `dev` holds as etl, and that another stack has signed."""
    cluster = project.cluster(marker_of(Owner("acme", "loads", "prod", ETL)).drawn(START, Random(1)).held)
    owner = f"acme|urn:pulumi:dev::loads::{ETL}"
    project.hold("acme/loads/dev", cluster.id, inputs={"__owner": owner})
    return cluster


@pytest.mark.parametrize("option", [(), ("--name", "etl")], ids=["as held", "named"])
def test_what_this_stack_holds_is_signed_for_it(project: Project, option: tuple[str, ...]) -> None:
    """Its `up` and `destroy` leave alone what another stack has signed, until it is this one's again."""
    cluster = held_under_the_marker_of_prod(project)
    ended = project.run(f"cluster:{cluster.id}", *option, "--yes")
    assert ended.lines[-1] == f"cluster {cluster.id}: signed for etl of stack acme/loads/dev, whose state holds it"
    marker = project.marker(cluster)
    assert marker is not None
    assert (marker.whose, marker.is_unfinished) == (DEV, False)


def test_what_a_renamed_stack_has_signed_without_its_state_is_signed_as_that_says(project: Project) -> None:
    """Without the bridge its `destroy` goes by the former name in the state alone."""
    cluster = project.cluster(DEV.drawn(START, Random(1)).held)
    project.hold("acme/loads/dev", cluster.id, inputs={"__owner": f"acme|urn:pulumi:old::loads::{ETL}"})
    assert "whose state holds it" in project.run(f"cluster:{cluster.id}", "--yes").lines[-1]
    marker = project.marker(cluster)
    assert marker is not None
    assert marker.whose == marker_of(Owner("acme", "loads", "old", ETL))


@pytest.mark.parametrize("is_adopted", [True, False], ids=["adopted by this one", "created by this one"])
def test_what_a_stack_of_the_same_name_has_signed_is_signed_with_the_nonce_of_the_state(
    project: Project, *, is_adopted: bool
) -> None:
    """So this stack changes and ends it again, and the other one does not any more."""
    made, ours, theirs = DEV.drawn(START, Random(1)), DEV.adopting(START, Random(2)), DEV.adopting(START, Random(3))
    cluster, nonces = project.cluster(theirs.held), [made.nonce, *([ours.nonce] if is_adopted else [])]
    inputs = {"__owner": f"acme|urn:pulumi:dev::loads::{ETL}"}
    project.hold("acme/loads/dev", cluster.id, inputs=inputs, outputs={"__nonces": " ".join(nonces)})
    assert "whose state holds it" in project.run(f"cluster:{cluster.id}", "--yes").lines[-1]
    marker = project.marker(cluster)
    assert marker is not None
    assert not marker.is_of_namesake(nonces)
    assert marker.is_of_namesake([made.nonce, theirs.nonce])


def test_what_two_stacks_hold_is_signed_for_neither(project: Project) -> None:
    """The state of one was copied to the other, or a `pulumi state move` was killed, which refuses to be repeated."""
    cluster = held_under_the_marker_of_prod(project)
    project.hold("acme/loads/prod", cluster.id)
    ended = project.run(f"cluster:{cluster.id}", "--name", "etl", "--yes")
    assert (
        "the states of stacks acme/loads/dev and acme/loads/prod hold it, as after a killed `pulumi state m"
        in ended.err
    )
    assert "Take it out of the one that is not to have it" in ended.err
    assert "  in the state of: acme/loads/dev, as etl and acme/loads/prod, as etl" in ended.lines


def test_what_this_stack_holds_is_signed_for_no_other_resource(project: Project) -> None:
    """Its state has it under another name."""
    cluster = held_under_the_marker_of_prod(project)
    assert "holds it, so that stack manages it" in project.run(f"cluster:{cluster.id}", "--name", "new", "--yes").err


def test_what_a_derived_class_holds_is_refused(project: Project) -> None:
    """Its type in the state does not tell that it is a cluster, and its hidden owner does that it is ours."""
    cluster = project.cluster()
    owner = {"__owner": "acme|urn:pulumi:prod::loads::pulumi-python:dynamic:Resource::house"}
    project.hold("acme/loads/prod", cluster.id, type="pulumi-python:dynamic:Resource", inputs=owner)

    assert "the state of stack acme/loads/prod holds it" in project.run(f"cluster:{cluster.id}", "--yes").err


@pytest.mark.parametrize("option", [("--name", "etl"), ("--release",)], ids=["hand over", "release"])
def test_what_the_create_of_another_stack_has_requested_is_refused(project: Project, option: tuple[str, ...]) -> None:
    """No state holds it yet, because that create may not have come to its end; the stack is named."""
    project.states["acme/loads/prod"] = []
    prod = marker_of(Owner("acme", "loads", "prod", ETL)).drawn(START, Random(2))
    cluster = project.cluster(prod)

    ended = project.run(f"cluster:{cluster.id}", *option, "--yes")

    assert ended.code == 1
    assert f"cluster {cluster.id}: a create of stack acme/loads/prod has requested it and may not have" in ended.err
    assert "Run `pulumi up` in stack acme/loads/prod, which adopts it" in ended.err
    assert project.marker(cluster) == prod


def test_what_was_handed_over_to_another_stack_is_refused(project: Project) -> None:
    """An `up` of that stack may be adopting it; no create call of it has requested it, and the text says none has."""
    project.states["acme/loads/prod"] = []
    cluster = project.cluster(marker_of(Owner("acme", "loads", "prod", ETL)).handed_over(START, Random(2)))
    ended = project.run(f"cluster:{cluster.id}", "--release", "--yes")
    assert "it was handed over to stack acme/loads/prod and may be in the course of its adoption" in ended.err
    assert "or run the same with --stack acme/loads/prod" in ended.err


@pytest.mark.parametrize("stack", ["dev", "gone"])
def test_what_no_other_stack_can_be_creating_is_handed_over(project: Project, stack: str) -> None:
    """An interrupted create of this stack is no other's, nor is that of a stack which the backend does not have."""
    cluster = project.cluster(marker_of(Owner("acme", "loads", stack, ETL)).drawn(START, Random(2)))

    project.run(f"cluster:{cluster.id}", "--name", "etl", "--yes")

    now = project.marker(cluster)
    assert now is not None
    assert (now.whose, now.is_unfinished) == (DEV, True)


def test_a_state_that_cannot_be_read_is_a_reason_to_do_nothing(project: Project) -> None:
    """What it holds is not known, so nothing is known to be nobody's."""
    cluster = project.cluster()
    project.unreadable.append("acme/loads/broken")
    ended = project.run(f"cluster:{cluster.id}", "--yes")
    assert (ended.code, "stack acme/loads/broken: its state cannot be read (`pulumi stack` failed" in ended.err) == (
        1,
        True,
    )


def test_a_stack_that_was_removed_meanwhile_holds_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was listed, and is not when its state cannot be read."""
    cluster = project.cluster()
    project.unreadable.append("acme/loads/gone")
    told = project.told

    def once(engine: Engine, *words: str) -> str:
        answer = told(engine, *words)
        if words[1] == "ls":
            project.unreadable.clear()
        return answer

    monkeypatch.setattr(project, "told", once)
    assert project.run(f"cluster:{cluster.id}", "--yes").code == 0


def test_what_a_stack_only_looks_up_is_not_held(project: Project) -> None:
    """A resource that is read and not managed ends nothing; a hook with the same number is another thing."""
    cluster = project.cluster()
    project.hold("acme/loads/prod", cluster.id, external=True)
    project.hold("acme/loads/prod", cluster.id, kind="hook")

    assert project.run(f"cluster:{cluster.id}", "--yes").code == 0


@pytest.mark.parametrize("option", [(), ("--name", "etl")], ids=["by its marker", "by its name"])
def test_a_resource_that_has_a_cluster_gets_no_second(project: Project, option: tuple[str, ...]) -> None:
    """Its `up` creates nothing, so it would adopt nothing, and the cluster would cost money unseen."""
    cluster, other = project.cluster(), project.cluster()
    owner = {"__owner": f"acme|urn:pulumi:dev::loads::{ETL}"}
    project.hold("acme/loads/dev", other.id, inputs=owner)

    ended = project.run(f"cluster:{cluster.id}", *option, "--yes")

    assert ended.code == 1
    assert f"the state of stack acme/loads/dev has cluster {other.id} as etl already" in ended.err
    assert "with `pulumi refresh` if it has ended, else with `pulumi state delete`" in ended.err


def test_a_resource_whose_replacement_was_killed_gets_another(project: Project) -> None:
    """Its state has the former one only until its `up` creates one, or adopts this one."""
    cluster, other = project.cluster(), project.cluster(None)
    owner = {"__owner": f"acme|urn:pulumi:dev::loads::{ETL}"}
    project.hold("acme/loads/dev", other.id, inputs=owner, pendingReplacement=True)

    assert project.run(f"cluster:{cluster.id}", "--yes").code == 0


def test_the_account_of_what_the_resource_has_is_named_where_it_is_another_one(project: Project) -> None:
    """Then the settings are wrong, and not the resource."""
    cluster = project.cluster()
    owner = {"__owner": f"acme|urn:pulumi:dev::loads::{ETL}"}
    project.hold("acme/loads/dev", 7, inputs=owner, outputs={"__account": "another"})

    ended = project.run(f"cluster:{cluster.id}", "--yes")

    assert "cluster 7 as etl already in account another, which is not the one of the settings" in ended.err


def test_a_namesake_in_a_component_gets_no_second(project: Project) -> None:
    """A resource of that kind and name has a cluster already, wherever it stands in the program; its URN says more."""
    cluster, other = project.cluster(None), project.cluster(None)
    within = f"urn:pulumi:dev::loads::my:Loads$my:Group${ETL}"
    project.hold("acme/loads/dev", other.id, urn=within)
    project.hold("acme/loads/dev", 7, kind="hook", name="bell")
    project.hold("acme/loads/prod", 8, name="bell")

    ended = project.run(f"cluster:{cluster.id}", "--name", "etl", "--yes")

    assert ended.code == 1
    assert f"the state of stack acme/loads/dev has cluster {other.id} as etl already" in ended.err
    assert "name one in another component with --urn" in ended.err
    assert project.run(f"cluster:{cluster.id}", "--name", "bell", "--yes").code == 0
    assert project.run(f"cluster:{cluster.id}", "--urn", f"urn:pulumi:dev::loads::{ETL}", "--yes").code == 0


@pytest.mark.parametrize(
    ("option", "which"),
    [
        (("--name", "nosuch"), "named nosuch"),
        (("--urn", f"urn:pulumi:dev::loads::{ETL}"), f"with the URN urn:pulumi:dev::loads::{ETL}"),
    ],
    ids=["by its name", "by its URN"],
)
def test_whether_the_program_declares_it_is_left_open(project: Project, option: tuple[str, str], which: str) -> None:
    """Nothing here knows the program, so question and answer say what the next `up` depends on."""
    cluster = project.cluster(None)
    asked, done = (project.run(f"cluster:{cluster.id}", *option, *yes) for yes in ((), ("--yes",)))
    condition = f"It adopts it only if the program declares a Cluster {which}"
    assert f"ends it when it is destroyed. {condition}. There is no terminal" in asked.err
    assert done.lines[-1].endswith(f"within 60 minutes: it adopts it, and says so. {condition}")


@pytest.mark.parametrize("status", ["terminated", "pending_terminate", "terminating"])
def test_what_ends_is_refused(project: Project, status: str) -> None:
    """There is nothing to adopt any more."""
    cluster = project.cluster(status=status)
    ended = project.run(f"cluster:{cluster.id}", "--yes")
    assert (ended.code, "; nothing was changed. The next `pulumi up` creates a new one" in ended.err) == (1, True)


@pytest.mark.parametrize("option", [(), ("--release",)], ids=["hand over", "release"])
def test_what_another_user_has_created_is_warned_of(project: Project, option: tuple[str, ...]) -> None:
    """The question begins with it; with --yes it is a warning, and the next step names whose key it takes."""
    cluster, project.wire.user = project.cluster(), 42

    asked = project.run(f"cluster:{cluster.id}", *option)
    done = project.run(f"cluster:{cluster.id}", *option, "--yes")

    assert (asked.code, done.code) == (2, 0)
    assert "hand-over: User 27 created it, and the key is that of user 42. " in asked.err
    assert done.err == f"cluster {cluster.id}: user 27 created it, and the key is that of user 42\n"
    assert ("Next, with a key of the user who created it, run" in done.out) == (not option)


def test_without_a_terminal_it_needs_yes(project: Project) -> None:
    """It shows what it is and asks; nothing is sent."""
    cluster = project.cluster()
    ended = project.run(f"cluster:{cluster.id}")
    assert (ended.code, len(ended.lines)) == (2, 4)
    assert ended.err == (
        f"xplenty-pulumi hand-over: Hand cluster {cluster.id} over to the resource of stack acme/loads/dev that its "
        "marker names? From its next `pulumi up` on, the stack acme/loads/dev changes it to what the program says, and "
        "ends it when it is destroyed. There is no terminal to ask on, so nothing was changed. Run it with --yes\n"
    )


def test_a_resource_has_to_be_named_where_the_marker_is_of_another_stack(project: Project) -> None:
    """The text says what to give; the marker's stack is told where the backend has it."""
    project.states["acme/loads/prod"] = []
    cluster = project.cluster(marker_of(Owner("acme", "loads", "prod", ETL)))
    ended = project.run(f"cluster:{cluster.id}", "--yes")
    assert (ended.code, "(acme/loads/prod)" in ended.out) == (2, True)
    assert "does not say which resource of stack acme/loads/dev is to have it; nothing was changed. Name" in ended.err


def test_a_lost_answer_is_looked_into(project: Project, schema_watch: SchemaWatch) -> None:
    """The change has arrived although no answer came; the command sees that and succeeds."""
    schema_watch.look_away()
    cluster, project.wire.loses = project.cluster(), True
    assert project.run(f"cluster:{cluster.id}", "--yes").code == 0
    assert len(project.wire.sent) == 1


@pytest.mark.parametrize("loses", [False, True], ids=["answered", "lost"])
def test_a_change_that_cannot_be_seen_is_not_said_to_be_none(
    project: Project, schema_watch: SchemaWatch, *, loses: bool
) -> None:
    """The reads after it fail, and their own text would say that nothing was changed."""
    schema_watch.look_away()
    cluster, project.wire.hides, project.wire.loses = project.cluster(), True, loses
    ended = project.scene.run("hand-over", f"cluster:{cluster.id}", "--yes")
    assert ended.code == 1
    assert f"cluster {cluster.id}: it was sent the change, and what it carries now cannot be read: " in ended.err
    assert "othing was changed" not in ended.err
    now = project.marker(cluster)
    assert now is not None
    assert now.is_of_hand_over


def test_a_change_that_is_not_shown_is_an_error(project: Project, schema_watch: SchemaWatch) -> None:
    """Nothing would adopt it."""
    schema_watch.look_away()
    cluster, project.wire.ignores = project.cluster(), True
    ended = project.scene.run("hand-over", f"cluster:{cluster.id}", "--yes")
    assert (ended.code, "the service took the change, but does not show it" in ended.err) == (1, True)


@pytest.mark.parametrize("change", [{"description": "somebody's"}, {"created_at": 0.0}], ids=["changed", "another"])
def test_a_thing_that_has_changed_meanwhile_is_left_alone(project: Project, change: dict[str, Any]) -> None:
    """What was agreed to is not what is there any more."""
    cluster = project.cluster()
    with project.scene.client() as client:
        seen = look(client, "cluster", cluster.id)
        project.scene.emulator.edit_cluster(cluster.id, **change)
        with pytest.raises(RefusedError, match="it has changed meanwhile; nothing was changed"):
            hand_over(client, seen, None, clock=project.scene.clock)


def hook(project: Project, **settings: Any) -> int:
    """Make a hook with the marker of the stack `dev`, and return its id."""
    told = {"url": "https://ops.example/token", **settings}
    fields = {"type": "web", "name": sign("ops", KEPT), "settings": told, "events": ["job"]}
    with project.scene.client() as client:
        return client.hooks.create(fields).id


@pytest.mark.parametrize("options", [["--name", "other"], [], ["--release"]])
def test_what_an_operation_is_at_work_on_is_refused(
    project: Project, options: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its state does not hold yet what a create of it has made, and would hold it besides the new owner."""
    cluster = project.cluster(DEV.drawn(START, Random(2)))
    monkeypatch.setenv("PULUMI_BACKEND_URL", tmp_path.as_uri())
    lock = tmp_path / ".pulumi" / "locks" / "acme" / "loads" / "dev" / "0.json"
    lock.parent.mkdir(parents=True)
    engine = tmp_path / "pulumi"
    engine.symlink_to("/bin/sleep")
    with subprocess.Popen([engine, "600"]) as living:
        holder = {"pid": living.pid, "username": "ann", "hostname": socket.gethostname()}
        lock.write_text(json.dumps({**holder, "timestamp": "2026-01-31T12:00:00.1Z"}))
        ended = project.run(f"cluster:{cluster.id}", *options, "--yes")
        living.kill()
    assert ended.code == 1
    assert "acme/loads/dev: it is locked by ann@" in ended.err


@pytest.mark.parametrize("options", [[], ["--release"]])
def test_what_a_pending_operation_creates_is_refused(project: Project, options: list[str]) -> None:
    """The lock of a backend that is no folder does not show, and the running `up` would hold what was released."""
    making = DEV.drawn(START, Random(2))
    cluster = project.cluster(making)
    urn = f"urn:pulumi:dev::loads::{ETL}"
    resource = {"urn": urn, "type": TOKENS["cluster"], "inputs": {OWNER: f"acme|{urn}"}}
    project.pending.append({"type": "creating", "resource": resource})

    ended = project.run(f"cluster:{cluster.id}", *options, "--yes")

    assert ended.code == 1
    assert "a `pulumi` is creating it in stack acme/loads/dev, or was killed while it did" in ended.err
    assert project.marker(cluster) == making


def test_a_hook_is_handed_over(project: Project) -> None:
    """Its marker ends its name; its settings, which the service wants each time, are sent as they are shown."""
    number = hook(project)

    ended = project.run(f"hook:{number}", "--yes")

    (now,) = project.scene.emulator.hooks()
    marker = read(now.name)
    assert marker is not None
    assert (marker.whose, marker.is_unfinished, marker.begun) == (DEV, True, START)
    assert (now.name, now.settings["url"]) == (f"ops {marker}", "https://ops.example/token")
    assert sorted(project.wire.sent[-1]) == ["name", "settings"]
    assert ended.lines[:3] == [
        f"hook {number} (web, on)",
        f"  marker: held, scope {DEV.scope} (acme/loads/dev), since 2025-12-29 00:00 UTC",
        "  creator: not shown by the service",
    ]
    assert "token" not in ended.out + ended.err


@pytest.mark.parametrize("kind", ["hook", "package", "schedule"])
def test_what_may_be_secret_is_not_repeated(project: Project, kind: str, schema_watch: SchemaWatch) -> None:
    """The settings and variables that are sent along are masked in the words with which the service refuses them."""
    schema_watch.look_away()
    variables, marked = {"password": "'canary-6021'"}, sign("ops", KEPT)
    task = {"packages": [{"package_id": 101, "variables": variables}], "nodes": 2}
    every = {"interval_amount": 1, "interval_unit": "days"}
    with project.scene.client() as client:
        number = {
            "hook": lambda: hook(project, url="https://ops.example/canary-6021"),
            "package": lambda: client.packages.create({"name": "p", "description": marked, "variables": variables}).id,
            "schedule": lambda: client.schedules.create({"description": marked, "task": task, **every}).id,
        }[kind]()
    project.wire.repeats = True

    ended = project.scene.run("hand-over", f"{kind}:{number}", "--yes")

    assert "canary-6021" in json.dumps(project.wire.sent)
    assert (ended.code, "Invalid: " in ended.err) == (1, True)
    assert "canary" not in ended.out + ended.err


def test_a_hook_is_released(project: Project) -> None:
    """It keeps its own name; it costs nothing, so nothing is said of that."""
    number = hook(project)
    ended = project.run(f"hook:{number}", "--release", "--yes")
    assert project.scene.emulator.hooks()[0].name == "ops"
    assert ended.lines[-1] == f"hook {number}: released: it carries no marker, and no stack manages it"


def test_a_hook_whose_password_is_not_shown_is_refused(project: Project) -> None:
    """The service may forget what is not sent along."""
    number = hook(project, basic_auth=True, basic_auth_data="dXNlcjpwYXNz")
    ended = project.run(f"hook:{number}", "--yes")
    assert (ended.code, "does not show its password, which a change might lose" in ended.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("job:7",), "KIND:ID must be such as cluster:501 or connection:s3/53, got 'job:7'"),
        (("cluster:0",), "KIND:ID must be such as cluster:501 or connection:s3/53, got 'cluster:0'"),
        (("cluster:1", "--release", "--name", "etl"), "--release removes the marker, so there is no resource to name"),
        (("cluster:1", "--name", "etl", "--urn", "x"), "--name and --urn exclude each other"),
        (("cluster:1", "--stack", "none"), "no stack named 'acme/loads/none' found. Name the stack with --stack"),
        (("cluster:1", "--urn", "urn:pulumi:prod::loads::a:b:C::x"), "--urn must be that of a resource of stack acme"),
        (("cluster:1", "--urn", "urn:pulumi:dev::loads::a:b:C::x"), "--urn must be that of a cluster, of type pulumi"),
        (
            ("cluster:1", "--name", f"urn:pulumi:dev::loads::{ETL}"),
            "--name must be the name alone; a URN goes with --urn",
        ),
        (("cluster:1", "--name", " etl"), "--name must be the name alone"),
        (("cluster:1", "--name", "e\ntl"), "--name must be the name alone"),
        (("cluster:1", "--urn", "etl"), "--urn must be that of a resource of stack acme/loads/dev, got 'etl'"),
    ],
)
def test_bad_usage_is_one_paragraph(project: Project, arguments: tuple[str, ...], text: str) -> None:
    """What is missing or wrong is said in one line with exit code 2, and nothing is sent."""
    number = project.cluster().id
    words = [word.replace("cluster:1", f"cluster:{number}") for word in arguments]
    ended = project.run(*words, "--yes")
    assert (ended.code, ended.err.count("\n")) == (2, 1), ended
    assert text in ended.err


def test_a_thing_can_be_released_where_no_stack_is_left(project: Project) -> None:
    """The state and the stack are lost; the settings of the environment are enough."""
    project.states.clear()
    cluster = project.cluster()
    assert project.run(f"cluster:{cluster.id}", "--release", "--yes").code == 0


def test_an_unknown_id_is_an_error(project: Project) -> None:
    """A wrong id is said to be unknown to the service."""
    ended = project.run("cluster:7", "--yes")
    assert (ended.code, "cluster 7: the service does not know it (404). Check the id" in ended.err) == (1, True)
