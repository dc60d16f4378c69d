"""How to read cheaply: the readings that all who work on an account in one process share.

- `account`: the readings of an account that all who work on it in this process share.
- `lookup`: reading one thing: a 404 and what it means, whether something is gone, and the one thing that has a name.
- `pages`: a list of the service, newest first, read page by page as far as it is asked for.
- `readiness`: the clusters that this process has seen ready, and one look at each of the others.
- `shared`: calls that are made once for all who need them at the same time, polls among them.
- `snapshots`: how far the list of a kind is read: for a refresh, for an overview, and for drift.
- `tasks`: the tasks of a workflow's run.
- `strays`: what an interrupted create call has left: unfinished by its marker, and held by nobody.
"""
