"""Emulated accounts, and who acts on them without an engine.

- `bench`: the reconcilers of one process on an account whose clock a test moves, behind a wire that takes faults.
- `crowd`: many who read at once, each on a thread, and their clock.
- `desired`: what the reconcilers are asked for.
- `clients`: a client of an account, and the settings that name it.
- `caller`: calls of an account that a test spells out, without a client of ours.
- `command_line`: the command line run against an account in this process.
- `event_lines`: the log of events, each line as its schema says.
- `formats`: whether what a command prints with `--json` is what its record says.
- `loopback`: an HTTP server that answers each request by a function of the test.
- `collector`: a collector of OpenTelemetry that keeps the spans it is sent.
- `receiver`: what receives the requests of web hooks.
"""
