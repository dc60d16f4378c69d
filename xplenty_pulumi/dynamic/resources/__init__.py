"""What a program writes.

- `cluster`: the resource `Cluster`.
- `declare`: what declaring a resource and looking one up have in common.
- `derivable`: classes that a program derives from ours: the engine knows them by the type of their base.
- `hook`: the resource `Hook`.
- `job_run`: the resource `JobRun`.
- `lookups`: looking things up in a program: plain functions that ask the service at once, in a preview as well.
- `outputs`: outputs that a program has only where it asks for them.
"""
