"""Definitions (packages, schedules, connections, hooks): created once, changed as asked, removed verifiably.

- `definition`: what differs between their kinds, and a definition as it should be.
- `known`: the definitions that an account has, as one process knows them.
- `package`, `schedule`, `connection`, `hook`: what differs for each; each kind that differs has such a file.
- `validation`: the service's own check of a package.
- `create`: creating a definition at most once: FIND, POST, VERIFY.
- `send`: changing one, and signing that it is held.
- `end`: removing one, and the duplicates of it.
- `actions`: create, update, read and delete for every kind of definition.
"""

from xplenty_pulumi.core.reconcile.definitions import connection, hook, package, schedule

__all__ = ["connection", "hook", "package", "schedule"]
