"""Each edit by hand of the scenario, without the engine: its class, exit code, fields, and number of posts."""

import pytest

from tests.cli.commands.drift.scenario import DECLARED, EDITS, Edit
from tests.cli.commands.drift.scene import DriftScene
from tests.support.accounts.receiver import receiving
from xplenty_pulumi.core.kinds.kind import Drift
from xplenty_pulumi.core.reports.drift import Cause

EACH = pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.resource.name)


def test_scenario_has_every_class_and_every_cause() -> None:
    """A cause that is added needs an edit that brings it about."""
    assert {edit.drift for edit in EDITS} == {*Drift}
    # The API's description does not allow an end that no document names: tests/core/reconcile/runs/test_unknown_end.py
    # What two states hold is no edit of the account: tests/cli/commands/drift/test_strangers.py
    left_out = {Cause.CHANGED, Cause.END_UNKNOWN, Cause.SHARED}
    causes = {cause.value for cause in {*Cause} - left_out}
    assert causes <= {name for edit in EDITS for name in edit.finds}
    assert len(EDITS) >= 12


def test_nothing_is_found_before_any_edit(scene: DriftScene) -> None:
    """Server defaults, other spellings, markers and what is secret are no difference."""
    ended = scene.run("--json")
    assert (ended.code, ended.json["findings"], ended.json["checked"]) == (0, [], len(DECLARED))


@EACH
def test_edit_is_found_sorted_and_posted_once(scene: DriftScene, edit: Edit) -> None:
    """A schedule that found nothing before finds the edit, ends with its exit code and posts, and then is quiet."""
    with receiving() as receiver:
        words = ["--json", "--since-last", scene.folder / "last.json", "--hook", receiver.url, *edit.options]
        before = scene.run(*words)
        edit.does(scene.emulator, scene.id_of(edit.resource.name))
        scene.clock.advance(20)
        after, again = scene.run(*words), scene.run(*words)

        assert [before.code, after.code, again.code] == [0, edit.exit_code, 0]
        assert [one.json["class"] for one in (before, after, again)] == ["none", edit.drift.value, edit.drift.value]
        assert [one.json()["class"] for one in receiver.received()] == [edit.drift.value] * edit.posts
    found = [one for one in after.json["findings"] if one["resource"] in {edit.resource.name, None}]
    assert {one["field"] or one["cause"] for one in found} == {*edit.finds}
    beside = [one for one in after.json["findings"] if one not in found]
    assert {(one["resource"], one["field"]) for one in beside} <= {("etl", "queued_jobs_count")}
    assert again.json["findings"] == []
