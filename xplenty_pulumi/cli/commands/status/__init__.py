"""`xplenty-pulumi status`: what there is on the account.

- `command`: the command.
- `live`: what `--watch` shows: in place on a terminal, one line per change elsewhere.
- `pages`: what is shown of an account, as a page for people and as JSON.
- `tables`: clusters and job runs as tables, fitted to the width of the terminal.
- `timeline`: what `--timeline` shows: the last hours of clusters, a line for each.
"""
