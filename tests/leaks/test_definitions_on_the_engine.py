"""Definitions on the real engine: what it says and keeps of them, what our commands print, and what files hold."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leaks.canaries import IN_HOST, IN_NAME, IN_PATH, IN_SETTINGS, IN_TOKEN, IN_VARIABLES
from tests.leaks.definitions import FILE, FLOW, WRONG, declared, planted_texts
from tests.leaks.inputs import SEED
from tests.leaks.sinks import OF_A_PROJECT, OF_THE_ENGINE, SINKS, Caught
from tests.leaks.test_planted import COMMAND
from tests.support import scoreboard
from tests.support.engine.project import QUICK, Project
from tests.support.engine.stack import PROGRAM, STEP, Stack
from tests.support.engine.workspace import own_command
from tests.support.openapi import SchemaWatch
from xplenty_pulumi.emulator import Emulator, Request, Response

pytestmark = pytest.mark.engine

OF_THE_STATE = (("drift",), ("drift", "--json"), ("pull", "--all"), ("recover", "--no-wait", "--yes"))
"""Commands that read the state of the stack, in which secrets are known as such."""
OF_THE_ACCOUNT = (("status",), ("status", "schedules"), ("import", "--all", "--no-run", "--out", "imported"))
"""Commands that read the account alone, which shows names to everybody."""
EDITED = json.dumps({"components": [{"id": "load", "table": "by_hand"}]})


class Repeating:
    """A service that refuses all calls of a method, and repeats what it was sent of every secret."""

    def __init__(self) -> None:
        self.method = ""

    def before(self, request: Request) -> Response | None:
        """Refuse the call, or let it pass."""
        if request.method != self.method:
            return None
        words = f"No: {' | '.join(sorted(planted_texts(json.loads(request.body))))}"
        body = json.dumps({"message": words}).encode()
        return Response(422, headers={"Content-Type": "application/json"}, body=body)

    def after(self, request: Request, response: Response) -> Response:
        """Leave every answer as it is."""
        return response


@pytest.fixture
def service() -> Repeating:
    """A service that does as it is asked, so far."""
    return Repeating()


@pytest.fixture
def account(service: Repeating) -> Iterator[Emulator]:
    """An account of that service."""
    with Emulator(SEED, step=STEP, gates=[service]) as emulator:
        yield emulator


@pytest.fixture
def stack(tmp_path: Path, account: Emulator) -> Stack:
    """A stack with the files of its packages."""
    made = Stack(tmp_path, account)
    _write_flows(made.folder)
    return made


def test_no_secret_of_a_definition_gets_anywhere(
    stack: Stack, account: Emulator, service: Repeating, schema_watch: SchemaWatch
) -> None:
    """A stack of all kinds is refused, made, edited by hand, changed and found not valid; no sink has a secret."""
    schema_watch.look_away()
    caught, said = Caught(), [stack.declare(WRONG).run("preview", "--diff").failed().output]
    said += _refused(stack.declare(*declared()), service, "POST")
    said.append(stack.up("--diff", "--debug").succeeded().output)
    _edit(account, stack)
    (stack.folder / FILE).unlink()
    caught.add("commands", *(stack.command(*words).output for words in OF_THE_STATE))
    said.append(stack.refresh("--diff").output)
    stack.declare(*declared(f"{IN_VARIABLES}!", token=f"{IN_TOKEN}!"))
    said.append(stack.run("preview", "--json").succeeded().output)
    caught.add("commands", _comment(stack, said[-1]))
    said += _refused(stack, service, "PUT")
    said.append(stack.up("--diff", "--continue-on-error").failed().output)
    caught.add("plan and preview", *said)
    caught.add("exported state", stack.run("stack", "export").output, stack.files())
    caught.add_files(stack.folder, but=("resources.json", "packages/canary", "state", "home"))

    sinks = (*OF_THE_ENGINE, *OF_A_PROJECT)
    assert {sink: caught.leaks(sink) for sink in sinks} == {sink: [] for sink in sinks}
    for _ in OF_A_PROJECT:
        scoreboard.count("sinks without a leak", goal=len(SINKS), command=COMMAND)
    assert _shown_by_the_account(stack, account) == {IN_NAME}
    assert "".join(said).count(" is not valid, and *** neither") == 2
    assert (stack.folder / FILE).exists()


def test_no_secret_of_a_branch_gets_anywhere(tmp_path: Path, account: Emulator) -> None:
    """An environment of all kinds that is made for a branch, listed and taken down says and leaves no secret."""
    project, caught = Project(tmp_path, account).with_template(), Caught()
    (project.folder / "__main__.py").write_text(PROGRAM)
    (project.folder / "resources.json").write_text(json.dumps([vars(one) for one in declared()]))
    _write_flows(project.folder)
    for words in (("up", "--branch", "one", *QUICK, "--diff"), ("list",), ("down", "--branch", "one")):
        caught.add("commands", project.run(*words).succeeded().output)
    caught.add_files(project.folder, but=("resources.json", "packages/canary", ".git/"))

    assert {sink: caught.leaks(sink) for sink in OF_A_PROJECT} == {sink: [] for sink in OF_A_PROJECT}
    assert not any("[xp2:" in one.name for one in account.hooks())


def _write_flows(folder: Path) -> None:
    """Write the files of the packages."""
    for name in (FILE, IN_PATH):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(FLOW)


def _comment(stack: Stack, preview: str) -> str:
    """What a pull request is told of a preview, variables that are no secrets included."""
    (stack.folder / "preview.json").write_text(preview)
    command = shlex.join(own_command("preview-comment", "--stack", "dev", "--show-variables"))
    told = stack.line("sh", "-c", f"{command} < preview.json").succeeded().output
    assert "monday" in told
    return told


def _refused(stack: Stack, service: Repeating, method: str) -> list[str]:
    """What an `up` says of a service that refuses its calls."""
    service.method = method
    said = stack.up("--diff", "--continue-on-error").failed().output
    service.method = ""
    assert said.count("No: ") > 3
    return [said]


def _edit(account: Emulator, stack: Stack) -> None:
    """Change each definition by hand, and let the next validation and test fail with words that repeat a secret."""
    ids = {name: one["id"] for name, one in stack.state().items()}
    changed = {"password": f"'{IN_VARIABLES}?'"}
    sums, nightly = int(ids["sums"]), int(ids["nightly"])
    account.edit_package(sums, name=f"{IN_NAME}-2", variables=changed, data_flow_json=EDITED)
    account.edit_package(sums, invalid=f"{IN_VARIABLES}! is not valid, and {IN_NAME} neither")
    (schedule,) = [one for one in account.schedules() if one.id == nightly]
    task = {**schedule.task, "packages": [{"package_id": sums, "variables": changed}]}
    account.edit_schedule(nightly, name=f"{IN_NAME}-2", task=task)
    sales = int(ids["sales"].partition("/")[2])
    words = f"{IN_TOKEN}! is not valid, and {IN_HOST} neither"
    account.edit_connection(sales, settings={"host": f"{IN_HOST}-2"}, failure=words)
    account.edit_hook(int(ids["web"]), settings={"url": f"{IN_SETTINGS}-2", "basic_auth": True})


def _shown_by_the_account(stack: Stack, account: Emulator) -> set[str]:
    """The secrets that commands show which know no state."""
    held = [("hand-over", f"hook:{one.id}", "--yes") for one in account.hooks()[:1]]
    held += [("hand-over", f"package:{one.id}", "--yes") for one in account.packages()[-1:]]
    caught = Caught()
    caught.add("commands", *(stack.command(*words).output for words in (*OF_THE_ACCOUNT, *held)))
    return {leak.canary for leak in caught.leaks("commands")}
