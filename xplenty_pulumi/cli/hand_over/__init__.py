"""`xplenty-pulumi hand-over`: give a thing to a resource, or release it.

- `command`: `xplenty-pulumi hand-over`: give a living thing to a resource of a stack, or release it from every stack.
- `place`: the stack that a thing is handed over to: its names, and its configuration.
"""
