"""Hooks: created once, changed as their update says, removed verifiably.

- `actions`: hooks: created once, changed as their update says, removed verifiably.
- `create`: creating a hook at most once: FIND, POST, VERIFY.
- `search`: looking for hooks by their ownership marker, which ends their name.
"""
