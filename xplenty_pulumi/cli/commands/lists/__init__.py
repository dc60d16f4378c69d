"""`xplenty-pulumi packages` and `regions`: what job runs and clusters can be made of.

- `command`: the two commands.
- `pages`: what they show, as tables for people and as JSON.
"""
