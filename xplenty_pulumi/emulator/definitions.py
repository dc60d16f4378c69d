"""Packages, schedules, connections and hooks of an account, read and changed without a call."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from xplenty_pulumi.emulator.account import Account
from xplenty_pulumi.emulator.life.clock import Moment
from xplenty_pulumi.emulator.life.packages import EmulatedPackage, PackageSeed, saved
from xplenty_pulumi.emulator.life.records import EmulatedConnection, EmulatedHook
from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule, replanned
from xplenty_pulumi.emulator.life.seed import package_of
from xplenty_pulumi.emulator.life.world import World


class DefinitionsBackstage:
    """The part of `Backstage` that is about definitions: what there is, and what somebody else does to it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @contextmanager
    def _present(self) -> Iterator[tuple[World, Moment]]:
        with self.account.lock:
            now = self.account.advance()
            yield self.account.world, now
            self.account.save()

    def add_package(self, package: PackageSeed) -> EmulatedPackage:
        """Add a package, or replace the one with its id."""
        with self._present() as (world, _):
            world.put(package_of(package, now=world.now))
            return world.packages[package.id]

    def packages(self) -> tuple[EmulatedPackage, ...]:
        """Return every package as it is now, archived ones too, oldest first."""
        with self._present() as (world, _):
            return tuple(world.packages.values())

    def edit_package(self, number: int, **fields: Any) -> EmulatedPackage:
        """Save a package with other fields, as somebody does in the editor; also one that is archived."""
        with self._present() as (world, now):
            world.put(saved(world.packages[number], at=now, **fields))
            return world.packages[number]

    def hooks(self) -> tuple[EmulatedHook, ...]:
        """Return every hook as it is now, oldest first."""
        with self._present() as (world, _):
            return tuple(world.hooks.values())

    def edit_hook(self, number: int, **fields: Any) -> EmulatedHook:
        """Change fields of a hook at once, as somebody else would have done."""
        with self._present() as (world, now):
            world.put(replace(world.hooks[number], **({"updated_at": now} | fields)))
            self.account.outbox.wake()
            return world.hooks[number]

    def connections(self) -> tuple[EmulatedConnection, ...]:
        """Return every connection as it is now, oldest first."""
        with self._present() as (world, _):
            return tuple(world.connections.values())

    def edit_connection(self, number: int, **fields: Any) -> EmulatedConnection:
        """Change fields of a connection at once, such as its `settings`, or the `failure` of its test."""
        with self._present() as (world, now):
            settings = {**world.connections[number].settings, **fields.pop("settings", {})}
            changed: dict[str, Any] = {"updated_at": now, "settings": settings} | fields
            world.put(replace(world.connections[number], **changed))
            return world.connections[number]

    def schedules(self) -> tuple[EmulatedSchedule, ...]:
        """Return every schedule as it is now, oldest first."""
        with self._present() as (world, _):
            return tuple(world.schedules.values())

    def edit_schedule(self, number: int, **fields: Any) -> EmulatedSchedule:
        """Change fields of a schedule at once, as somebody else would have done; its next run is planned anew."""
        with self._present() as (world, now):
            world.put(replanned(replace(world.schedules[number], **({"updated_at": now} | fields)), at=now))
            return world.schedules[number]
