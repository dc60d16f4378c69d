"""`xplenty-pulumi listen`: receive web hooks.

- `command`: `xplenty-pulumi listen`: receive web hooks until told to stop.
- `exec`: running a command for each event: one after the other, never through a shell, and none of them for ever.
- `queue`: events that wait for their command, kept in a file: what was accepted outlives the process, however that
  ends.
- `requests`: from a web hook's request to a notice that can be trusted as far as its signature goes.
- `server`: the server that web hooks write to: it answers quickly, trusts nothing unsigned, and takes no more than it
  can.
"""
