"""What an import takes over, and what it leaves to whom."""

from collections.abc import Iterator

import pytest

from tests.support.accounts.command_line import SCOPE, Scene, opened_scene
from tests.support.accounts.desired import signed
from xplenty_pulumi.cli.commands.imports.selection import ImportRequest, ImportSelection, TakeOverRules, select
from xplenty_pulumi.cli.engine.holders import Held, Holders
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.marker import Marker, Owner, read
from xplenty_pulumi.emulator import Knobs
from xplenty_pulumi.errors import ConfigError, NotFoundError, RefusedError

THEIRS = signed("loads", owner=Owner("acme", "loads", "prod", "etl"), held=True)
OURS = signed("loads", minutes_ago=3 * 24 * 60, held=True)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An account whose service does not show the passwords of hooks."""
    with opened_scene(monkeypatch, knobs=Knobs()) as made:
        yield made


def selected(
    scene: Scene,
    *words: str,
    take_over: tuple[str, ...] = (),
    held: tuple[Held, ...] = (),
    created: tuple[Marker, ...] = (),
) -> ImportSelection:
    """Return what is taken over of what the words name, everything without any."""
    wanted = ImportRequest.of(words, take_over, is_all=not words and not take_over)
    rules = TakeOverRules(Holders(("acme/loads/dev", "acme/loads/prod"), held), "acme/loads/dev", SCOPE, created)
    with scene.client() as client:
        return select(client, wanted, rules)


def ids(found: ImportSelection) -> list[tuple[str, int]]:
    """Return what is taken over."""
    return [(kind.name, record.id) for kind, record in found.records]


def test_all_is_everything_that_works(scene: Scene) -> None:
    """What has ended or broken, and an archived package, is not even mentioned."""
    lives = scene.emulator.add_cluster(name="etl")
    scene.emulator.add_cluster(status="terminated")
    scene.emulator.fail_cluster(scene.emulator.add_cluster().id)
    found = selected(scene)
    active = {("package", one.id) for one in scene.emulator.packages() if one.status == "active"}
    schedules = {("schedule", one.id) for one in scene.emulator.schedules()}
    assert ids(found) == sorted({("cluster", lives.id)} | active | schedules)
    assert all(record.data_flow_json for kind, record in found.records if kind.name == "package")
    assert found.left_out == ()


def test_what_is_named_is_taken_once_and_by_its_id(scene: Scene) -> None:
    """However often it is named."""
    one, other = scene.emulator.add_cluster(), scene.emulator.add_cluster()
    assert ids(selected(scene, f"cluster:{other.id}", f"cluster:{other.id}")) == [("cluster", other.id)]
    assert ids(selected(scene, "cluster", f"cluster:{one.id}")) == [("cluster", one.id), ("cluster", other.id)]


def test_a_marker_of_this_stack_that_no_state_holds_is_overcome_by_name_alone(scene: Scene) -> None:
    """Its state was lost, or a stack of the same name in another backend manages it."""
    lost = scene.emulator.add_cluster(description=OURS)
    found = selected(scene, "cluster")
    assert ids(found) == []
    (line,) = found.left_out
    assert "the marker of this stack, whose state does not hold it" in line
    with pytest.raises(RefusedError, match=f"--take-over cluster:{lost.id}"):
        selected(scene, f"cluster:{lost.id}")
    assert ids(selected(scene, take_over=(f"cluster:{lost.id}",))) == [("cluster", lost.id)]


def test_an_unfinished_marker_of_this_stack_is_no_obstacle(scene: Scene) -> None:
    """No other stack has created it, and no state holds it yet."""
    begun = signed("loads", minutes_ago=3 * 24 * 60)
    left = scene.emulator.add_cluster(description=begun)
    assert ids(selected(scene, "cluster")) == [("cluster", left.id)]


def test_what_a_pending_operation_creates_is_left_to_it(scene: Scene) -> None:
    """An `up` that is at work has it in the state when it ends; one that was killed leaves it to the next one."""
    begun = signed("loads")
    made, whose = scene.emulator.add_cluster(description=begun), read(begun)
    assert whose is not None
    found = selected(scene, "cluster", created=(whose.whose,))
    assert (ids(found), "a `pulumi` is creating it, or was killed while it did" in found.left_out[0]) == ([], True)
    with pytest.raises(RefusedError, match="Run `xplenty-pulumi recover`, then `pulumi up`, which adopts it"):
        selected(scene, take_over=(f"cluster:{made.id}",), created=(whose.whose,))


def test_a_marker_of_another_stack_is_left_to_it(scene: Scene) -> None:
    """With a line, or an error where it is named; --take-over overcomes it."""
    theirs = scene.emulator.add_cluster(description=THEIRS)
    found = selected(scene, "cluster")
    assert ids(found) == []
    (line,) = found.left_out
    assert f"cluster {theirs.id}: it carries the marker of acme/loads/prod; it is not imported" in line
    with pytest.raises(RefusedError, match=f"--take-over cluster:{theirs.id}"):
        selected(scene, f"cluster:{theirs.id}")
    assert ids(selected(scene, take_over=(f"cluster:{theirs.id}",))) == [("cluster", theirs.id)]


def test_what_a_state_holds_is_never_taken_over(scene: Scene) -> None:
    """Whatever marker it carries."""
    one = scene.emulator.add_cluster()
    held = Held("acme/loads/prod", "urn", frozenset({"cluster"}), one.id, None)
    assert "the state of stack acme/loads/prod holds it" in selected(scene, "cluster", held=(held,)).left_out[0]
    with pytest.raises(RefusedError, match="the state of stack acme/loads/prod holds it"):
        selected(scene, take_over=(f"cluster:{one.id}",), held=(held,))


def test_what_this_stack_holds_is_left_out_without_a_word(scene: Scene) -> None:
    """A second import goes on where the first has ended; what is named is an error all the same."""
    one, other = scene.emulator.add_cluster(), scene.emulator.add_cluster()
    held = (Held("acme/loads/dev", "urn", frozenset({"cluster"}), one.id, None),)
    found = selected(scene, "cluster", held=held)
    assert (ids(found), found.left_out) == ([("cluster", other.id)], ())
    with pytest.raises(RefusedError, match="the state of stack acme/loads/dev holds it"):
        selected(scene, f"cluster:{one.id}", held=held)


def test_names_in_the_state_are_told(scene: Scene) -> None:
    """Those of this stack alone: two stacks may use the same name."""
    held = [Held(f"acme/loads/{one}", f"urn::{one}-etl", frozenset({"cluster"}), 1, None) for one in ("dev", "prod")]
    assert selected(scene, "hook", held=tuple(held)).used == {"dev-etl"}


def test_what_a_schedule_has_made_is_left_to_it(scene: Scene) -> None:
    """Its cluster ends with its last run, and the next run has another one."""
    made = scene.emulator.add_cluster(name="of a schedule")
    body = {"creator": {"type": "Schedule", "id": 9, "display_name": "Nightly"}}
    rules = TakeOverRules(Holders((), ()), "acme/loads/dev", SCOPE)
    with scene.client() as client:
        record = client.clusters.get(made.id)
    record = type(record).model_validate({**record.model_dump(), **body})
    refusal = rules.refusal(CLUSTER, record, is_taken=False)
    assert refusal is not None
    assert "a schedule has made it, and ends it" in refusal.message
    assert rules.refusal(CLUSTER, record, is_taken=True) is None


def test_a_hook_whose_password_a_change_would_lose_is_left_alone(scene: Scene) -> None:
    """The service wants the settings with each change, and does not show its password (documented)."""
    settings = {"url": "http://127.0.0.1:9/", "basic_auth": True, "basic_auth_data": "dXNlcjpwYXNz"}
    with scene.client() as client:
        client.hooks.create({"type": "web", "settings": settings, "events": ["job"], "name": "bell"})
    (line,) = selected(scene, "hook").left_out
    assert "hides its password, which a change would lose" in line


def test_what_does_not_exist_is_an_error(scene: Scene) -> None:
    """Nothing else of what is named is imported then."""
    with pytest.raises(NotFoundError, match="cluster 77: the service does not know it"):
        selected(scene, "cluster:77")


@pytest.mark.parametrize(
    ("words", "taken", "is_all", "text"),
    [
        ((), (), False, "is missing: name cluster, "),
        (("cluster",), (), True, "takes every kind"),
        (("job_run",), (), False, "must be such as cluster, "),
        (("cluster:0",), (), False, "got 'cluster:0'"),
        ((), ("cluster",), False, "needs the id of one, such as cluster:501"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(
    words: tuple[str, ...], taken: tuple[str, ...], text: str, *, is_all: bool
) -> None:
    """The text says what can."""
    with pytest.raises(ConfigError, match=text):
        ImportRequest.of(words, taken, is_all=is_all)
