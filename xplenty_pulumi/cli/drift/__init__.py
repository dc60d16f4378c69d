"""`xplenty-pulumi drift`: what differs between states and account.

- `command`: `xplenty-pulumi drift`: what differs between the states of stacks and the account, sorted by how grave it
  is.
- `documents`: a drift report as JSON.
- `elsewhere`: what the stacks of the backend hold that a report is not about, other projects' among them.
- `memory`: what `--since-last` keeps between two runs: the last report, in a file that is written whole or not at
  all.
- `pages`: a drift report for people: tables on a terminal, Markdown for a comment on a pull request.
- `post`: sending a report to an address that somebody else has set up to be told.
- `report`: the report on stacks, put together from one look at each account that they are in.
- `stacks`: the stacks of a project as the engine keeps them: what is in their states, and which account they are in.
"""
