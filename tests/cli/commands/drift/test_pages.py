"""What `drift` prints for people: which way a difference goes, what to do next, and links that stay whole."""

from pathlib import Path

from tests.cli.commands.drift.scenario import NOT_HERE
from tests.cli.commands.drift.scene import DriftScene
from tests.cli.commands.drift.test_calls import export, resource
from xplenty_pulumi.core.kinds.marker import marker_of, sign

RESTORED = "next: `pulumi up --refresh --stack dev` puts back what is declared"


def test_changed_field_says_which_side_is_declared_and_what_to_do(scene: DriftScene) -> None:
    """The header names the direction, and the last line the command that repairs."""
    scene.emulator.edit_cluster(scene.id_of("resized"), nodes=5)
    lines = scene.run().lines
    assert lines[2].endswith("DETAIL (declared => found)")
    assert lines[3].endswith("2 => 5")
    assert lines[-1] == RESTORED


def test_each_sort_of_finding_has_its_own_next_step(scene: DriftScene) -> None:
    """An unmanaged cluster is not repaired by an `up`, and a failed run begins with its log; one id is named."""
    stray = scene.emulator.add_cluster(name="adhoc").id
    last = scene.run("--unmanaged").lines[-1]
    assert last.startswith("next: ask who started an unmanaged cluster, or end it with")
    assert last.endswith(f"`xplenty-pulumi terminate cluster {stray}`")
    number = scene.id_of("failing")
    scene.emulator.fail_job(number, errors="no table")
    scene.emulator.edit_cluster(scene.id_of("resized"), nodes=5)
    steps = " ".join(scene.run().out.split()).partition("next: ")[2]
    assert steps.startswith("`pulumi up --refresh --stack dev` puts back what is declared; ")
    assert "; correct the package, its variables or the cluster of a failed run first" in steps
    assert f"(`xplenty-pulumi status job {number}` shows the log); `pulumi up --refresh` starts a new run" in steps
    assert "unmanaged" not in steps


def test_two_stacks_are_repaired_one_by_one(scene: DriftScene) -> None:
    """Where findings are in several stacks, the command leaves the name of the stack open."""
    scene.states = {
        "dev": export(resource("resized", scene.id_of("resized"), like="resized")),
        "prod": export(resource("idle", scene.id_of("idle"), like="idle")),
    }
    for name in ("resized", "idle"):
        scene.emulator.edit_cluster(scene.id_of(name), nodes=7)
    assert scene.run("--all").lines[-1] == RESTORED.replace("dev", "STACK")


def test_what_another_stack_has_adopted_is_not_said_to_be_put_back(scene: DriftScene) -> None:
    """No `up` of this one touches it; the detail says what to do."""
    theirs = sign("", marker_of(NOT_HERE))
    scene.emulator.edit_cluster(scene.id_of("resized"), nodes=5, description=theirs)
    steps = " ".join(scene.run().out.split()).partition("next: ")[2]
    assert steps == "the detail of each end_unknown, lost, shared and other_stack says what to do"


def test_nothing_to_do_has_no_next_step(scene: DriftScene, tmp_path: Path) -> None:
    """Expected changes and drift that was reported before need nothing."""
    assert "next:" not in scene.run().out
    scene.emulator.edit_cluster(scene.id_of("resized"), nodes=5)
    scene.run("--since-last", tmp_path / "last.json")
    assert "next:" not in scene.run("--since-last", tmp_path / "last.json").out


def test_link_to_a_run_stays_whole_on_a_narrow_terminal(scene: DriftScene) -> None:
    """A detail goes below its finding where a column for it would break the link."""
    link = "https://logs.example.test/a-team/jobs/123456789/log"
    scene.emulator.fail_job(scene.id_of("failing"), errors=f"no table; see {link}")
    for columns in (60, 80, 160):
        lines = scene.run(COLUMNS=str(columns)).lines
        assert any(link in line for line in lines)
        assert max(map(len, lines)) <= columns
