"""The calls of the service, by what they are about.

- `call`: what a handler is given, and the helpers that all handlers share.
- `catalogue`: the calls on what is only looked at: packages, schedules, hook types and events, regions, stacks,
  plans, the user.
- `clock`: the path of the server that is not the service's: how another process reads and moves the account's clock.
- `cluster_views`: clusters and their nodes as the JSON that the API answers with.
- `clusters`: the calls on clusters.
- `fixed_lists`: the fixed lists of the service: hook types and events, package templates, regions, the plan, the
  user.
- `hooks`: the calls on hooks.
- `job_views`: jobs, their outputs and logs as the JSON that the API answers with.
- `jobs`: the calls on jobs.
- `watchers`: the calls on the watchers of clusters, jobs and schedules: only the one user of the account can be among
  them.
"""
