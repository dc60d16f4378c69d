"""What is known of each kind of resource, as data, and the pure functions on it.

- `check`: validation of inputs by the tables of `kinds`, before anything is asked of the service.
- `cluster`: what is known about clusters, as data.
- `compare`: the comparison of what is desired with what is observed; the only importer of deepdiff.
- `connection`: what is known about connections, as data: their types and settings.
- `flows`: the flow of a package: its one form, and what differs between two of them; pure.
- `hook`: what is known about hooks, as data; they have no status: one that is there is ready.
- `inputs`: readers that turn an input into its one canonical form, or say what is wrong with it.
- `job_run`: what is known about job runs, as data, and whether one has come to its end, also with a status that is
  unknown.
- `kind`: what can be known about a kind of resource.
- `marker`: the ownership marker: a short tag at the end of a description (of a name, where there is none) that says
  whose it is.
- `naming`: the name of something whose program gives none: that of its resource, spelled as `pulumi:autonaming` says;
  pure.
- `obstacles`: what stands in the way of a cluster, or of a run on it, and who holds the sandboxes of an account;
  pure.
- `ownership`: whose something is that carries the marker of a resource and is not in the state of its stack; pure.
- `package`: what is known about packages, as data; one that is archived counts as removed.
- `registry`: all kinds of resources: the one list that a new kind is added to.
- `schedule`: what is known about schedules, as data; one that is there is in force or not.
- `variables`: values of package variables: the service reads them as expressions, so a string constant carries its
  own quotes.
"""
