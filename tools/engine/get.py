"""The three ways to an engine, in the order in which they are tried."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.engine import build, install
from tools.engine.cache import OVERRIDE, cache_folder, fill, locked, place
from tools.engine.errors import NoEngine, Unusable
from tools.engine.find import find
from tools.engine.progress import say
from tools.engine.verify import COMMAND, FLOOR, Engine, verify

ON_PATH = f"{COMMAND} {FLOOR.major}.{FLOOR.minor} or later on PATH"


@dataclass(frozen=True)
class Way:
    """A way to make an engine: `key()` names what it makes, `make(folder)` puts it into folder/bin."""

    name: str
    key: Callable[[], str]
    make: Callable[[Path], None]


WAYS = (Way(install.NAME, install.key, install.install), Way(build.NAME, build.key, build.build))
OLDEST_WAYS = (Way(build.NAME, partial(build.key, build.OLDEST), partial(build.build, cli=build.OLDEST)),)
"""The way to the oldest engine that is supported, for the tests of it."""


def get_engine(environment: Mapping[str, str], *, ways: Sequence[Way] = WAYS) -> Engine:
    """Return an engine from PATH, from the cache, or newly made; raise NoEngine when no way leads to one."""
    try:
        return find(environment.get("PATH", os.defpath))
    except Unusable as reason:
        reasons = [(ON_PATH, str(reason))]
    cache = cache_folder(environment)
    try:
        return kept(cache, ways) or make(cache, ways, reasons=reasons)
    except OSError as error:
        problem = f"it cannot be used ({error.strerror}); {OVERRIDE} names another"
        raise NoEngine([*reasons, (f"the cache folder {cache}", problem)]) from error


def get_oldest_engine(environment: Mapping[str, str]) -> Engine:
    """Return the oldest engine that is supported, whatever is on PATH; raise NoEngine when it cannot be made."""
    cache = cache_folder(environment)
    reason = ("the one on PATH", "the oldest one is wanted")
    return kept(cache, OLDEST_WAYS) or make(cache, OLDEST_WAYS, reasons=[reason])


def kept(cache: Path, ways: Sequence[Way]) -> Engine | None:
    """Return the engine that an earlier run left in `cache`, or None."""
    for way in ways:
        try:
            return verify(place(cache, way.key()) / "bin")
        except Unusable:
            continue
    return None


def make(cache: Path, ways: Sequence[Way], *, reasons: list[tuple[str, str]]) -> Engine:
    """Make an engine in `cache`, unless another run has done so in the meantime; `reasons` says what failed before."""
    say(f"{reasons[0][0]}: {reasons[0][1]}; getting one into {cache}")
    with locked(cache):
        if engine := kept(cache, ways):
            return engine
        for way in ways:
            try:
                return fill(cache, way.key(), make=way.make)
            except Unusable as reason:
                say(f"{way.name}: {reason}")
                reasons.append((way.name, str(reason)))
    raise NoEngine(reasons)
