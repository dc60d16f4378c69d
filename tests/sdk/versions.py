"""Which versions of Python, of the pulumi SDK and of what else is needed are tested, and how they are installed."""

import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = "3.235.0"
"""The oldest version that can be used: hosts before it keep hidden inputs, such as `__owner`, from providers."""
VERSIONS = (OLDEST, "3.270.0", "3.271.0", "3.272.0")
"""It and the newest patch of each of the three newest minor versions."""
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
_ASK = "import platform as p, importlib.metadata as m; print(p.python_version(), m.version('pulumi'))"
_FLOOR = re.compile(r"(?P<name>[\w-]+)(?:\[[\w,]+\])?>=(?P<version>[\d.]+)(?:,<[\d.]+)?")


def dependencies() -> list[str]:
    """Return what this package needs at run time, as pyproject.toml says."""
    listed: list[str] = _PROJECT["dependencies"]
    return listed


def floors() -> dict[str, str]:
    """Return the lowest version of each direct dependency, those of the extras included."""
    listed = [*dependencies(), *(one for extra in _PROJECT["optional-dependencies"].values() for one in extra)]
    found = [_FLOOR.fullmatch(one) for one in listed]
    assert None not in found, listed
    return {one["name"]: one["version"] for one in found if one is not None}


def interpreter(version: str) -> str | None:
    """Return a Python of this minor version: the tests' own, one on PATH, or one that pyenv has; None without one."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for found in (shutil.which(f"python{version}"), *versions.glob(f"{version}.*/bin/python{version}")):
        if found and not subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode:
            return str(found)
    return None


def install(version: str, folder: Path) -> str:
    """Make an environment of its own with this version and all that the checkout needs; return its interpreter."""
    return environment(sys.executable, folder, f"pulumi=={version}", *dependencies())


def environment(python: str, folder: Path, *packages: str) -> str:
    """Make an environment for `python` with these packages, and return its interpreter."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True, timeout=300)
    made = str(folder / "bin" / "python")
    options = ["--quiet", "--disable-pip-version-check"]
    # The pip of the tests may be older than what `python` needs, and that has none of its own.
    fetch = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), *options, "pip"]
    subprocess.run(fetch, check=True, timeout=300)
    (pip,) = folder.glob("pip-*.whl")
    subprocess.run([made, pip / "pip", "install", *options, "pip", *packages], check=True, timeout=1200)
    return made


def described(python: str, engine: str, *, dependencies: str, ran: str) -> dict[str, str]:
    """Return the row of the table of support for what `ran` with this interpreter and this version of the engine."""
    shown = subprocess.run([python, "-c", _ASK], capture_output=True, text=True, check=True, timeout=60).stdout
    version, sdk = shown.split()
    return {
        "engine": engine,
        "SDK": sdk,
        "Python": version,
        "dependencies": dependencies,
        "system": system(),
        "what ran": ran,
    }


def system() -> str:
    """Return what this machine runs, as people call it."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = platform.platform(terse=True)
    return f"{name}, {platform.machine()}"
