"""From requests as clients write them to plain values, and back.

- `lists`: lists: which records, in which order, and which part of them.
- `messages`: a request and its answer as plain values, and the refusal that a handler raises.
- `reading`: from the many ways in which clients write a request to one plain dictionary of parameters.
- `routes`: every path the service documents: who answers it, or that this emulator does not.
- `values`: what values a field may have, and how each spelling of a value is read.
- `views`: what all views of records share: times, addresses and the one user of the account.
"""
