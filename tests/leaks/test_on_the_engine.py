"""The real engine's own words, and what it keeps: the state in every form, plans and previews."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.leaks.canaries import (
    IN_ARGUMENT,
    IN_DESCRIPTION,
    IN_HOST,
    IN_NAME,
    IN_PASSWORD,
    IN_VARIABLES,
    SALT,
    SPELLINGS,
)
from tests.leaks.inputs import HOOK_INPUTS, SECRET_INPUTS, SEED
from tests.leaks.sinks import OF_THE_ENGINE, SINKS, Caught
from tests.leaks.test_planted import COMMAND
from tests.support import scoreboard
from tests.support.engine.stack import STEP, Declared, Stack, cluster, job
from xplenty_pulumi.dynamic.state import SECRETS
from xplenty_pulumi.emulator import Emulator

pytestmark = pytest.mark.engine

SECRET = {
    group: {name: {"secret": text} for name, text in SECRET_INPUTS[group].items()}
    for group in ("variables", "dynamic_variables")
}


BELL = Declared(
    "Hook",
    "bell",
    {**{name: value for name, value in HOOK_INPUTS.items() if name != SECRETS}, "name": {"secret": IN_NAME}},
)
SALES = Declared(
    "Connection",
    "sales",
    {
        "type": "mysql",
        "name": {"secret": IN_NAME},
        "settings": {"username": "etl", "password": IN_PASSWORD, "host": {"secret": IN_HOST}},
        "test": True,
    },
)
ETL = cluster(
    "etl",
    name={"secret": IN_NAME},
    description={"secret": IN_DESCRIPTION},
    bootstrap_actions=[{"script_path": "s3://bucket/boot.sh", "args": ["--fast", {"secret": IN_ARGUMENT}]}],
)


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account whose failed runs repeat the key and a variable."""
    with Emulator(SEED, step=STEP) as emulator:
        yield emulator


def test_no_secret_in_what_the_engine_says_and_keeps(tmp_path: Path, account: Emulator) -> None:
    """Ups that go well and badly, diffs, refreshes, exports and all files of the state show no secret."""
    stack, caught = Stack(tmp_path, account), Caught()
    stack.declare(ETL, job("good", **SECRET), job("bad", package_id=103, **SECRET), BELL, SALES)
    said = [stack.run("preview", "--diff").output, stack.up("--diff").failed().output]
    account.edit_hook(account.hooks()[0].id, salt=SALT)
    account.edit_connection(601, settings={"host": f"{IN_HOST}/other"}, failure=f"{IN_PASSWORD} fails")
    said.append(stack.run("preview", "--json").output)
    other = {"variables": {**SECRET["variables"], "day": {"secret": f"'{IN_VARIABLES}!'"}}}
    stack.declare(ETL, job("good", **{**SECRET, **other}), BELL, SALES)
    said += [stack.refresh("--diff").output, stack.up("--diff", "--debug").output]
    caught.add("plan and preview", *said)
    caught.add("exported state", stack.run("stack", "export").output, stack.files())
    assert {sink: caught.leaks(sink) for sink in OF_THE_ENGINE} == {sink: [] for sink in OF_THE_ENGINE}
    for _ in OF_THE_ENGINE:
        scoreboard.count("sinks without a leak", goal=len(SINKS), command=COMMAND)
    assert "Could not log in: " in "".join(said)
    assert stack.state()["bell"]["outputs"]["salt"]["ciphertext"]


HARMLESS = ("a", "ab", "abc", "true", "failed", "available", "2026", "https", "127.0.0.1")
"""Secrets that stand in every text: short ones, words, a status, a year, and what a link is made of."""


def test_no_secret_distorts_what_is_observed(tmp_path: Path, account: Emulator) -> None:
    """Each is masked in its place alone; a failed run stays one and is run anew; its outputs can be read."""
    stack = Stack(tmp_path, account)
    variables = {f"v{number}": {"secret": text} for number, text in enumerate(HARMLESS)}
    short = cluster("etl", name={"secret": "abc"}, description={"secret": "2026"}, zone={"secret": "a"})
    stack.declare(short, job("bad", package_id=103, on_failure="record", variables=variables))
    _export(stack, name="made['etl'].name", status="made['bad'].status", seen="made['bad'].variables")
    stack.up().succeeded()
    seen = {name: json.loads(one["outputs"]["observed"]) for name, one in stack.state().items()}

    assert [seen["etl"][name] for name in ("name", "description", "zone", "status")] == [*["***"] * 3, "available"]
    assert seen["bad"]["variables"] == dict.fromkeys(variables, "***")
    assert (seen["bad"]["status"], seen["bad"]["html_url"]) == (
        "failed",
        f"{account.url}/{account.account_id}/jobs/9001",
    )
    assert all(datetime.fromisoformat(seen["bad"][name]) for name in ("created_at", "completed_at", "failed_at"))
    assert "failed, so a new one is planned" in stack.run("preview").output
    told = json.loads(stack.run("stack", "output", "--json", "--show-secrets").output)
    assert told == {"name": "abc", "status": "failed", "seen": {f"v{n}": text for n, text in enumerate(HARMLESS)}}
    assert json.loads(stack.run("stack", "output", "--json").output) == {
        **told,
        "name": "[secret]",
        "seen": "[secret]",
    }


def test_what_somebody_changed_is_as_secret_as_before(tmp_path: Path, account: Emulator) -> None:
    """A refresh keeps what the service shows in place of a secret as ciphertext, in inputs and outputs, and masked."""
    stack = Stack(tmp_path, account).declare(ETL)
    stack.up().succeeded()
    account.edit_cluster(account.clusters()[0].id, name="canary-changed-59aced")

    stack.refresh().succeeded()

    held = stack.state()["etl"]
    assert all("ciphertext" in held[side]["name"] for side in ("inputs", "outputs"))
    assert json.loads(held["outputs"]["observed"])["name"] == "***"
    assert "canary-changed-59aced" not in stack.files()
    assert "[diff: ~name]" in stack.run("preview").output


def _export(stack: Stack, **outputs: str) -> None:
    program = stack.folder / "__main__.py"
    exports = "".join(f"pulumi.export({name!r}, {spelled})\n" for name, spelled in outputs.items())
    program.write_text(program.read_text() + exports)


def test_planted_leaks_are_found(tmp_path: Path, account: Emulator) -> None:
    """A variable that nobody declared secret is found in the state and in the preview, in all spellings."""
    stack, caught = Stack(tmp_path, account), Caught()
    spelled = {f"v{number}": sorted(spell(IN_VARIABLES))[0] for number, spell in enumerate(SPELLINGS.values())}
    stack.declare(cluster("etl"), job("open", variables=spelled))
    caught.add("plan and preview", stack.run("preview", "--diff").output)
    stack.up().succeeded()
    caught.add("exported state", stack.run("stack", "export").output, stack.files())
    for sink in OF_THE_ENGINE:
        assert {leak.spelling for leak in caught.leaks(sink)} == set(SPELLINGS), sink
        scoreboard.count("planted leaks found", goal=len(SINKS), command=COMMAND)
