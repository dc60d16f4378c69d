"""What is reported about an account: in short, in detail, against the states of stacks, and by branch.

- `branches`: stacks that belong to branches: what they are called, how they differ from all others, and when they
  are due.
- `drift`: what differs between the state of a stack and the account, sorted by how grave it is; pure.
- `drift_scan`: one snapshot of an account for all the stacks that are in it: compared, and what is in no state or in
  two.
- `hand_over`: handing something over to a resource by its ownership marker, or releasing it from every stack.
- `history`: what each cluster did when, and what ran on it: built, busy, idle, ending; pure.
- `living`: what lives in an account and carries a marker, and whether it is to be ended with its stack; pure.
- `observer`: reading an account for people: all of it, one cluster, one job run, the schedules.
- `overview`: an account in short, as plain values: which clusters and job runs there are, whose they are, and how they
  do.
- `owners`: whose clusters and job runs are, and which failed runs of a stack have a completed run in their place; pure.
- `packages`: the packages of an account, as plain values: what they are, whose, and when they were edited last.
- `past`: reading what an account has had: the clusters that were up within a time, and what ran on them.
- `script_goals`: what a script can wait for with a cluster or a job run: the goals of the resources, with advice for
  scripts.
- `schedules`: the schedules of an account, as plain values: when they run next, how they ran last, which are overdue.
- `usage`: how much of the clusters was used: nodes multiplied by time, as the records of the service have it.
- `view`: what is shown of an account at a moment, row by row.
"""
