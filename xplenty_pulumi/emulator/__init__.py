"""An Xplenty account that runs on this machine, to test and to try things against.

    with Emulator(step=30) as account:
        ...  # account.url, account.account_id and account.api_key are for the client

The names below are loaded when they are first used: every pytest run imports this package for its fixture.

- `emulator`: an account that a test or a demonstration starts and stops.
- `account`: one request in, one answer out.
- `backstage`, `definitions`: reading and changing an account without a call; definitions have a part of their own.
- `server`: the account on a socket.
- `pytest_plugin`: the fixture for people who test their programs.
- `life`, `calls`, `wire`, `hooks`, `faults`: records and time, handlers, messages, deliveries, and what can go wrong.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xplenty_pulumi.emulator.account import Account, Gate, LoggedCall
    from xplenty_pulumi.emulator.backstage import Backstage
    from xplenty_pulumi.emulator.emulator import Emulator
    from xplenty_pulumi.emulator.faults.catalogue import FAULTS, MIXED_UP, doubled, late_commit, lost, refusing
    from xplenty_pulumi.emulator.faults.fault import (
        Breakage,
        Broken,
        Effect,
        Fault,
        Followed,
        answered_with,
        followed,
        leaving_out,
        of_another_account,
        of_another_id,
        of_another_kind,
    )
    from xplenty_pulumi.emulator.faults.rules import ALWAYS, FIRST, SECOND, FaultRule, Faults, Strike
    from xplenty_pulumi.emulator.hooks.outbox import Delivery, Mail
    from xplenty_pulumi.emulator.life.knobs import Knobs
    from xplenty_pulumi.emulator.life.packages import EmulatedPackage, EmulatedValidation, PackageSeed
    from xplenty_pulumi.emulator.life.records import (
        EmulatedCluster,
        EmulatedConnection,
        EmulatedHook,
        EmulatedJob,
    )
    from xplenty_pulumi.emulator.life.schedules import EmulatedSchedule
    from xplenty_pulumi.emulator.life.seed import ScheduleSeed, Seed, TaskPackageSeed
    from xplenty_pulumi.emulator.wire.messages import Request, Response

__all__ = [
    "ALWAYS",
    "FAULTS",
    "FIRST",
    "MIXED_UP",
    "SECOND",
    "Account",
    "Backstage",
    "Breakage",
    "Broken",
    "Delivery",
    "Effect",
    "EmulatedCluster",
    "EmulatedConnection",
    "EmulatedHook",
    "EmulatedJob",
    "EmulatedPackage",
    "EmulatedSchedule",
    "EmulatedValidation",
    "Emulator",
    "Fault",
    "FaultRule",
    "Faults",
    "Followed",
    "Gate",
    "Knobs",
    "LoggedCall",
    "Mail",
    "PackageSeed",
    "Request",
    "Response",
    "ScheduleSeed",
    "Seed",
    "Strike",
    "TaskPackageSeed",
    "answered_with",
    "doubled",
    "followed",
    "late_commit",
    "leaving_out",
    "lost",
    "of_another_account",
    "of_another_id",
    "of_another_kind",
    "refusing",
]

_MODULES = (
    *("life.knobs", "life.packages", "life.records", "life.seed", "wire.messages", "hooks.outbox"),
    *("account", "backstage", "emulator", "faults.fault", "faults.catalogue", "faults.rules"),
)


def __getattr__(name: str) -> object:
    for module in _MODULES if name in __all__ else ():
        found = vars(import_module(f"{__name__}.{module}"))
        if name in found:
            globals()[name] = found[name]
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
