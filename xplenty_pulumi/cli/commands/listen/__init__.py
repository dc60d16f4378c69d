"""`xplenty-pulumi listen`: receive web hooks.

- `command`: `xplenty-pulumi listen`: receive web hooks until a signal stops it.
- `queue`: events that wait for their command, kept in a file, and the commands: one after the other, and none of them
  for ever.
- `requests`: from a web hook's request to a notice that can be trusted as far as its signature goes.
- `server`: the server that web hooks write to: it answers quickly, trusts nothing unsigned, and takes no more than it
  can.
"""
