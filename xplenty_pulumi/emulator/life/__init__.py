"""What an account holds and how it changes as time passes; pure.

- `clock`: the service's own time: it begins at the wall clock and then only runs, whatever becomes of the wall clock.
- `clusters`: the life of one cluster, as pure functions of the cluster, the knobs and a moment.
- `effects`: how clusters and jobs act on one another as time passes: starting, queueing, idling, failing and stopping
  together.
- `events`: which events a change of a record is, and who has to be told of each.
- `jobs`: the life of one job run, as pure functions of the job, the knobs and a moment.
- `looks`: which calls look at something unfinished: those that a client repeats until it is finished.
- `planting`: putting the packages and schedules of a seed into a new world.
- `records`: what an account holds: frozen records that the state machines replace as time goes by.
- `world`: all records of an account, what falls due when, and what has happened to them.
"""
