"""What is told about an account: at a glance, in detail, against the states of stacks, and by branch.

- `branches`: stacks that belong to branches: what they are called, how they are told from all others, and when they
  are due.
- `details`: one cluster or one job run in detail, as plain values.
- `drift`: what differs between the state of a stack and the account, sorted by how grave it is; pure.
- `drift_classes`: how grave each difference between a stack's state and the account is, as data.
- `drift_scan`: one look at an account for all the stacks that are in it: read, compared, and what is in no state.
- `hand_over`: handing a cluster or a hook over to a resource by its ownership marker, or releasing it from every
  stack.
- `observer`: looking at an account for people: at all of it, at one cluster, at one job run.
- `overview`: an account at a glance, as plain values: which clusters and job runs there are, whose they are, and how
  they do.
- `script_goals`: what a script can wait for with a cluster or a job run: the goals of the resources, with advice for
  scripts.
- `usage`: how much of the clusters was used: nodes multiplied by time, as the records of the service tell it.
"""
