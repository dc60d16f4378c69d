"""The command `import`: what exists in the account becomes a program and part of the state of a stack.

- `command`: the command.
- `selection`: which things are taken over, and why the others are not.
- `declare`: their names, and the inputs that a program declares them with.
- `program`: the text of the program.
- `literals`: values as Python spells them, formatted as ruff does it.
- `files`: the files of the program, none of which overwrites another one.
- `run`: the document for `pulumi import --file`, and the run of it.
"""
