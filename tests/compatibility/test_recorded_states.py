"""A state that any released version has written can be refreshed and destroyed by this one."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.compatibility.record import DECLARED, DEFINITIONS, STATES
from tests.support.engine.recording import restore
from tests.support.engine.stack import STEP, Stack, writes
from xplenty_pulumi._version import __version__
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.kind import Phase
from xplenty_pulumi.emulator import Emulator

FILES = sorted(STATES.glob("*.json"))


@contextmanager
def imported(folder: Path, recorded: dict[str, Any]) -> Iterator[tuple[Stack, Emulator]]:
    """Give a stack that declares nothing and has the recorded state, and the account that this was made on."""
    state = folder / "state.json"
    state.write_text(json.dumps(recorded["state"]))
    with Emulator(step=STEP) as account:
        restore(account, recorded)
        stack = Stack(folder / "stack", account)
        stack.run("stack", "import", "--file", str(state)).succeeded()
        yield stack, account


def _identities(resources: Iterable[dict[str, Any]]) -> dict[str, tuple[str, Any]]:
    """Return id and inputs of this package's resources by URN: a secret is in them only as a mark."""
    ours = [one for one in resources if "xplenty" in one["type"]]
    return {one["urn"]: (one["id"], _without_ciphertext(one["inputs"])) for one in ours}


def _without_ciphertext(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ciphertext(item) for name, item in value.items() if name != "ciphertext"}
    return [_without_ciphertext(item) for item in value] if isinstance(value, list) else value


@pytest.mark.engine
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_recorded_state_is_refreshed_and_destroyed(tmp_path: Path, file: Path) -> None:
    """After an import, a refresh finds no change and says again what had failed; a destroy leaves nothing living."""
    recorded = json.loads(file.read_text())
    with imported(tmp_path, recorded) as (stack, account):
        refreshed = stack.refresh().succeeded().output
        held = stack.state()
        stack.destroy().succeeded()

        assert "failed: Package failed to execute: input path not found" in refreshed
        assert _identities(held.values()) == _identities(recorded["state"]["deployment"]["resources"])
        assert held["broken"]["initErrors"]
        assert (account.living_clusters(), stack.state()) == ((), {})
        assert "DELETE /clusters/501" in writes(account)
        assert not [call for call in writes(account) if call.startswith("POST")]


@pytest.mark.engine
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_recorded_state_is_laid_out_anew_by_an_up(tmp_path: Path, file: Path) -> None:
    """The first `up` changes nothing at the service and knows all outputs; a second one plans nothing."""
    recorded = json.loads(file.read_text())
    kept = {one["urn"].rpartition("::")[2] for one in recorded["state"]["deployment"]["resources"]} - {"broken"}
    with imported(tmp_path, recorded) as (stack, account):
        stack.declare(*(one for one in (*DECLARED, *DEFINITIONS) if one.name in kept))
        program = stack.folder / "__main__.py"
        program.write_text(f"{program.read_text()}pulumi.export('status', made['etl'].status)\n")

        stack.up().succeeded()
        shown = json.loads(stack.run("stack", "output", "--json").succeeded().output)
        stack.up("--expect-no-changes").succeeded()

        assert shown["status"] in CLUSTER.statuses(Phase.READY)
        outputs = {name: one["outputs"] for name, one in stack.state().items()}
        assert {"etl", "load"} <= {*outputs} < kept
        assert not [name for name in ("etl", "load") if "__declared" in outputs[name]]
        assert (len(account.clusters()), len(account.jobs())) == (1, 2)
        assert writes(account) == []


def test_this_version_has_its_state() -> None:
    """Each version is in the line; `python -m tests.compatibility.record` makes what is missing."""
    assert (STATES / f"{__version__}.json") in FILES


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_recorded_state_holds_nothing_of_a_machine(file: Path) -> None:
    """No path, no address of an emulator and no secret in clear is in a recorded state."""
    state = json.dumps(json.loads(file.read_text())["state"])

    for text in ("stackTrace", "sourcePosition", "/home/", "/tmp/", "site-packages", "127.0.0.1", "made-up"):
        assert text not in state
