"""Another run that is at work on a branch while its environment is taken down: what it makes is not ended."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from tests.cli.commands.branch.test_late_clusters import NOBODY, STACK, UNFINISHED
from tests.support.accounts.command_line import START, Scene, opened_scene
from xplenty_pulumi import ClusterProvider
from xplenty_pulumi.cli.commands.branch.down import BranchDown
from xplenty_pulumi.cli.commands.branch.rules import OwnershipRules
from xplenty_pulumi.cli.commands.branch.stacks import ProjectStacks
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.cli.ui.account import opened
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.core.kinds.marker import sign
from xplenty_pulumi.dynamic.state import PROVIDER
from xplenty_pulumi.errors import RefusedError, XplentyError

AT_WORK = "a `pulumi` is at work on it, or has been since it was looked at; nothing more was changed"
CREATING = {
    "type": "creating",
    "resource": {
        "urn": "urn:pulumi:br-1::loads::Cluster::etl",
        "type": "Cluster",
        "inputs": {PROVIDER: serialize_provider(ClusterProvider())},
    },
}


class Backend:
    """A backend with the stack, whose state can be written, and which can be removed, while another run looks."""

    def __init__(self) -> None:
        self.written = START
        self.names = [STACK.name]
        self.pending: list[Any] = []
        self.resources: list[Any] = []
        self.words: list[str] = []

    def told(self, *words: str) -> str:
        """Answer as the engine does."""
        self.words.append(" ".join(words[:2]))
        if words[1] == "rm":
            if self.resources:
                raise XplentyError("`pulumi stack` failed: 'br-1' still has resources; run `pulumi stack rm --force`")
            return ""
        if words[1] == "ls":
            return json.dumps([{"name": f"acme/loads/{name}"} for name in self.names])
        if words[:2] == ("stack", "tag"):
            return json.dumps({})
        if words[1] == "export" and STACK.name not in self.names:
            raise XplentyError("`pulumi stack` failed: no stack named 'br-1' found")
        state = {"manifest": {"time": self.written.isoformat()}, "pending_operations": self.pending}
        return json.dumps({"deployment": {**state, "resources": self.resources}, "url": "https://backend.example"})

    def shown(self, *words: str) -> bool:
        """Take note of a `pulumi destroy`."""
        self.words.append(words[0])
        return True

    def update(self) -> None:
        """Write the state, as an `up` of another run does."""
        self.written += timedelta(seconds=30)
        self.resources = [{"urn": "urn:pulumi:br-1::loads::pulumi:pulumi:Stack::loads-br-1"}]


@contextmanager
def taking(scene: Scene, backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], object]]:
    """Give what takes the stack down in this backend."""
    for name, value in scene.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(Engine, "told", backend.told)
    monkeypatch.setattr(Engine, "shown", backend.shown)
    engine = Engine("pulumi", Path(), "")
    stacks = ProjectStacks(engine)
    stacks.listed()
    with opened() as account:
        down = BranchDown(engine, OwnershipRules(account, lambda: NOBODY), Screen(), timeout=1200)
        yield lambda: down.stack(STACK, stacks)


def test_what_an_up_is_creating_is_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster of an `up` that began after the destroy looks like one that a killed `up` has left."""
    backend = Backend()

    def begins() -> None:
        backend.update()
        scene.emulator.add_cluster(description=sign("", UNFINISHED))

    with opened_scene(monkeypatch) as scene, taking(scene, backend, monkeypatch) as take_down:
        scene.clock.script = [begins, *[lambda: None] * 1_000]
        with pytest.raises(RefusedError, match=AT_WORK):
            take_down()
        assert len(scene.emulator.living_clusters()) == 1


@pytest.mark.parametrize(("url", "is_named"), [("https://backend.example", True), ("file://{}", False)])
def test_way_out_of_a_lock_is_named_where_the_backend_does_not_show_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, *, is_named: bool
) -> None:
    """Only the engine sees the lock of a killed run there, and its own advice means the selected stack."""
    (tmp_path / ".pulumi").mkdir()
    backend = Backend()
    with opened_scene(monkeypatch) as scene, taking(scene, backend, monkeypatch) as take_down:
        monkeypatch.setenv("PULUMI_BACKEND_URL", url.format(tmp_path))
        monkeypatch.setattr(Engine, "shown", lambda _engine, *_words: False)
        with pytest.raises(XplentyError, match="`pulumi destroy` failed") as failed:
            take_down()
    assert ("run it with --break-lock" in str(failed.value)) == is_named


def test_removal_that_the_engine_refuses_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """An `up` has filled the stack again; the engine advises to use force."""
    backend = Backend()
    with opened_scene(monkeypatch) as scene, taking(scene, backend, monkeypatch) as take_down:
        scene.clock.script = [backend.update, *[lambda: None] * 1_000]
        with pytest.raises(RefusedError, match=AT_WORK):
            take_down()


def test_what_an_up_has_made_during_the_wait_is_not_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes are long enough for a `branch up` that succeeds, and whose environment somebody works in."""
    backend = Backend()
    backend.pending = [CREATING]
    with opened_scene(monkeypatch) as scene, taking(scene, backend, monkeypatch) as take_down:
        scene.clock.script = [backend.update, *[lambda: None] * 1_000]
        with pytest.raises(RefusedError, match=AT_WORK):
            take_down()
    assert "destroy" not in backend.words


def test_stack_that_another_run_removes_is_taken_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sweeps at once, or a sweep and a `down`, are no failure of the slower one."""
    backend = Backend()
    with opened_scene(monkeypatch) as scene, taking(scene, backend, monkeypatch) as take_down:
        left = scene.emulator.add_cluster(description=sign("", UNFINISHED))
        backend.names.clear()
        take_down()
        assert left.id not in {one.id for one in scene.emulator.living_clusters()}


def test_what_an_up_of_a_new_stack_is_creating_is_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `branch up` may make the stack anew that was not there a moment ago."""
    backend = Backend()
    with opened_scene(monkeypatch) as scene, taking(scene, backend, monkeypatch) as take_down:
        scene.emulator.add_cluster(description=sign("", UNFINISHED))
        monkeypatch.setattr(ProjectStacks, "of_branches", lambda _stacks, _account: (STACK,))
        backend.names.clear()
        with pytest.raises(RefusedError, match="a `branch up` has made it meanwhile"):
            take_down()
        assert len(scene.emulator.living_clusters()) == 1
