"""The Pulumi front end: resources for programs, and the dynamic providers behind them.

The only package that knows Pulumi. It turns dictionaries into checked inputs and outcomes into outputs; every decision
is taken in `xplenty_pulumi.core`.

- `resources`: what a program writes.
- `providers`: what the engine calls.
- `bridge`: private details of the host, each probed and with a fallback.
- `state`: how a resource lies in the state; the one place that knows hidden names.
- `inputs`, `properties`, `secrets`, `spelling`: the dictionaries of the engine, read and written.
- `session`, `sessions`: what a process knows of each account.
- `crowd`: that more could be waited for at once than the engine begins.
"""

PUBLIC_MODULE = "xplenty_pulumi"
"""The module that providers say they are from: the state of every user names them by it, so it can never change."""
