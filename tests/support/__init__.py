"""What several tests share.

- `accounts`: emulated accounts, and who acts on them without an engine.
- `engine`: runs of the real engine, in one workspace.
- `faults`: faults of calls, in one language, and what brings them to a client.
- `simulation`: runs of the real providers on one account, without an engine, a host or a socket.
- `browser`: a headless Chromium, for tests of pages.
- `open_sockets`: what a file of tests has not closed.
- `openapi`: checks of calls against the API description, on every call of every test.
- `openapi_contract`: the description turned into checks.
- `scoreboard`: figures that test runs reach.
- `threads`: a machine that gives no more threads.
- `seeded_bugs_run`: copies of this project with a bug of `seeded_bugs/` in them, and the tests that find it.
"""
