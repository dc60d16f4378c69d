"""The commands, a family each.

- `branch`: one stack per branch.
- `comment`: the comment of a pull request.
- `drift`: what differs from the states, and who changed it.
- `emulator`: serves an account.
- `ending`: follows one thing until its goal or its end: `wait`, `stop` and `terminate`.
- `imports`: declares what an account has.
- `listen`: receives web hooks.
- `lists`: what an account offers.
- `pull`: writes what was edited in the service into files.
- `recover`: what an interrupted operation left, and `hand-over`.
- `run_schedule`: runs a schedule at once.
- `status`: what lives and runs.
- `usage`: what was used in a period.
"""
