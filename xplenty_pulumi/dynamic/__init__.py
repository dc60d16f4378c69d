"""The Pulumi front end: resources for programs, and the dynamic providers behind them.

The only package that imports Pulumi. It turns dictionaries into checked inputs, and outcomes into outputs. Decisions
are taken in `xplenty_pulumi.core`.

- `resources`: what a program writes.
- `providers`: what the engine calls.
- `bridge`: private details of the host, each probed and with a fallback.
- `flows`: the flows that programs declare, each in a file beside the project.
- `importing`: what an import is to put into the state, found by running a program without an engine.
- `operations`: the operations under way, and advice where the engine could begin more of them at once.
- `properties`: the dictionaries of the engine, read and written.
- `secrets`: secret inputs, found by where they stand.
- `session`: what a process shares of one account.
- `state`: how a resource lies in the state; the one place that has the hidden names.
"""

PUBLIC_MODULE = "xplenty_pulumi"
"""The module by which the state of every user names the providers, so it can never change."""
