"""What the engine calls: dictionaries on one side, the reconciler on the other, and no decision in between.

- `base`: what all providers have in common: create, update and read, and what becomes of what the service shows.
- `checking`: the answer to the engine's Check: inputs in canonical form, or every problem with them, all at once.
- `cluster`: the dynamic provider of clusters.
- `context`: the settings, the rules and the session, and the way into and out of every provider method, with one
  paragraph for every failure.
- `definition`: the dynamic provider of definitions: of whatever has no status, and is there as declared or not.
- `job_run`: the dynamic provider of job runs.
- `method_call`: the call of the engine that a thread answers: what it hands over, and what was found out for it.
- `naming`: the name of a resource whose program gives none: made when it is created, and kept.
- `owing`: what the state says is left to do for a resource, although its inputs are as declared.
- `package`: the dynamic provider of packages.
- `remarks`: warnings that one process shows once, although the engine checks and compares a resource several times.
- `reporting`: the answer to a call of the engine as an event of the log.
- `sessions`: the sessions of a provider process: one for each account.
"""
