"""The calls of the service, by what they are about.

- `call`: what a handler is given, and the helpers that all handlers share.
- `catalogue`: the calls on what is only read: hook types and events, regions, stacks, plans, the user.
- `clusters`, `jobs`, `packages`, `validations`, `schedules`, `connections`, `hooks`: the calls on each of these.
- `connection_types`: which fields each type of connections has.
- `routes`: every path the service documents: who answers it, or that this emulator does not.
- `views`, `package_views`: records as the JSON that the API answers with.
- `watchers`: the calls on the watchers of clusters, jobs and schedules: the one user of the account or nobody.
"""
