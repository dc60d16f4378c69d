"""What `--json` prints, as records; docs/reference/json.md is made of them. A field with a default may be missing.

- `account`: what there is in an account: clusters, job runs, schedules, and who has used them.
- `documents`: the document of each command.
- `stacks`: what compares stacks with an account: drift, and the stacks of branches.
- `versioned`: what all documents have.
"""
