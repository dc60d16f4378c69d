"""Runs of the real providers on one emulated account, without an engine, a host or a socket.

- `world`: one account, its time and its faults, and processes of ours that can end at any boundary.
- `ledger`: what processes of ours do to the account, and what they must never do.
- `host`: what the host of the providers does: it hands over requests and passes on what comes back.
- `program`: what a program declares, what a state holds of it, and what a run reports.
- `engine`: one run of the engine: state, steps, and what becomes of failures.
- `stack`: a program with its state on an account, and the commands that are run on it.
- `crashes`: a run that ends at each of its boundaries in turn, and what is true after the runs that follow.
"""
