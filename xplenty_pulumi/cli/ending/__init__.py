"""`xplenty-pulumi stop`, `terminate` and `wait`: one thing, seen to its end or its goal.

- `stop`: `xplenty-pulumi stop job`: end a job run and see it ended.
- `terminate`: `xplenty-pulumi terminate cluster`: end a cluster and see it ended.
- `wait`: `xplenty-pulumi wait`: until a cluster is available, or a job run has completed, for scripts.
"""
