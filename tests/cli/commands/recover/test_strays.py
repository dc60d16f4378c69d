"""`xplenty-pulumi recover` and what interrupted creates have left: named, and ended only on request."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.cli.commands.recover.test_recover import NO_PROCESS, add_pending, lock, recover
from tests.support.accounts.desired import signed
from tests.support.engine.process import beside
from tests.support.engine.stack import Stack, cluster, writes
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, read, sign
from xplenty_pulumi.dynamic.state import OWNER, owner_of
from xplenty_pulumi.emulator import Emulator, Request, Response

pytestmark = pytest.mark.engine

OURS = "pulumi-python:dynamic/xplenty:Cluster"
RECOVER = (sys.executable, "-m", "xplenty_pulumi.cli", "recover")


def marked(*, minutes: float = 0, stack: str = "dev") -> str:
    """Return the description of a cluster whose create was interrupted so many minutes ago."""
    owner = Owner("organization", "tests", stack, "urn:pulumi:dev::tests::pulumi-python:dynamic/xplenty:Cluster::lost")
    return signed(owner=owner, now=datetime.now(UTC), minutes_ago=minutes)


class Meanwhile:
    """Does something once, when a cluster is read by itself: after strays were found, and before one is ended."""

    def __init__(self) -> None:
        self.act: Callable[[], object] | None = None

    def before(self, request: Request) -> None:
        """Do it."""
        if self.act and request.method == "GET" and re.search("/clusters/[0-9]+$", request.path):
            act, self.act = self.act, None
            act()

    def after(self, _request: Request, response: Response) -> Response:
        """Change nothing."""
        return response


@pytest.fixture(scope="module")
def meanwhile() -> Meanwhile:
    """What happens in the account between the look of a command and its first change."""
    return Meanwhile()


@pytest.fixture(scope="module")
def account(meanwhile: Meanwhile) -> Iterator[Emulator]:
    """An account whose time passes 300 times as fast."""
    with Emulator(time_scale=300, gates=[meanwhile]) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, account: Emulator) -> Stack:
    """A stack with one cluster."""
    made = Stack(tmp_path_factory.mktemp("strays"), account).declare(cluster("etl"))
    made.up().succeeded()
    return made


def test_without_strays_that_is_said(stack: Stack) -> None:
    """What the state holds is no stray."""
    output = recover(stack.folder, environment=stack.environment).succeeded().output
    assert output.endswith("nothing in the account is left over from an interrupted create of this stack\n")


def test_strays_are_named_and_ended_only_on_request(stack: Stack, account: Emulator) -> None:
    """A young one is the next `up`'s, an old one nobody's; both end with --end-strays --yes, and nothing else does."""
    young = account.add_cluster(description=marked()).id
    old = account.add_cluster(description=marked(minutes=90)).id
    foreign = account.add_cluster(description=marked(stack="prod")).id
    before = list(writes(account))

    named = recover(stack.folder, environment=stack.environment).succeeded().output
    asked = recover(stack.folder, "--end-strays", environment=stack.environment)
    assert list(writes(account)) == before
    ended = recover(stack.folder, "--end-strays", "--yes", environment=stack.environment).succeeded().output

    lines = {one: next(line for line in named.splitlines() if f"cluster {one} " in line) for one in (young, old)}
    assert "was left by an interrupted create of this stack, and no state holds it" in lines[young]
    assert "the next `pulumi up` adopts it if the program still declares it" in lines[young]
    assert "no `pulumi up` adopts it, because it is more than 60 minutes old, or another user's" in lines[old]
    assert f"cluster {foreign}" not in named
    assert (asked.code, "nothing was ended. Run it with --yes" in asked.output) == (2, True)
    assert f"cluster {young} has ended" in ended
    assert {account.cluster(one).status for one in (young, old)} == {"terminated"}
    held = int(stack.state()["etl"]["id"])
    assert {one.id for one in account.living_clusters()} == {held, foreign}


@pytest.mark.parametrize("sign", ["lock", "state"])
def test_nothing_is_ended_once_a_pulumi_is_at_work(
    stack: Stack, account: Emulator, meanwhile: Meanwhile, sign: str
) -> None:
    """An `up` that has begun since the look may have adopted what was found, which its marker does not say yet."""
    folder = stack.folder / "state" / ".pulumi"
    stray = account.add_cluster(description=marked()).id
    meanwhile.act = (lambda: lock(folder, pid=NO_PROCESS)) if sign == "lock" else (lambda: write_anew(folder))

    refused = recover(stack.folder, "--end-strays", "--yes", environment=stack.environment)

    status = account.cluster(stray).status
    account.end_cluster(stray)
    for file in folder.glob("locks/**/*.json"):
        file.unlink()
    assert (refused.code, status) == (1, "available")
    assert "a `pulumi` is at work on it, or has been since it was looked at; nothing more was changed" in refused.output


def write_anew(folder: Path) -> None:
    """Write the state once more, as each operation of the engine does."""
    file = folder / "stacks" / "tests" / "dev.json"
    document = json.loads(file.read_text())
    document["checkpoint"]["latest"]["manifest"]["time"] = "2026-01-31T12:00:00Z"
    file.write_text(json.dumps(document))


def test_what_a_create_had_finished_is_handed_over_under_the_lock(
    stack: Stack, account: Emulator, meanwhile: Meanwhile
) -> None:
    """An `up` that waits for the lock begins as soon as that is gone, and would be refused what is signed as held."""
    folder, found = stack.folder / "state" / ".pulumi", list[bool]()
    inputs = {OWNER: f"organization|urn:pulumi:dev::tests::{OURS}::spare"}
    add_pending(folder, OURS, "spare")
    file = folder / "stacks" / "tests" / "dev.json"
    document = json.loads(file.read_text())
    document["checkpoint"]["latest"]["pending_operations"][0]["resource"]["inputs"] = inputs
    file.write_text(json.dumps(document))
    held = marker_of(owner_of(inputs)).drawn(datetime.now(UTC), Random(1)).held
    made = account.add_cluster(description=sign("", held)).id
    left = lock(folder, pid=NO_PROCESS)
    meanwhile.act = lambda: found.append(left.exists())

    output = recover(stack.folder, "--yes", "--no-wait", environment=stack.environment).succeeded().output

    marker = read(account.cluster(made).description)
    account.end_cluster(made)
    assert output.count(f"cluster {made} was made by a create that never reached the state") == 1
    assert (found, marker is not None and marker.is_unfinished) == ([True], True)


def test_strays_that_cannot_be_looked_for_fail_only_where_they_were_to_be_ended(stack: Stack) -> None:
    """Without an API key it says that it did not look; asked to end them, it fails."""
    keyless = {**stack.environment, "XPLENTY_API_KEY": ""}
    told = recover(stack.folder, environment=keyless)
    failed = recover(stack.folder, "--end-strays", "--yes", environment=keyless)
    assert "did not look for what interrupted creates may have left in the account: " in told.succeeded().output
    assert failed.code == 2


@pytest.mark.parametrize("left", ["lock", "pending create"])
def test_it_waits_where_something_was_left(stack: Stack, left: str) -> None:
    """With a lock or a pending operation of a state just written it waits before anything is changed."""
    state = stack.folder / "state" / ".pulumi"
    stack.refresh().succeeded()
    if left == "lock":
        lock(state, pid=NO_PROCESS)
    else:
        add_pending(state, OURS, "spare")
    with beside(stack, [*RECOVER, "--yes"]) as running:
        running.says("organization/tests/dev: what the killed `pulumi` had sent may still arrive: waiting ")
        assert "Refreshing" not in running.printed()
    recover(stack.folder, "--yes", environment=stack.environment).succeeded()


@pytest.mark.parametrize("words", [("drift", "--all"), ("hand-over", "cluster:501", "--yes")])
def test_empty_state_file_of_another_stack_is_named(stack: Stack, words: Sequence[str]) -> None:
    """The engine lists no stack while the file of any is empty, and does not say which one it is."""
    file = stack.folder / "state" / ".pulumi" / "stacks" / "tests" / "other.json"
    file.write_text("")

    ran = stack.command(*words)

    file.unlink()
    assert ran.code != 0
    assert f"empty, as a full disk leaves it: {file}. `xplenty-pulumi recover --stack NAME`" in ran.output


@pytest.mark.parametrize("has_backup", [True, False])
def test_empty_state_file_is_named_with_its_backup(stack: Stack, *, has_backup: bool) -> None:
    """A file that a full disk has emptied is told from other trouble, and the advice brings it back."""
    file = stack.folder / "state" / ".pulumi" / "stacks" / "tests" / "dev.json"
    backup = file.with_name("dev.json.bak")
    kept = file.read_bytes(), backup.read_bytes()
    file.write_text("")
    if not has_backup:
        backup.unlink()

    ran = recover(stack.folder, "--yes", environment=stack.environment)

    file.write_bytes(kept[0])
    backup.write_bytes(kept[1])
    assert ran.code == 1
    assert f"its state file {file} is empty, as a full disk leaves it; nothing was changed" in ran.output
    assert (f"copy {backup}, the state before the last write, over it" in ran.output) is has_backup
    assert recover(stack.folder, environment=stack.environment).succeeded()
