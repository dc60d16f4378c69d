"""What lives and is in no state that was looked at: whose it is, and what `drift` says of it."""

import dataclasses
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tests.cli.commands.drift.scenario import NOT_HERE, STACK
from tests.cli.commands.drift.scene import RECORDED, DriftScene
from tests.cli.commands.drift.test_calls import export, resource
from xplenty_pulumi.cli.commands.drift.report import report_of
from xplenty_pulumi.cli.engine.states import StackState
from xplenty_pulumi.core.kinds.marker import Marker, Owner, marker_of, read, sign
from xplenty_pulumi.core.reports.drift import Cause
from xplenty_pulumi.core.reports.drift_scan import Elsewhere
from xplenty_pulumi.emulator import Emulator, Seed
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.settings import Settings

UNMANAGED = ("--unmanaged", "--json")


def drawn(owner: Owner, *, minutes_ago: int) -> Marker:
    """Return the unfinished marker of a create call that was sent before the recorded moment."""
    now = datetime.fromtimestamp(RECORDED["now"], tz=UTC)
    return marker_of(owner).drawn(now - timedelta(minutes=minutes_ago), Random(7))


def test_stack_that_is_not_here_is_a_class_of_its_own(scene: DriftScene) -> None:
    """What a removed stack has left, or a colleague's backend holds, is told without advice to end it; exit code 0."""
    number = scene.emulator.add_cluster(name="loads", description=sign("", marker_of(NOT_HERE))).id
    scope = marker_of(NOT_HERE).scope
    ended, failing = scene.run(*UNMANAGED), scene.run(*UNMANAGED, "--fail-on-unknown-stacks")
    (found,) = ended.json["findings"]
    assert (ended.code, failing.code) == (0, 2)
    assert (found["id"], found["stack"], found["class"], found["cause"]) == (number, None, "unknown", "unknown_stack")
    assert found["remark"] == (
        f"loads: available, 2 nodes; the marker names the stack {scope}, which is not in this backend"
    )
    assert "terminate" not in scene.run("--unmanaged").out
    assert scene.run("--json").json["findings"] == []


def test_what_has_the_id_of_ours_by_now_is_no_drift_of_ours(scene: DriftScene) -> None:
    """As after the service was restored from a backup: the one in the state is gone, and no field is compared."""
    number = scene.id_of("moved")
    scene.emulator.edit_cluster(number, created_at=0.0, nodes=9, description="of others")
    (found,) = [one for one in scene.run("--json").json["findings"] if one["id"] == number]
    assert (found["cause"], found["field"]) == ("gone", None)
    assert "its id is that of another cluster by now" in found["remark"]


def test_hook_of_a_stack_that_is_not_here_is_told(scene: DriftScene) -> None:
    """A hook goes on telling after its stack is gone; one without a marker is nobody's business."""
    world, number = scene.emulator.account.world, scene.id_of("muted")
    world.put(dataclasses.replace(world.hooks[number], id=798, name=sign("bell", marker_of(NOT_HERE))))
    world.put(dataclasses.replace(world.hooks[number], id=799, name="somebody's"))
    (found,) = scene.run(*UNMANAGED).json["findings"]
    assert (found["kind"], found["id"], found["cause"]) == ("hook", 798, "unknown_stack")


def test_schedule_of_a_stack_that_is_not_here_is_told(scene: DriftScene) -> None:
    """A schedule goes on running after its stack is gone; one without a marker is nobody's business."""
    scene.emulator.edit_schedule(301, description=sign("loads", marker_of(NOT_HERE)))
    (found,) = scene.run(*UNMANAGED).json["findings"]
    assert (found["kind"], found["id"], found["cause"]) == ("schedule", 301, "unknown_stack")
    assert found["remark"].startswith("Every night; the marker names the stack")


def test_project_whose_last_stack_is_gone_is_looked_at(scene: DriftScene) -> None:
    """Without any stack the environment names the account, and what lives there is told."""
    scene.states = {}
    number = scene.emulator.add_cluster(description=sign("", marker_of(STACK))).id
    ended = scene.run("--all", *UNMANAGED)
    found = {one["id"]: one["cause"] for one in ended.json["findings"]}
    assert (ended.code, ended.json["stacks"], found[number]) == (0, [], "unknown_stack")
    assert {*found.values()} == {"unknown_stack"}
    del scene.environment["XPLENTY_API_KEY"]
    assert "XPLENTY_API_KEY is not set" in scene.run("--all", "--unmanaged").err


def test_without_a_selected_stack_the_account_of_the_environment_is_looked_at(scene: DriftScene) -> None:
    """What any stack of the backend holds is managed, the rest is named; the environment has to name the account."""
    scene.selected = ""
    number = scene.emulator.add_cluster(name="adhoc").id
    ended = scene.run(*UNMANAGED)
    assert (ended.code, ended.json["stacks"]) == (2, [])
    assert [(one["id"], one["cause"]) for one in ended.json["findings"]] == [(number, "unmanaged")]
    without, named = scene.run("--json"), scene.run("--stack", "nosuch", *UNMANAGED)
    assert (without.code, "no stack selected. Correct that, or name the stack with" in without.err) == (1, True)
    assert (named.code, "no stack named 'nosuch' found" in named.err) == (1, True)
    scene.environment["XPLENTY_API_KEY"] = ""
    keyless = scene.run(*UNMANAGED)
    assert keyless.code == 1
    assert (
        "drift: no stack is compared, so the environment has to name the account: XPLENTY_API_KEY is empty, and no "
        "stack's configuration is read. Set the environment variable; or name a stack" in keyless.err
    )
    assert "or name a stack, whose configuration has it, with --stack" in keyless.err


def test_what_another_stack_of_the_backend_holds_is_its_business(scene: DriftScene) -> None:
    """A renamed stack holds what carries its old name's marker, in whatever project, in the same account."""
    number = scene.emulator.add_cluster(description=sign("", marker_of(STACK))).id
    held = resource("idle", number, like="idle")
    scene.others["organization/tests/prod"] = export(held)
    assert scene.run(*UNMANAGED).json["findings"] == []
    elsewhere = {**held, "outputs": {**held["outputs"], "__account": "another"}}
    scene.others["organization/tests/prod"] = export(elsewhere)
    assert [one["cause"] for one in scene.run(*UNMANAGED).json["findings"]] == ["orphaned"]
    assert scene.run(*UNMANAGED, XPLENTY_FORMER_ACCOUNT_ID="another").json["findings"] == []


def test_what_only_has_the_id_of_what_another_stack_holds_is_named(scene: DriftScene) -> None:
    """As after the service was restored from a backup: the one that the other stack held is gone."""
    number = scene.emulator.add_cluster(description=sign("", marker_of(STACK))).id
    held = resource("idle", number, like="idle")
    held["outputs"]["created_at"] = "2020-02-29T12:00:00Z"
    scene.others["organization/tests/prod"] = export(held)
    assert [one["cause"] for one in scene.run(*UNMANAGED).json["findings"]] == ["orphaned"]


def test_stacks_in_two_accounts_are_strangers_to_each_other(scene: DriftScene) -> None:
    """What stands in one account with the marker of a stack of the other is that stack's business."""
    asked: dict[str, list[str]] = {}

    def others(account: Settings, compared: Collection[str]) -> Elsewhere:
        asked[account.account_id] = [*compared]
        return Elsewhere(scopes={marker_of(NOT_HERE).scope})

    def state(account: Emulator, name: str) -> StackState:
        found = Settings(Secret(account.api_key), account.account_id, account.url)
        return StackState(name, f"organization/tests/{name}", "tests", found, name, frozenset({name}), ())

    scene.emulator.edit_schedule(301, description=sign("loads", marker_of(NOT_HERE)))
    with Emulator(Seed(account_id="acme-eu", api_key="another-key"), clock=scene.clock) as eu:
        found = report_of([state(scene.emulator, "dev"), state(eu, "prod")], others, unmanaged=True).findings
    assert asked == {scene.emulator.account_id: ["organization/tests/dev"]}
    assert (301, Cause.UNKNOWN_STACK) not in {(one.id, one.cause) for one in found}


def test_runs_in_another_account_are_counted(scene: DriftScene) -> None:
    """They are not compared, and neither are they passed over in silence."""
    here, there = (resource(name, scene.id_of("done"), like="done") for name in ("here", "there"))
    there["inputs"]["account"], there["outputs"]["__account"] = "eu", "acme-eu"
    scene.states["dev"] = export(here, there)
    assert scene.run().lines[-1] == "1 job run of account eu was not compared"
    printed = scene.run("--json").json
    assert (printed["checked"], [one for one in printed["findings"] if one["cause"] == "shared"]) == (1, [])
    assert printed["other_accounts"] == [{"stack": "dev", "resource": "there", "kind": "job", "account": "eu"}]


def test_other_states_are_read_only_where_they_matter(scene: DriftScene) -> None:
    """Where everything is in the state or without a marker, no other stack is exported."""
    scene.others["organization/theirs/dev"] = {"this": "is no export"}
    scene.others["organization/theirs/dev"]["deployment"] = {"resources": "broken"}
    scene.emulator.add_cluster(name="adhoc")
    assert [one["cause"] for one in scene.run(*UNMANAGED).json["findings"]] == ["unmanaged"]


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (5, "unfinished: the next `pulumi up` adopts it if the program still declares it"),
        (
            61,
            "unfinished for more than 60 minutes, so that no `pulumi up` adopts it: look at `xplenty-pulumi hand-over ",
        ),
    ],
)
def test_unfinished_create_of_this_stack_says_what_becomes_of_it(scene: DriftScene, minutes: int, told: str) -> None:
    """The next `up` adopts what an interrupted one has created, unless that is too long ago."""
    scene.emulator.add_cluster(name="left", description=sign("", drawn(STACK, minutes_ago=minutes)))
    ended = scene.run(*UNMANAGED)
    (found,) = ended.json["findings"]
    assert (ended.code, found["cause"], found["stack"], found["marker"]) == (2, "orphaned", "dev", "unfinished")
    assert told in found["remark"]


def test_unfinished_schedule_of_this_stack_is_told(scene: DriftScene) -> None:
    """It runs although no state holds it; the next `up` adopts it, unless the program declares it no more."""
    scene.emulator.edit_schedule(301, description=sign("loads", drawn(STACK, minutes_ago=5)))
    ended = scene.run(*UNMANAGED)
    (found,) = ended.json["findings"]
    assert (ended.code, found["kind"], found["id"], found["marker"]) == (2, "schedule", 301, "unfinished")
    assert (found["cause"], found["stack"]) == ("orphaned", "dev")
    assert "unfinished: the next `pulumi up` adopts it if the program still declares it" in found["remark"]


def test_held_cluster_in_no_state_is_to_be_looked_at(scene: DriftScene) -> None:
    """It may be somebody's, such as after `pulumi state delete`, so nobody is told to end it."""
    number = scene.emulator.add_cluster(description=sign("", drawn(STACK, minutes_ago=5).held)).id
    (found,) = scene.run(*UNMANAGED).json["findings"]
    assert (found["cause"], found["marker"]) == ("orphaned", "held")
    assert f"held, in no state: look at `xplenty-pulumi hand-over cluster:{number}`" in found["remark"]


def test_surplus_of_a_resource_is_told_from_what_is_held(scene: DriftScene) -> None:
    """A duplicate says what ends it, without `--unmanaged`: an `up` has no need of it."""
    cluster = scene.emulator.cluster(scene.id_of("copied"))
    owner = read(cluster.description)
    assert owner is not None
    now = datetime.fromtimestamp(RECORDED["now"], tz=UTC)
    scene.emulator.add_cluster(description=sign("", owner.drawn(now - timedelta(hours=3), Random(7))))
    (found,) = scene.run("--json").json["findings"]
    assert (found["cause"], found["resource"], found["marker"]) == ("duplicate", "copied", "unfinished")
    assert found["remark"] == (
        f"carries the same marker as cluster {cluster.id}; unfinished: no `pulumi up` adopts it, `xplenty-pulumi "
        "recover --end-strays` ends it"
    )


def test_what_a_killed_replacement_has_created_is_left_to_the_next_up(scene: DriftScene) -> None:
    """The state has the cluster before it only until then, so it is no surplus."""
    cluster = scene.emulator.cluster(scene.id_of("copied"))
    owner = read(cluster.description)
    assert owner is not None
    scene.states["dev"] = export({**resource("copied", cluster.id, like="copied"), "pendingReplacement": True})
    now = datetime.fromtimestamp(RECORDED["now"], tz=UTC)
    scene.emulator.add_cluster(description=sign("", owner.drawn(now - timedelta(minutes=3), Random(7))))
    found = next(one for one in scene.run("--json").json["findings"] if one["cause"] == "duplicate")
    assert found["remark"].endswith("unfinished: the next `pulumi up` adopts it if the program still declares it")


def test_unknown_stacks_are_part_of_what_unmanaged_shows(scene: DriftScene) -> None:
    """To fail on what is not looked for would never fail."""
    ended = scene.run("--fail-on-unknown-stacks")
    assert (ended.code, "--unmanaged" in ended.err) == (1, True)


def test_what_two_stacks_hold_names_both(scene: DriftScene) -> None:
    """After a state was copied or moved by hand, each of the two stacks says that the other one holds it too."""
    number = scene.id_of("idle")
    scene.states["prod"] = export(resource("nightly", number, like="idle"))
    ended = scene.run("--all", "--json")
    found = {one["stack"]: one for one in ended.json["findings"]}
    assert ended.code == 2
    assert {(one["id"], one["class"], one["cause"]) for one in found.values()} == {(number, "harmful", "shared")}
    assert (found["dev"]["resource"], found["prod"]["resource"]) == ("idle", "nightly")
    assert found["dev"]["remark"] == (
        "stack dev holds it in its state, and so does stack prod as nightly: what one of them changes or ends is "
        "changed or ended for all. Keep one, and run `pulumi state delete` for the rest"
    )
    assert scene.run("--stack", "dev", "--json").json["findings"] == []


def test_two_resources_of_a_stack_that_hold_the_same_are_told(scene: DriftScene) -> None:
    """An id that was imported twice is as wrong within a stack."""
    number = scene.id_of("idle")
    scene.states["dev"] = export(*(resource(name, number, like="idle") for name in ("idle", "again")))
    found = scene.run("--json").json["findings"]
    assert {(one["resource"], one["cause"]) for one in found} == {("idle", "shared"), ("again", "shared")}


@pytest.mark.parametrize(("if_running", "told"), [("adopt", 0), ("queue", 2)])
def test_run_that_is_adopted_may_be_held_twice(scene: DriftScene, if_running: str, told: int) -> None:
    """`if_running: adopt` asks for that, so it is no drift; any other run is of one resource."""
    run = resource("follows", scene.id_of("done"), like="done")
    run["inputs"]["if_running"] = if_running
    run["outputs"]["__declared"] = [*run["outputs"]["__declared"], "if_running"]
    scene.states["prod"] = export(run)
    assert len([one for one in scene.run("--all", "--json").json["findings"] if one["cause"] == "shared"]) == told
