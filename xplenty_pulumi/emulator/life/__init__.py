"""What an account holds and how it changes as time passes; pure but for the file that keeps it.

- `clock`: the service's own time: it begins at the wall clock and then only runs, whatever the wall clock does.
- `clusters`, `jobs`: the life of one cluster and of one run, as pure functions of the record, the knobs and a moment.
- `effects`: how clusters, jobs and schedules act on one another: starting, queueing, idling, failing and stopping
  together.
- `firing`: what a schedule does when its time comes.
- `knobs`: what no source settles, and every duration.
- `packages`: packages, their validations, the tasks of workflows, and what a flow says about them.
- `records`: the frozen records of clusters, jobs, connections and hooks, which the state machines replace as time goes
  by, and the words of their statuses.
- `runs`: a new run of a package.
- `schedules`: a schedule, and when it runs.
- `seed`: what an account holds when it begins.
- `store`: an account in a file.
- `workflows`: runs of workflows: their tasks, one after the other, and the job of each.
- `world`: all records of an account, what falls due when, and which events the changes of records are.
"""
