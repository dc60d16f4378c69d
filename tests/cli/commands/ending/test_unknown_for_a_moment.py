"""A single look that the service answers with 404 for a moment, while its list shows the thing, misleads no command."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from tests.support.accounts.command_line import SCOPE, Scene, opened_scene
from xplenty_pulumi.core.reports.hand_over import look
from xplenty_pulumi.emulator import Request, Response

_SINGLE = re.compile(r".*/api/(clusters|jobs|hooks)/[0-9]+")


@dataclass
class Moment:
    """Lets the service not know a thing at the first look at it, once `begin` was called."""

    is_on: bool = False
    looks: Counter[str] = field(default_factory=Counter)

    def before(self, _request: Request) -> None:
        """Let every call through."""

    def after(self, request: Request, response: Response) -> Response:
        """Answer the first look at each thing as if it were not there."""
        if not self.is_on or request.method != "GET" or not _SINGLE.fullmatch(request.path):
            return response
        self.looks[request.path] += 1
        unknown = replace(response, status=404, body=b'{"message": "Not found"}')
        return unknown if self.looks[request.path] == 1 else response


@pytest.fixture
def moment() -> Moment:
    """What is not known, and when."""
    return Moment()


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch, moment: Moment) -> Iterator[Scene]:
    """A new account that has such moments."""
    with opened_scene(monkeypatch, gates=[moment]) as made:
        yield made


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (("status", "cluster"), "cluster"),
        (("status", "job"), "job"),
        (("wait", "cluster"), "cluster"),
        (("wait", "job", "--for", "begun"), "job"),
        (("stop", "job", "--yes"), "job"),
        (("terminate", "cluster", "--yes", "--active-jobs", "stop"), "cluster"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_a_command_finds_what_the_list_shows(scene: Scene, moment: Moment, command: tuple[str, ...], kind: str) -> None:
    """It says of nothing that lives that the service does not know it."""
    cluster = scene.emulator.add_cluster(name="spare").id
    number = scene.job(scene.emulator.cluster(cluster), 103) if kind == "job" else cluster
    scene.clock.advance(5)
    moment.is_on = True
    ended = scene.run(*command[:2], number, *command[2:])
    assert (ended.code, ended.err) == (0, "")


def test_a_stack_is_known_by_its_cluster_all_the_same(scene: Scene, moment: Moment) -> None:
    """A run of a stack is not stopped without --force because its cluster is not known for a moment."""
    number = scene.job(scene.owned_cluster(), 103)
    moment.is_on = True
    ended = scene.run("stop", "job", number, "--yes")
    assert f"job {number}: it belongs to the stack with the scope {SCOPE}" in ended.err
    assert scene.emulator.job(number).status != "stopped"


def test_what_is_handed_over_is_found(scene: Scene, moment: Moment) -> None:
    """The record is that of the list."""
    number = scene.owned_cluster().id
    moment.is_on = True
    with scene.client() as client:
        assert look(client, "cluster", number).record.id == number


@dataclass
class Relapse:
    """Lets the service show a cluster alive once more after it has shown it terminated."""

    has_shown: bool = False

    def before(self, _request: Request) -> None:
        """Let every call through."""

    def after(self, request: Request, response: Response) -> Response:
        """Answer the looks after the first one that showed the end as they were before it."""
        if request.method != "GET" or not _SINGLE.fullmatch(request.path) or b'"terminated"' not in response.body:
            return response
        if self.has_shown:
            return replace(response, body=response.body.replace(b'"terminated"', b'"available"'))
        self.has_shown = True
        return response


def test_end_that_was_seen_is_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line is about the look that showed the end, whatever a later one would show."""
    with opened_scene(monkeypatch, gates=[Relapse()]) as scene:
        number = scene.emulator.add_cluster().id
        ended = scene.run("terminate", "cluster", number, "--yes")
    assert (ended.code, ended.lines[-1].partition(" ")[2]) == (0, f"cluster {number} terminated")
