"""The `pulumi` command, its locks, what a killed one leaves, and what the states of its backend hold.

- `command`: the `pulumi` command, for commands of ours that work on a project's stacks.
- `holders`: what the states of a backend hold, so that nothing is taken for nobody's that a stack still manages.
- `locks`: the engine's locks, as a backend in files keeps them, and whether the process that holds one still runs.
- `names`: which stacks the scopes in markers stand for, as files say it, and the engine of other backends.
- `new_owner`: who is to have what is handed over: a resource of a stack.
- `remains`: what a killed `pulumi` has left of its stack: a lock, pending operations, or a state file that is empty.
- `snapshot`: what a backend keeps of its stacks, as it was when a command first asked for it.
- `states`: what is in the states of stacks, in which account, and what the other stacks hold.
"""
