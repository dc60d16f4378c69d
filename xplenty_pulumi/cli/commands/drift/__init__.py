"""`xplenty-pulumi drift`: what differs between states and account.

- `advice`: what to do about a report: one sentence for each sort of finding that it shows.
- `command`: `xplenty-pulumi drift`: what differs between the states of stacks and the account, sorted by how grave it
  is.
- `comparison`: the comparison of stacks with the account, from what the engine says of them to the report that is
  printed.
- `memory`: what `--since-last` keeps between two runs, in a file written whole or not at all, and where changes are
  posted.
- `options`: what the user of `drift` has asked for.
- `pages`: a drift report for people: tables on a terminal, Markdown for a comment on a pull request.
- `report`: the report on stacks, put together from one listing of each account that they are in, and the same as JSON.
"""
