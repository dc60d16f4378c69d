"""What an account holds and how it changes as time passes; pure but for the file that keeps it.

- `clock`: the service's own time: it begins at the wall clock and then only runs, whatever the wall clock does.
- `clusters`, `jobs`: the life of one cluster and of one run, as pure functions of the record, the knobs and a moment.
- `effects`: how clusters and jobs act on one another: starting, queueing, idling, failing and stopping together.
- `connections`: the record of a connection.
- `knobs`: what no source settles, and every duration.
- `packages`: packages, their validations, the tasks of workflows, and what a flow says about them.
- `records`: what else an account holds: frozen records that the state machines replace as time goes by.
- `seed`: what an account holds when it begins.
- `store`: an account in a file.
- `world`: all records of an account, what falls due when, and which events the changes of records are.
"""
