"""The places that texts get to, and how what is there is gathered."""

import contextlib
import json
import logging
import pickle
import sqlite3
import traceback
import urllib.parse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import dill  # type: ignore[import-untyped]  # it has no types

from tests.dynamic.host import HostError
from tests.leaks.canaries import Leak, leaks
from xplenty_pulumi.client.http.calls import LOGGERS as HTTP_LOGGERS
from xplenty_pulumi.dynamic.state import side_by_side

SINKS = (
    "standard output",
    "standard error",
    "logging",
    "exceptions",
    "gRPC details",
    "exported state",
    "plan and preview",
    "access log of the emulator",
    "state file of the emulator",
    "pickles",
    "printed forms",
    "outputs of partial states",
    "commands",
    "files of a project",
)
OF_THE_ENGINE = ("exported state", "plan and preview")
"""What only the real engine fills."""
OF_A_PROJECT = ("commands", "files of a project")
"""What our commands print, and what they and programs leave beside the program."""
LOGGERS = ("", "xplenty_pulumi", *HTTP_LOGGERS, "grpc", "asyncio", "pulumi")
SECRET_INPUTS = ("variables", "dynamic_variables")
SECRET_OUTPUTS = (
    *(*SECRET_INPUTS, "settings", "salt", "name", "description", "bootstrap_actions"),
    *("packages", "flow_version", "source"),
)
"""Outputs that hold the secrets on purpose: the engine keeps them secret, as inputs of these names or by option."""


class Caught:
    """What came into each sink."""

    def __init__(self) -> None:
        self._texts: dict[str, list[bytes]] = defaultdict(list)

    def add(self, sink: str, *texts: str | bytes) -> None:
        """Keep what came into a sink."""
        assert sink in SINKS, sink
        self._texts[sink] += [text if isinstance(text, bytes) else text.encode(errors="replace") for text in texts]

    def leaks(self, sink: str) -> list[Leak]:
        """Return the secrets in a sink, into which something must have come at all."""
        assert any(self._texts[sink]), f"nothing came into {sink}"
        return leaks(b"\n".join(self._texts[sink]))

    def add_error(self, error: BaseException) -> None:
        """Keep every form in which an exception is shown."""
        self.add("exceptions", str(error), repr(error), *traceback.format_exception(error))

    def add_failed_call(self, error: HostError) -> None:
        """Keep what a failed call sends to the engine."""
        self.add("gRPC details", error.text, error.status.message)
        if error.status.details:
            outputs = {
                name: value for name, value in side_by_side(error.kept_outputs).items() if name not in SECRET_OUTPUTS
            }
            self.add("gRPC details", *error.kept.reasons)
            self.add("outputs of partial states", json.dumps(outputs, ensure_ascii=False), repr(outputs))

    def add_printed(self, things: Iterable[object]) -> None:
        """Keep the printed forms of things, and of their parts where they have some."""
        for thing in things:
            self.add("printed forms", repr(thing), str(thing), f"{thing}")

    def add_pickled(self, things: Iterable[object]) -> None:
        """Keep the pickles of all things that can be pickled at all."""
        for thing in things:
            for dump in (pickle.dumps, dill.dumps):
                with contextlib.suppress(TypeError, pickle.PicklingError, AttributeError):
                    self.add("pickles", dump(thing))

    def add_state_file(self, path: Path) -> None:
        """Keep what a state file holds beside the account's own: its key, errors, what jobs and hooks were given."""
        with contextlib.closing(sqlite3.connect(path)) as database:
            facts = {name: json.loads(body) for name, body in database.execute("SELECT name, body FROM facts")}
            records = [json.loads(body) for (body,) in database.execute("SELECT body FROM records")]
        facts["seed"] = {name: value for name, value in facts["seed"].items() if name not in {"api_key", "packages"}}
        own = {*SECRET_OUTPUTS, "errors", "failure"}
        rest = [{name: value for name, value in body.items() if name not in own} for body in records]
        self.add("state file of the emulator", json.dumps([facts, rest], ensure_ascii=False))

    def add_files(self, folder: Path, *, but: Iterable[str]) -> None:
        """Keep the names and contents of all files below a folder but those that are told."""
        for path in (one for one in folder.rglob("*") if one.is_file()):
            name = str(path.relative_to(folder))
            if not name.startswith(tuple(but)):
                self.add("files of a project", name, path.read_bytes())

    def add_access_log(self, lines: Iterable[str]) -> None:
        """Keep the lines of the access log, as they are and with their paths in clear."""
        for line in lines:
            self.add("access log of the emulator", line, urllib.parse.unquote(line))


class _Keeper(logging.Handler):
    def __init__(self, caught: Caught) -> None:
        super().__init__(logging.DEBUG)
        self._caught = caught

    def emit(self, record: logging.LogRecord) -> None:
        self._caught.add("logging", self.format(record))


@contextlib.contextmanager
def everything_logged(caught: Caught) -> Iterator[None]:
    """Keep all that is logged at the finest level, by whomever."""
    keeper = _Keeper(caught)
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(keeper)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        loggers[0].removeHandler(keeper)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
