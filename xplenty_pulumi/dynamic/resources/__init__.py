"""What a program writes.

- `bases`: what the classes of resources are derived from.
- `cluster`: the resource `Cluster`.
- `declare`: what declaring a resource and looking one up have in common.
- `connection`: the resource `Connection`.
- `hook`: the resource `Hook`.
- `job_run`: the resource `JobRun`.
- `lookups`: looking things up in a program: plain functions that ask the service at once, in a preview as well.
- `nested`: the types of inputs that lie within other ones.
- `output_lookups`: lookups whose arguments may be outputs.
- `package`: the resource `Package`.
- `schedule`: the resource `Schedule`.
"""
