"""Definitions (hooks and packages; schedules and connections fit): created once, changed as asked, removed verifiably.

- `definition`: what differs between their kinds, a definition as it should be, and those that an account has.
- `hook`: what differs for hooks; each kind that differs has such a file.
- `package`: what differs for packages.
- `validation`: the service's own check of a package.
- `create`: creating a definition at most once: FIND, POST, VERIFY.
- `actions`: create, update, read and delete for every kind of definition.
"""

from xplenty_pulumi.core.reconcile.definitions import hook, package

__all__ = ["hook", "package"]
