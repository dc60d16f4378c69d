"""The oldest release of everything that pyproject.toml lets be installed, in an environment of its own."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.sdk.versions import ROOT

_FLOOR = re.compile(r"(?P<name>[\w-]+)(?:\[[\w,]+\])?>=(?P<version>[\d.]+)(?:,<[\d.]+)?")
EXTRAS = ("cli", "emulator")


def floors() -> dict[str, str]:
    """Return the lowest version of each direct dependency, those of the extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    listed = [*project["dependencies"], *(one for extra in EXTRAS for one in extras[extra])]
    found = [_FLOOR.fullmatch(one) for one in listed]
    assert None not in found, listed
    return {one["name"]: one["version"] for one in found if one is not None}


def install_lowest(folder: Path) -> Path:
    """Make an environment with these versions, the newest that fit of all they need, and the checkout; its `bin`."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
    programs = folder / "bin"
    pins = [f"{name}=={version}" for name, version in floors().items()]
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *pins, f"{ROOT}[{','.join(EXTRAS)}]"], check=True, timeout=600)
    return programs
