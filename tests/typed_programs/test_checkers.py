"""Type checkers accept each line of `accepted.py`, and refuse each line of `refused.py` that declares something."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FILES = ("accepted.py", "refused.py")
CHECKERS = ("basedpyright", "pyright")
"""Both have the same engine; the first comes as a package with all that it runs on."""
RULES = {"typeCheckingMode": "standard", "enableTypeIgnoreComments": False, "extraPaths": [str(ROOT)]}


def declarations(name: str) -> set[int]:
    """Return the lines of a file that declare something or look it up, and do nothing with the result."""
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    return {node.lineno for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)}


def test_mypy_accepts_and_refuses() -> None:
    """A comment that expects an error and gets none is an error itself, so the two files are without one."""
    lines = (HERE / "refused.py").read_text(encoding="utf-8").splitlines()
    expected = {number for number, line in enumerate(lines, 1) if "# type: ignore[" in line}
    assert expected == declarations("refused.py")
    command = [sys.executable, "-m", "mypy", "--warn-unused-ignores", *(str(HERE / name) for name in FILES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_accepts_and_refuses(tmp_path: Path) -> None:
    """The lines with an error are those of all declarations in the one file, and none in the other."""
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    checker = next((found for name in CHECKERS if (found := shutil.which(name, path=places))), None)
    if checker is None:
        pytest.skip("there is no basedpyright and no pyright here; `make setup` installs one")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(RULES), encoding="utf-8")
    for name in FILES:
        shutil.copy(HERE / name, tmp_path)
    command = [checker, "--project", str(tmp_path), "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    refused = {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in errors(done.stdout)}
    assert refused == {("refused.py", line) for line in declarations("refused.py")}


def errors(answer: str) -> list[dict[str, Any]]:
    """Return the errors that pyright prints as JSON."""
    return [one for one in json.loads(answer)["generalDiagnostics"] if one["severity"] == "error"]
