"""The example `gitops`: its steps, its workflows, and the comment on a pull request."""
