"""What the engine calls: dictionaries on one side, the reconciler on the other, and no decision in between.

- `answered`: the way into and out of every provider method: whose resource it is, and one paragraph for every
  failure.
- `base`: what both providers have in common: settings, the session, and what becomes of what was seen.
- `checking`: the answer to the engine's Check: inputs in canonical form, or every problem with them, all at once.
- `cluster`: the dynamic provider of clusters: the engine's calls on one side, the reconciler on the other, no
  decision between.
- `context`: what a provider method knows of its process: the settings, the session, and the request that is being
  answered.
- `definition`: the dynamic provider of definitions: of whatever has no status, and is there as declared or not.
- `job_run`: the dynamic provider of job runs: the engine's calls on one side, the reconciler on the other, no
  decision between.
- `preview`: what a check finds out beyond the inputs themselves: the rules of the stack, and what the service says
  beforehand.
"""
