"""What `drift` asks, prints and refuses."""

import copy
import dataclasses
import json
from datetime import timedelta

import pytest

from tests.cli.commands.drift.scene import RECORDED, DriftScene
from tests.cli.commands.drift.test_calls import export, resource
from tests.support.accounts.command_line import KEY
from xplenty_pulumi.cli.commands.drift import report
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.ui import account as cli_account
from xplenty_pulumi.cli.ui.documents import json_value
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.errors import XplentyError


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["--format", "yaml"],
        ["--all", "--stack", "dev"],
        ["--hook", "https://example.test/bell"],
        ["--hook", "http://example.test/bell", "--since-last", "last.json"],
        ["--hook", "https://me:secret@example.test/bell", "--since-last", "last.json"],
        ["--stack", "another"],
        ["--cwd", "no/such/folder"],
    ],
    ids=" ".join,
)
def test_bad_usage_is_1_since_2_means_drift(scene: DriftScene, words: list[str]) -> None:
    """Whoever reads the exit code is not told of drift where nothing was compared."""
    ended = scene.run(*words)
    assert (ended.code, ended.out) == (1, "")
    assert "secret" not in ended.err


def test_report_is_of_the_account_s_time(scene: DriftScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An emulated account may be ahead of this machine; without one that is read the clock here is all there is."""
    here = ManualClock(scene.clock.now() - timedelta(days=3))
    for module in (cli_account, report):
        monkeypatch.setattr(module, "SystemClock", lambda: here)
    assert scene.run("--json").json["at"] == json_value(scene.clock.now())
    scene.states["dev"] = {"deployment": {"resources": []}}
    assert scene.run("--json").json["at"] == json_value(here.now())


def test_settings_come_from_the_stack_where_the_environment_has_none(scene: DriftScene) -> None:
    """Key, account and address are looked up in the stack's configuration."""
    for variable, key in (("KEY", "apiKey"), ("ACCOUNT_ID", "accountId"), ("URL", "apiUrl")):
        name = {"KEY": "XPLENTY_API_KEY", "URL": "XPLENTY_API_URL"}.get(variable, "XPLENTY_ACCOUNT_ID")
        scene.config[f"xplenty:{key}"] = scene.environment.pop(name)
    assert scene.run().code == 0
    del scene.config["xplenty:apiKey"]
    ended = scene.run()
    assert ended.code == 1
    assert "stack dev: xplenty:apiKey is not set" in ended.err


def test_a_misspelt_setting_is_named_where_the_right_one_is_missing(scene: DriftScene) -> None:
    """It says why that is missing."""
    scene.config["xplenty:apikey"] = scene.environment.pop("XPLENTY_API_KEY")
    ended = scene.run()
    assert ended.code == 1
    assert "stack dev: xplenty:apikey is no setting, so it has no effect; the nearest is xplenty:apiKey" in ended.err


def test_state_of_another_account_is_not_compared(scene: DriftScene) -> None:
    """The same ids mean something else there, so no call is made."""
    state = json.loads(json.dumps(RECORDED["state"]).replace("emulated-account", "their-account"))
    scene.states["dev"] = state
    ended = scene.run()
    assert ended.code == 1
    assert "it is in account their-account" in ended.err
    assert scene.emulator.calls() == ()
    former = scene.run(XPLENTY_FORMER_ACCOUNT_ID="their-account")
    assert former.code == 0


def test_all_stacks_share_one_look(scene: DriftScene) -> None:
    """Each finding names its stack, a cluster of one stack is no stranger to the other, and lists are read once."""
    resources = RECORDED["state"]["deployment"]["resources"]
    ours = [one for one in resources if not one["urn"].endswith("::idle")]
    scene.states = {"dev": export(*ours), "prod": export(resource("idle", scene.id_of("idle"), like="idle"))}
    scene.emulator.edit_cluster(scene.id_of("idle"), nodes=5)
    ended = scene.run("--all", "--unmanaged", "--json")
    assert ended.json["stacks"] == ["dev", "prod"]
    assert [(one["stack"], one["resource"], one["field"]) for one in ended.json["findings"]] == [
        ("prod", "idle", "nodes")
    ]
    assert sorted(scene.list_calls()) == sorted(kind.collection for kind in KINDS.values())


def test_a_project_without_stacks_is_no_good_news(scene: DriftScene) -> None:
    """Where nothing was compared, such as in the wrong backend, a schedule must not hear that all is well."""
    scene.states = {}
    ended = scene.run("--all")
    assert (ended.code, ended.out) == (1, "")
    assert "the project has no stack in this backend, so nothing was compared" in ended.err


def test_cluster_of_another_project_is_no_stranger(scene: DriftScene) -> None:
    """What carries the marker of another stack in the backend is its business, even where its state is empty."""
    theirs = marker_of(Owner("organization", "another project", "dev", "etl"))
    scene.others["organization/another project/dev"] = {"version": 3, "deployment": {}}
    scene.emulator.add_cluster(description=sign("theirs", theirs))
    ended = scene.run("--unmanaged", "--json")
    assert (ended.code, ended.json["findings"]) == (0, [])


def test_cluster_left_behind_by_an_empty_stack_is_found(scene: DriftScene) -> None:
    """Its scope is known from the name of the stack and its configured scope alone."""
    scene.states["dev"] = {"version": 3, "deployment": {}}
    scene.config["xplenty:scope"] = "blue"
    lost = marker_of(Owner("organization/blue", "tests", "dev", "etl"))
    number = scene.emulator.add_cluster(name="lost", description=sign("", lost)).id
    found = scene.run("--unmanaged", "--json").json["findings"]
    assert [one["remark"] for one in found if one["cause"] == "orphaned"] == [
        f"lost: available, 2 nodes; held, in no state: look at `xplenty-pulumi hand-over cluster:{number}`"
    ]
    assert scene.run().code == 0


def test_what_is_secret_is_not_compared_and_said(scene: DriftScene) -> None:
    """Settings of hooks are ciphertext in the state; whatever the service shows, they are named and no value is."""
    number = scene.id_of("muted")
    scene.emulator.edit_hook(number, settings={"url": "https://hooks.example.test/T0/another-token"}, active=False)
    ended = scene.run("--json")
    not_compared = {one["resource"]: one["fields"] for one in ended.json["not_compared"]}
    assert not_compared["muted"] == ["settings"]
    for words in ((), ("--json",), ("--format", "markdown")):
        out = scene.run(*words).out
        assert "token" not in out
        assert "ciphertext" not in out


def test_hook_with_the_marker_of_another_is_a_duplicate(scene: DriftScene) -> None:
    """A hook whose creation took effect long after its answer was lost is found beside its sibling."""
    world, number = scene.emulator.account.world, scene.id_of("muted")
    world.put(dataclasses.replace(world.hooks[number], id=799))
    (duplicate,) = scene.run("--json").json["findings"]
    assert (duplicate["cause"], duplicate["resource"], duplicate["id"]) == ("duplicate", "muted", 799)
    assert duplicate["remark"] == (
        f"carries the same marker as hook {number}; held, in no state: look at `xplenty-pulumi hand-over hook:799`"
    )


def test_secret_in_the_error_of_a_run_is_masked(scene: DriftScene) -> None:
    """The service's words about a failure may repeat a variable."""
    scene.emulator.fail_job(scene.id_of("failing"), errors=f"no table for 'failing' with {KEY}")
    ended = scene.run("--json")
    remark = next(one["remark"] for one in ended.json["findings"] if one["cause"] == "run_failed")
    assert remark.startswith("failed: no table for *** with ***")


def test_resources_that_are_no_stacks_are_left_out(scene: DriftScene) -> None:
    """What is looked up by its id, what is about to be removed, and what another package made is not compared."""
    external = {**resource("idle", 99_998, like="idle"), "external": True}
    removed = {**resource("moved", 99_999, like="moved"), "delete": True}
    scene.states["dev"] = export(external, removed, {"type": "aws:s3/bucket:Bucket", "urn": "u", "id": "b"})
    ended = scene.run("--json")
    assert (ended.code, ended.json["checked"], scene.list_calls()) == (0, 0, [])


def test_state_that_makes_no_sense_is_an_error(scene: DriftScene) -> None:
    """An export in another form is no reason to report nothing."""
    broken = copy.deepcopy(resource("idle", 1, like="idle"))
    broken["id"] = "seven"
    scene.states["dev"] = export(broken)
    ended = scene.run()
    assert ended.code == 1
    assert "the state makes no sense" in ended.err


def test_account_that_can_not_be_read_is_an_error(scene: DriftScene) -> None:
    """A wrong key is a failure, not a stack that has vanished."""
    ended = scene.run(XPLENTY_API_KEY="another-key-of-somebody")
    assert (ended.code, ended.out) == (1, "")
    assert "another-key-of-somebody" not in ended.err


def test_markdown_is_never_too_long_for_a_comment(scene: DriftScene) -> None:
    """Long values are cut, and what finds no room is counted: a forge refuses a text above 65,536 characters."""
    cluster = scene.emulator.cluster(scene.id_of("renamed"))
    scene.emulator.edit_cluster(cluster.id, description="x" * 100_000)
    for _ in range(1_000):
        scene.emulator.add_cluster(name="y" * 200)
    ended = scene.run("--unmanaged", "--format", "markdown")
    assert len(ended.out) < 65_536
    assert "- left out, since a comment has an end: " in ended.out
    assert ended.out.count("| `unmanaged` |") > 100


def test_broken_stack_is_named(scene: DriftScene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among all stacks of a project, the error says which one cannot be read."""

    def told(engine: Engine, *words: str) -> str:
        if engine.stack.endswith("/second"):
            raise XplentyError(f"`pulumi {words[0]}` failed: unexpected end of JSON input")
        return scene.told(engine, *words)

    scene.states["second"] = RECORDED["state"]
    monkeypatch.setattr(Engine, "told", told)
    ended = scene.run("--all")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("xplenty-pulumi drift: stack second: `pulumi stack` failed: unexpected end of JSON")


def test_markdown_keeps_its_table_whatever_is_in_it(scene: DriftScene) -> None:
    """Names are shown as code on one line, and neither a bar nor a backtick in them ends a cell."""
    scene.emulator.edit_cluster(scene.id_of("renamed"), name="a|b`c`\n@all <b>")
    lines = scene.run("--format", "markdown").lines
    assert lines[0] == "<!-- xplenty-pulumi drift -->"
    row = next(line for line in lines if "renamed" in line)
    assert row.endswith("""| ``"renamed loads" => "a\\|b`c`\\n@all <b>"`` |""")
    assert row.replace("\\|", "").count("|") == 6
