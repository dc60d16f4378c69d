"""What a preview says of a change of something that has ended or was removed meanwhile, through the SDK's host."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host, HostError
from tests.support.accounts.clients import forget_sessions
from xplenty_pulumi.dynamic.state import DECLARED, side_by_side
from xplenty_pulumi.emulator.backstage import KindName
from xplenty_pulumi.emulator.wire.messages import USER_ID

ANEW = "Run `pulumi up --refresh` to create it anew"
UNKNOWN = f"it cannot be updated: the service does not know it (404). {ANEW}"
POSTGRES = {"host": "a.example.test", "username": "u", "password": "pw", "database": "d"}
SCHEDULE = {"packages": [{"package_id": "101"}], "every": "1 day", "start_at": "2030-01-01T00:00:00Z", "nodes": 2}
HOOK = {"type": "web", "settings": {"url": "http://127.0.0.1:9/etl"}, "events": ["job.failed"]}


def made(host: Host, given: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return the id, the outputs and the inputs of something that an earlier process has made."""
    inputs, failures = host.check(host.properties(given))
    assert not failures
    id_, outputs = host.create(inputs)
    forget_sessions()
    return id_, outputs, inputs


def warnings(scene: ProviderScene, id_: str) -> list[str]:
    """Return the warnings about what has this id, without their beginning."""
    lines = [line.text.partition(f" {id_}: ") for line in scene.engine.lines if line.severity == "WARNING"]
    return [text for _, found, text in lines if found]


def number_of_calls(scene: ProviderScene) -> int:
    """Return how many calls have cost a credit."""
    return len([call for call in scene.account.calls() if "rate_limit" not in call.path])


def test_a_change_of_an_ended_cluster_is_warned_of_in_the_words_of_the_update(here: ProviderScene) -> None:
    """Once, however often the engine asks, and with one call."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    here.account.edit_cluster(int(id_), status="terminated", terminated_on_idle=True)
    wanted, before = {**inputs, "nodes": 4}, number_of_calls(here)

    for _ in range(2):
        host.diff(id_, outputs, wanted, old_inputs=inputs)

    (text,) = warnings(here, id_)
    assert text == f"it cannot be updated: it is terminated after it had been idle, as terminate_on_idle asks. {ANEW}"
    assert number_of_calls(here) == before + 1
    with pytest.raises(HostError) as refused:
        host.update(id_, outputs, wanted)
    assert text in refused.value.status.message


def test_the_warning_is_taken_back_where_the_engine_replaces_what_has_ended(here: ProviderScene) -> None:
    """As `replace_on_changes` asks, which no comparison is told of: the engine then checks the inputs as new ones."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    here.account.edit_cluster(int(id_), status="terminated")
    host.check(host.properties({"nodes": 2}))
    host.diff(id_, outputs, {**inputs, "nodes": 4}, old_inputs=inputs)
    assert "void" not in here.engine.lines[-1].text
    host.check(host.properties({"nodes": 4}))
    assert here.engine.lines[-1].text.endswith("as replace_on_changes asks, so the warning above is void")


def test_a_change_of_a_broken_cluster_is_warned_of(here: ProviderScene) -> None:
    """What is left of it is ended by the same command."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    here.account.fail_cluster(int(id_))
    host.diff(id_, outputs, {**inputs, "nodes": 4}, old_inputs=inputs)
    (text,) = warnings(here, id_)
    assert text.startswith("it cannot be updated: its status is error. Run `pulumi up --refresh` to end what is left")


def test_a_change_of_what_is_another_s_by_now_is_warned_of(here: ProviderScene) -> None:
    """The time of creation tells that a restored service has given the id again."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    here.account.edit_cluster(int(id_), description="of others")
    older = {**side_by_side(outputs), "created_at": "2020-01-01T00:00:00Z"}
    host.diff(id_, older, {**inputs, "nodes": 4}, old_inputs=inputs)
    (text,) = warnings(here, id_)
    assert text.startswith("it cannot be updated: its id is that of another cluster by now")


@pytest.mark.parametrize("change", [{"ready_timeout": 900.0}, {"description": "loads"}])
def test_any_change_of_an_input_asks(here: ProviderScene, change: dict[str, Any]) -> None:
    """An update is refused as well where it would send nothing."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    here.account.end_cluster(int(id_))
    here.account.edit_cluster(int(id_), status="terminated")
    host.diff(id_, outputs, {**inputs, **change}, old_inputs=inputs)
    assert [text.partition(".")[0] for text in warnings(here, id_)] == ["it cannot be updated: it is terminated"]


def test_what_is_not_changed_or_was_just_read_is_not_asked_about(here: ProviderScene) -> None:
    """A plan that sends nothing costs no call, nor does one after a refresh, which has told what is gone."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    before = number_of_calls(here)
    host.diff(id_, outputs, inputs, old_inputs=inputs)
    assert number_of_calls(here) == before
    host.read(id_, outputs)
    before = number_of_calls(here)
    host.diff(id_, outputs, {**inputs, "nodes": 4}, old_inputs=inputs)
    assert number_of_calls(here) == before
    assert warnings(here, id_) == []


def test_a_cluster_that_is_replaced_may_have_ended(here: ProviderScene) -> None:
    """Its replacement ends nothing and creates it anew, so nothing will be refused."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    here.account.edit_cluster(int(id_), status="terminated")
    host.diff(id_, outputs, {**inputs, "nodes": 4, "region": "elsewhere"}, old_inputs=inputs)
    assert warnings(here, id_) == []


def test_a_change_of_what_lives_is_not_warned_of(here: ProviderScene) -> None:
    """All is well, and that is known by one call for both."""
    (first, second) = (here.clusters(), here.clusters())
    things = [(host, *made(host, {"nodes": 2})) for host in (first, second)]
    before = number_of_calls(here)
    for host, id_, outputs, inputs in things:
        host.diff(id_, outputs, {**inputs, "nodes": 3}, old_inputs=inputs)
        assert warnings(here, id_) == []
    assert number_of_calls(here) == before + 1


@pytest.mark.parametrize(
    ("kind", "maker", "given", "change"),
    [
        ("schedule", ProviderScene.schedules, SCHEDULE, {"description": "nightly"}),
        ("hook", ProviderScene.hooks, HOOK, {"events": ["cluster"]}),
        (
            "connection",
            ProviderScene.connections,
            {"type": "postgres", "settings": POSTGRES, "test": False},
            {"settings": {**POSTGRES, "database": "e"}},
        ),
    ],
)
def test_a_change_of_a_removed_definition_is_warned_of(
    here: ProviderScene,
    kind: KindName,
    maker: Callable[[ProviderScene], Host],
    given: dict[str, Any],
    change: dict[str, Any],
) -> None:
    """Whatever its kind, the text is that of the update."""
    host = maker(here)
    id_, outputs, inputs = made(host, given)
    here.account.delete_record(kind, int(id_.rpartition("/")[2]))
    wanted, _ = host.check({**inputs, **change}, inputs)
    host.diff(id_, outputs, wanted, old_inputs=inputs)
    assert warnings(here, id_) == [UNKNOWN]


@pytest.mark.parametrize("is_another", [True, False])
def test_what_another_user_made_may_be_there_unseen(here: ProviderScene, is_another: bool) -> None:
    """A refresh and a destroy say so of what the service does not know, and who can look."""
    host, begin = here.clusters(), len(here.engine.lines)
    maker = USER_ID + 70 * is_another
    properties = {DECLARED: ["nodes"], "status": "available", "owner_id": maker, **host.properties({"nodes": 2})}
    host.read("987654", properties)
    host.delete("987654", properties)
    doubt = (
        f". User {maker} made it, and this key is that of user {USER_ID}: if it may not see it, the cluster still "
        f"exists and may cost money. Look with the key of user {maker}"
    )
    said = [line.text for line in here.engine.lines[begin:] if line.severity == "WARNING" and "987654" in line.text]
    unknown = "cluster 987654: the service does not know it (404)"
    assert said == ([unknown + doubt, "cluster 987654: unknown to the service" + doubt] if is_another else [unknown])


def test_a_definition_that_another_user_made_costs_nothing_unseen(here: ProviderScene) -> None:
    """It is only said to exist."""
    host, maker = here.schedules(), USER_ID + 70
    host.read("876543", {DECLARED: ["nodes"], "owner_id": maker, **host.properties(SCHEDULE)})
    said = warnings(here, "876543")
    assert len(said) == 1
    assert f"the schedule still exists. Look with the key of user {maker}" in said[0]


def test_a_change_without_settings_is_planned_all_the_same(
    here: ProviderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be asked is not said; the check tells what is missing."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    here.account.end_cluster(int(id_))
    monkeypatch.setenv("XPLENTY_API_KEY", "")
    host.diff(id_, outputs, {**inputs, "nodes": 4}, old_inputs=inputs)
    assert warnings(here, id_) == []


def test_a_row_says_at_once_that_an_update_finishes_a_create(here: ProviderScene) -> None:
    """The engine plans it without a diff, so nothing else says why it is updated."""
    host = here.clusters()
    id_, outputs, inputs = made(host, {"nodes": 2})
    start = len(here.engine.lines)
    host.update(id_, {**outputs, "__owed": "*"}, inputs)
    assert here.engine.lines[start].text == f"goes on with the create of cluster {id_}, which was not finished"
