"""`xplenty-pulumi status` and `usage`: what there is on the account, and who has used it.

- `command`: `xplenty-pulumi status`: what there is on the account, at a glance or in detail, once or all the time.
- `documents`: what is shown of an account as JSON.
- `live`: keeping an eye on something: live in place on a terminal, one line per change elsewhere.
- `pages`: what is shown of an account as a page for people.
- `tables`: clusters and job runs as tables, fitted to the width of the terminal.
- `usage`: `xplenty-pulumi usage`: who has used how much of the clusters.
"""
