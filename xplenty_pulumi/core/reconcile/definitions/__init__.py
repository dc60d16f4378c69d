"""Definitions (schedules and hooks; packages and connections fit): created once, changed as asked, removed verifiably.

- `definition`: what differs between their kinds, a definition as it should be, and those that an account has.
- `schedule`, `hook`: what differs for each of these; each kind that differs has such a file.
- `create`: creating a definition at most once: FIND, POST, VERIFY.
- `actions`: create, update, read and delete for every kind of definition.
"""

from xplenty_pulumi.core.reconcile.definitions import hook, schedule

__all__ = ["hook", "schedule"]
