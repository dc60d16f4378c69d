"""Which versions of the pulumi SDK are tested, and how one of them is installed beside the tests' own."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = "3.235.0"
"""The oldest version that can be used: hosts before it keep hidden inputs, such as `__owner`, from providers."""
VERSIONS = (OLDEST, "3.270.0", "3.271.0", "3.272.0")
"""It and the newest patch of each of the three newest minor versions."""


def dependencies() -> list[str]:
    """Return what this package needs at run time, as pyproject.toml says."""
    listed: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return listed


def install(version: str, folder: Path) -> str:
    """Make an environment of its own with this version and all that the checkout needs; return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
    python = str(folder / "bin" / "python")
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, f"pulumi=={version}", *dependencies()], check=True, timeout=600)
    return python
