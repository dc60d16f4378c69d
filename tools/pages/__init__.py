"""Pages of the reference that are made from the code: `python -m tools.pages` writes them into `docs/reference`.

- `source`: what signatures, docstrings and comments say.
- `resources`: each resource with its inputs and outputs.
- `lookups`: the lookup functions.
- `errors`: the tree of errors.
- `events`: the format of the log of events.
- `emulated`: the seed file and the knobs of the emulator.
- `formats`: what each command prints with `--json`.
- `written`: all of them by their paths.
"""
