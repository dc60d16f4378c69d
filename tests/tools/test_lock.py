"""The lock file for development and CI."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = (CHECKOUT / "requirements-dev.lock").read_text(encoding="utf-8")
PIN = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ; [^\\]+)?(?P<hashes>(?: \\\n    --hash=\S+)*)$", re.MULTILINE
)


def declared() -> list[Requirement]:
    """Return what pyproject.toml asks for in the development environment."""
    configuration = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = configuration["project"]["optional-dependencies"]
    texts = configuration["project"]["dependencies"] + extras["cli"] + extras["emulator"]
    return [Requirement(text) for text in texts + configuration["dependency-groups"]["dev"]]


def test_everything_declared_is_locked() -> None:
    """Each requirement of pyproject.toml has a locked version that satisfies it; if not, run `make lock`."""
    locked = {canonicalize_name(match["name"]): match["version"] for match in PIN.finditer(LOCK)}
    unmet = [
        str(each) for each in declared() if not each.specifier.contains(locked.get(canonicalize_name(each.name), "0"))
    ]
    assert locked
    assert list(declared())
    assert unmet == []


def test_every_package_has_hashes() -> None:
    """Every line belongs to a package with its version and at least one hash."""
    rest = PIN.sub(lambda match: "" if match["hashes"] else match[0], LOCK)
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []


def test_no_places() -> None:
    """The lock file names no index, no address and no folder, so it means the same everywhere."""
    assert re.findall(r"--(?:index|extra-index|find-links|trusted).*|\S*://\S*|\S*file:\S*", LOCK) == []
