"""An account in a file: SQLite, so that it survives a restart and a crash."""

import dataclasses
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.records import FIRST_IDS, Record
from xplenty_pulumi.emulator.life.seed import Seed
from xplenty_pulumi.emulator.life.world import Change, Kind, World
from xplenty_pulumi.errors import ConfigError

_APPLICATION = 0x58706C79
_FORMAT = 1
_TABLES = (
    "CREATE TABLE IF NOT EXISTS records (kind TEXT, id INTEGER, body TEXT, PRIMARY KEY (kind, id))",
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body TEXT)",
)
_DELETE = "DELETE FROM records WHERE kind = ? AND id = ?"
_REPLACE = "INSERT OR REPLACE INTO records VALUES (?, ?, ?)"
_KINDS: dict[str, Kind] = {kind.__name__.removeprefix("Emulated").lower(): kind for kind in FIRST_IDS}
_NAMES: dict[Kind, str] = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Kept:
    """An account as it was written down last; `now` is the moment of its last change."""

    seed: Seed
    born_at: Moment
    now: Moment
    next_ids: dict[Kind, int]
    records: Sequence[Record]


class Store:
    """One account in one file, which no other process may use meanwhile.

    The hour's credits are not kept: a restart begins with a full budget. Raises ConfigError for a file that is no
    account, or that another emulator holds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._database = sqlite3.connect(path, timeout=0, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._refused(str(error)) from None
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise self._refused(str(error)) from None

    def _prepare(self) -> None:
        self._database.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._database.execute("BEGIN EXCLUSIVE")
        if self._fact("SELECT count(*) FROM sqlite_master"):
            self._check()
        for statement in _TABLES:
            self._database.execute(statement)
        self._database.execute(f"PRAGMA application_id = {_APPLICATION}")
        self._database.execute(f"PRAGMA user_version = {_FORMAT}")
        self._database.commit()

    def _check(self) -> None:
        if self._fact("PRAGMA application_id") != _APPLICATION:
            raise sqlite3.DatabaseError("it is the database of another program")
        found = self._fact("PRAGMA user_version")
        if found != _FORMAT:
            raise sqlite3.DatabaseError(f"it has format {found}, and this version reads format {_FORMAT}")

    def _fact(self, statement: str) -> int:
        return int(self._database.execute(statement).fetchone()[0])

    def _refused(self, reason: str) -> ConfigError:
        return ConfigError(
            f"the state file {self._path} cannot be used: {reason}",
            setting="state",
            advice="Name another file, or stop the emulator that is using this one.",
        )

    def close(self) -> None:
        """Close the file; doing it twice is fine."""
        self._database.close()

    def load(self) -> Kept | None:
        """Return what the file holds, or None for a new one; raises ConfigError when it makes no sense."""
        try:
            facts = {name: json.loads(body) for name, body in self._database.execute("SELECT name, body FROM facts")}
            return self._kept(facts) if facts else None
        except (sqlite3.Error, ValueError, KeyError) as error:
            raise self._refused(f"its content makes no sense ({type(error).__name__})") from None

    def _kept(self, facts: dict[str, Any]) -> Kept:
        from pydantic import TypeAdapter  # noqa: PLC0415 - only who keeps a state waits for this import

        readers = {name: TypeAdapter[Record](kind) for name, kind in _KINDS.items()}
        rows = self._database.execute("SELECT kind, body FROM records ORDER BY kind, id").fetchall()
        return Kept(
            seed=TypeAdapter(Seed).validate_python(facts["seed"]),
            born_at=facts["born_at"],
            now=facts["now"],
            next_ids={_KINDS[name]: number for name, number in facts["next_ids"].items()},
            records=[readers[kind].validate_json(body) for kind, body in rows],
        )

    def save(self, world: World, changes: Sequence[Change], *, seed: Seed) -> None:
        """Write down the changed records, in one transaction."""
        if not changes:
            return
        with self._database:
            for kind, number, record in changes:
                if record is None:
                    self._database.execute(_DELETE, (_NAMES[kind], number))
                else:
                    body = json.dumps(dataclasses.asdict(record))
                    self._database.execute(_REPLACE, (_NAMES[kind], number, body))
            facts = {
                "seed": dataclasses.asdict(seed),
                "born_at": world.born_at,
                "now": world.now,
                "next_ids": {_NAMES[kind]: number for kind, number in world.next_ids.items()},
            }
            rows = [(name, json.dumps(body)) for name, body in facts.items()]
            self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
