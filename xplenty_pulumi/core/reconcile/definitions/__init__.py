"""Definitions (hooks; packages, schedules and connections fit): created once, changed as asked, removed verifiably.

- `definition`: what differs between the kinds of definitions, and a definition as it should be.
- `search`: looking for definitions by their key and by their ownership marker.
- `create`: creating a definition at most once: FIND, POST, VERIFY.
- `actions`: create, update, read and delete for every kind of definition.
- `hook`: what differs for hooks.
"""
