"""What the dynamic provider host does not offer, item by item, and the plain fallback of each.

Everything here leans on details of the host that no contract covers, so each item checks before it acts. The page
docs/explanation/bridge.md explains the items.

- `engine`: the engine behind this process: what it shows to the user, and whether it still lives.
- `failures`: failures as the user should read them, and what exists kept in the state.
- `pool`: as many calls at once as the engine sends.
- `report`: the test of all items at the start of a process.
- `request`: the request behind a provider method, and the engine's Cancel.
- `silence`: telling in the rows of resources that the service has not answered.
"""

from xplenty_pulumi.dynamic.bridge.engine import (
    Severity,
    at_end,
    debug,
    note,
    reporter,
    require_engine,
    say,
    say_instead,
    stack_line,
    warn,
)
from xplenty_pulumi.dynamic.bridge.failures import ProviderFailure, fail, fail_partially
from xplenty_pulumi.dynamic.bridge.pool import lift_pool
from xplenty_pulumi.dynamic.bridge.report import announce, report
from xplenty_pulumi.dynamic.bridge.request import (
    EngineCall,
    cancel_signal,
    cancelled,
    current_call,
    receive_cancel,
)
from xplenty_pulumi.dynamic.bridge.silence import silence_watch, slowness_told

__all__ = [
    "EngineCall",
    "ProviderFailure",
    "Severity",
    "announce",
    "at_end",
    "cancel_signal",
    "cancelled",
    "current_call",
    "debug",
    "fail",
    "fail_partially",
    "lift_pool",
    "note",
    "receive_cancel",
    "report",
    "reporter",
    "require_engine",
    "say",
    "say_instead",
    "silence_watch",
    "slowness_told",
    "stack_line",
    "warn",
]
