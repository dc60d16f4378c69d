"""Faults of calls: one language, which is that of the emulator, and what brings a fault to a client.

A `Fault` of the emulator says what becomes of a call. A `FaultRule` puts it on an account, `Wire.on` on the network of
one process; a `Behaviour` is for what a fault cannot say, such as an event on the account just before the call.

- `behaviours`: faults by short names, and behaviours that many tests use.
- `exchange`: one request under way, which meets a fault or a behaviour.
- `wire`: the network of one process, with rules.
- `transport`: an account behind the HTTP library without a socket, whose broken answers break.
- `sockets`: the same on a real socket, and servers that do with a connection what they are told.
- `script`: a service that answers from a script.
"""
