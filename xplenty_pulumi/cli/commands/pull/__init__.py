"""`xplenty-pulumi pull`: what was changed in the service's editor, back into the files of a project.

- `command`: the command: which packages are meant, and what is printed.
- `files`: one file of a project beside the package of the service, and how it is written.
"""
