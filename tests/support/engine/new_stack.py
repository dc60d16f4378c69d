"""A new stack as a copy of one that each test process lets the engine make once, in a folder of its own."""

import functools
import hashlib
import shutil
import tempfile
from pathlib import Path

from tests.support.engine.workspace import Workspace

_INIT = ("stack", "init", "dev", "--secrets-provider", "hashivault://tests")


def make_stack(workspace: Workspace) -> None:
    """Make and select the stack `dev` of the project `tests` in this folder, as `pulumi stack init` does."""
    if workspace.environment["PULUMI_BACKEND_URL"] != f"file://{workspace.top / 'state'}":
        workspace.pulumi(*_INIT).succeeded()
        return
    for path, text in _made().items():
        copy = workspace.top / path.format(place=_place_of(workspace.folder))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text.format(top=workspace.top), encoding="utf-8")


@functools.cache
def _made() -> dict[str, str]:
    """The text of each file that the engine writes, by its path, with braces where it names the folder."""
    top = Path(tempfile.mkdtemp(prefix="new-stack-"))
    try:
        made = Workspace(top, None)
        (top / "Pulumi.yaml").write_text("name: tests\nruntime: python\n")
        before = set(top.rglob("*"))
        made.pulumi(*_INIT).succeeded()
        return {
            str(path.relative_to(top)).replace(_place_of(top), "{place}"): _with_braces(path.read_text(), str(top))
            for path in top.rglob("*")
            if path.is_file() and path not in before and "logs" not in path.parts
        }
    finally:
        shutil.rmtree(top)


def _with_braces(text: str, top: str) -> str:
    return text.replace("{", "{{").replace("}", "}}").replace(top, "{top}")


def _place_of(folder: Path) -> str:
    """What the engine calls a project's folder where it keeps which stack is selected."""
    return hashlib.sha1(str(folder / "Pulumi.yaml").encode(), usedforsecurity=False).hexdigest()
