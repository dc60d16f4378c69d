"""`xplenty-pulumi branch`: an environment for each branch.

- `account`: the account that the environments of branches are in, and the proof that a command reads the right one.
- `command`: `xplenty-pulumi branch`: deploy a stack for each git branch, list these stacks, and end them.
- `down`: taking down the stack of a branch, and ending living clusters by the scope of their marker, until none
  lives.
- `git`: what git and the CI system say about branches and about who is at work.
- `jobs`: which branch a CI job is about, as the job's own event says it; a job that is about none is refused.
- `rules`: whose what carries the scope of a branch is, by the states of all stacks and the user of the key.
- `stacks`: the branch stacks of a project, as its backend keeps them, and what each says about itself in tags.
- `sweep`: what there is of branches, for people and as JSON, and sweeping up after them: said first, ended only on
  demand.
- `up`: bringing up the stack of a branch: made where it is missing, configured like its template, deployed.
"""
