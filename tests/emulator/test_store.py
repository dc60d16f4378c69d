"""An account in a file."""

import sqlite3
from pathlib import Path

import pytest

from tests.support.accounts.caller import KEY, AccountCaller
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, PackageSeed, Seed
from xplenty_pulumi.errors import ConfigError


def opened(path: Path, clock: ManualClock, seed: Seed | None = None) -> AccountCaller:
    return AccountCaller(Emulator(seed or Seed(api_key=KEY), clock=clock, state=path), clock)


def later(clock: ManualClock, seconds: float) -> ManualClock:
    """Return the clock of a new process, `seconds` after the old one."""
    fresh = ManualClock(clock.now())
    fresh.jump(seconds)
    return fresh


def test_an_account_is_the_same_after_a_restart(tmp_path: Path) -> None:
    """Name, key and all records survive, field by field."""
    before = opened(tmp_path / "account", ManualClock(), Seed())
    cluster = before.new_cluster(bootstrap_actions=[{"script_path": "a", "args": ["b"]}], slave_spot_price=0.5)
    before.new_job(cluster, 102, variables={"since": "'x'"})
    before.clock.advance(300)
    snapshot = (before.emulator.clusters(), before.emulator.jobs(), before.emulator.account.world.packages)
    before.emulator.stop()
    after = opened(tmp_path / "account", later(before.clock, 0))
    assert (after.emulator.account_id, after.emulator.api_key) == (before.emulator.account_id, before.emulator.api_key)
    assert (after.emulator.clusters(), after.emulator.jobs(), after.emulator.account.world.packages) == snapshot
    assert after.get("schedules").json()[0]["created_at"] == "2025-12-02T00:00:00Z"
    after.emulator.stop()


def test_time_goes_on_while_nobody_serves(tmp_path: Path) -> None:
    """What fell due between two runs has happened at its own moment."""
    before = opened(tmp_path / "account", ManualClock())
    cluster = before.new_cluster(ready=False)
    job = before.new_job(cluster)
    before.emulator.stop()
    after = opened(tmp_path / "account", later(before.clock, 3600))
    assert after.cluster(cluster)["available_since"] == "2026-01-01T00:03:00Z"
    read = after.job(job)
    assert (read["status"], read["completed_at"]) == ("completed", "2026-01-01T00:04:00Z")
    after.emulator.stop()


def test_time_never_goes_back_between_runs(tmp_path: Path) -> None:
    """A wall clock set back between two runs does not put records into the future."""
    before = opened(tmp_path / "account", ManualClock())
    cluster = before.new_cluster()
    before.delete(f"clusters/{cluster}")
    before.emulator.stop()
    after = opened(tmp_path / "account", later(before.clock, -86400))
    assert after.cluster(cluster)["status"] == "pending_terminate"
    after.clock.advance(60)
    assert after.cluster(cluster)["status"] == "terminated"
    after.emulator.stop()


def test_ids_are_not_used_again_after_a_restart(tmp_path: Path) -> None:
    """Even the id of a record removed before the restart is not given again."""
    before = opened(tmp_path / "account", ManualClock())
    cluster = before.new_cluster()
    before.emulator.delete_record("cluster", cluster)
    before.emulator.stop()
    after = opened(tmp_path / "account", later(before.clock, 0))
    assert after.emulator.clusters() == ()
    assert after.new_cluster() > cluster
    after.emulator.stop()


def test_a_seed_is_for_new_accounts_only(tmp_path: Path) -> None:
    """An account that exists keeps its packages and its key, whatever the seed says."""
    opened(tmp_path / "account", ManualClock()).emulator.stop()
    other = Seed(api_key="other-key", packages=(PackageSeed(1, "p"),))
    after = opened(tmp_path / "account", ManualClock(), other)
    assert after.emulator.api_key == KEY
    assert len(after.get("packages").json()) == 5
    after.emulator.stop()


def test_a_file_has_one_emulator_at_a_time(tmp_path: Path) -> None:
    """A second emulator on the same file is refused by name, and the first goes on."""
    first = opened(tmp_path / "account", ManualClock())
    with pytest.raises(ConfigError, match="account cannot be used: database is locked"):
        opened(tmp_path / "account", ManualClock())
    assert first.new_cluster()
    first.emulator.stop()


def test_a_file_that_is_no_account_is_left_alone(tmp_path: Path) -> None:
    """Any other file is refused by name and not changed."""
    path = tmp_path / "notes"
    path.write_text("these are my notes " * 100)
    with pytest.raises(ConfigError, match="notes cannot be used: file is not a database"):
        opened(path, ManualClock())
    assert path.read_text() == "these are my notes " * 100


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """A database with tables of its own is not taken over."""
    path = tmp_path / "theirs"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (x)")
    database.close()
    with pytest.raises(ConfigError, match="theirs cannot be used: it is the database of another program"):
        opened(path, ManualClock())


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """A file of a later version says so."""
    path = tmp_path / "newer"
    opened(path, ManualClock()).emulator.stop()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.commit()
    database.close()
    with pytest.raises(ConfigError, match="it has format 99, and this version reads format 1"):
        opened(path, ManualClock())


def test_a_damaged_account_is_refused(tmp_path: Path) -> None:
    """Content that makes no sense is refused by name instead of being half read."""
    path = tmp_path / "damaged"
    opened(path, ManualClock()).emulator.stop()
    database = sqlite3.connect(path)
    database.execute("UPDATE records SET body = '{}' WHERE kind = 'package'")
    database.commit()
    database.close()
    with pytest.raises(ConfigError, match="damaged cannot be used: its content makes no sense"):
        opened(path, ManualClock())


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A state file that cannot be made is refused by name."""
    with pytest.raises(ConfigError, match="unable to open database file"):
        opened(tmp_path / "missing" / "account", ManualClock())
