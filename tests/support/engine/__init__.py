"""Runs of the real engine: one workspace, in which commands are started, killed and read.

- `workspace`: a folder with an engine's home, backend, environment and account of its own.
- `interpreter`: the Python that the engine and our commands are run with, with the list of packages at hand.
- `prepared`: that Python with its modules loaded, as a process that forks for each command.
- `ask`: what is started in its stead, and lets it run a command.
- `vault`: keeps the keys of stacks, which takes the engine less than a passphrase does.
- `ran`: what a command came to, and how long a test waits for something to happen.
- `process`: a command beside the test, whose processes can be killed.
- `terminal`: a command in a terminal, as people see it.
- `new_stack`: a stack that was just made, without the engine making it.
- `stack`: a stack whose program declares what a test lists.
- `project`: a git repository with a project in it, for the commands of branches.
- `recording`: a state as the engine writes it, with the records of its account.
- `postgres`: a PostgreSQL server as a backend.
"""
