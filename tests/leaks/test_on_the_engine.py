"""The real engine's own words, and what it keeps: the state in every form, plans and previews."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leaks.scenario import HOOK_INPUTS, SECRET_INPUTS, SEED
from tests.leaks.sinks import SINKS, Caught
from tests.leaks.test_planted import BY_ENGINE, COMMAND
from tests.support import scoreboard
from tests.support.leaks import IN_VARIABLES, SALT, SPELLINGS
from tests.support.stack import STEP, Declared, Stack, cluster, job
from xplenty_pulumi.dynamic.secrets import SECRETS
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

SECRET = {
    group: {name: {"secret": text} for name, text in SECRET_INPUTS[group].items()}
    for group in ("variables", "dynamic_variables")
}


BELL = Declared("Hook", "bell", {name: value for name, value in HOOK_INPUTS.items() if name != SECRETS})


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose failed runs repeat the key and a variable."""
    with Emulator(SEED, step=STEP) as emulator:
        yield emulator


def test_no_secret_in_what_the_engine_says_and_keeps(tmp_path: Path, account: Emulator) -> None:
    """Ups that go well and badly, diffs, refreshes, exports and all files of the state show no secret."""
    stack, caught = Stack(tmp_path, account), Caught()
    stack.declare(cluster("etl"), job("good", **SECRET), job("bad", package_id=103, **SECRET), BELL)
    said = [stack.run("preview", "--diff").output, stack.up("--diff").failed().output]
    account.edit_hook(account.hooks()[0].id, salt=SALT)
    said.append(stack.run("preview", "--json").output)
    other = {"variables": {**SECRET["variables"], "day": {"secret": f"'{IN_VARIABLES}!'"}}}
    stack.declare(cluster("etl"), job("good", **{**SECRET, **other}), BELL)
    said += [stack.refresh("--diff").output, stack.up("--diff", "--debug").output]
    caught.add("plan and preview", *said)
    caught.add("exported state", stack.run("stack", "export").output, stack.files())
    assert {sink: caught.leaks(sink) for sink in BY_ENGINE} == {sink: [] for sink in BY_ENGINE}
    for _ in BY_ENGINE:
        scoreboard.count("sinks without a leak", goal=len(SINKS), command=COMMAND)
    assert "Could not log in: " in "".join(said)
    assert stack.state()["bell"]["outputs"]["salt"]["ciphertext"]


def test_planted_leaks_are_found(tmp_path: Path, account: Emulator) -> None:
    """A variable that nobody declared secret is found in the state and in the preview, in all spellings."""
    stack, caught = Stack(tmp_path, account), Caught()
    spelled = {f"v{number}": sorted(spell(IN_VARIABLES))[0] for number, spell in enumerate(SPELLINGS.values())}
    stack.declare(cluster("etl"), job("open", variables=spelled))
    caught.add("plan and preview", stack.run("preview", "--diff").output)
    stack.up().succeeded()
    caught.add("exported state", stack.run("stack", "export").output, stack.files())
    for sink in BY_ENGINE:
        assert {leak.spelling for leak in caught.leaks(sink)} == set(SPELLINGS), sink
        scoreboard.count("planted leaks found", goal=len(SINKS), command=COMMAND)
