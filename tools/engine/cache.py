"""Where engines are kept between runs, so that each is made once and appears whole or not at all."""

import fcntl
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.engine.progress import heartbeat
from tools.engine.verify import Engine, verify

OVERRIDE = "XPLENTY_ENGINE_CACHE"
PARTIAL = "partial-"


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder that keeps engines: XPLENTY_ENGINE_CACHE, or one in XDG_CACHE_HOME or ~/.cache."""
    if override := environment.get(OVERRIDE):
        return Path(override).expanduser().absolute()
    base = Path(environment.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "xplenty-pulumi" / "engine"


def place(cache: Path, key: str) -> Path:
    """Return where the engine named `key` is kept; machines of different kinds may share the folder."""
    return cache / f"{key}-{platform.system()}-{platform.machine()}".lower()


@contextmanager
def locked(cache: Path) -> Iterator[None]:
    """Let one process at a time fill `cache`; the lock ends with the process that holds it, however it ends."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with heartbeat("another run is getting the engine, waiting for it"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fill(cache: Path, key: str, *, make: Callable[[Path], None]) -> Engine:
    """Let `make(folder)` put an engine into folder/bin, verify it, and only then let it appear under `key`.

    The caller holds the lock, so every half-made folder is the leftover of a run that was ended.
    """
    for leftover in cache.glob(f"{PARTIAL}*"):
        shutil.rmtree(leftover)
    folder = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=cache))
    try:
        make(folder)
        engine = verify(folder / "bin")
        target = place(cache, key)
        shutil.rmtree(target, ignore_errors=True)
        folder.chmod(0o755)
        folder.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Engine(folder=target / "bin", version=engine.version)
