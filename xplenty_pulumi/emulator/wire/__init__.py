"""From requests as clients write them to plain values, and back.

- `lists`: which records a list shows, in which order, and which part of them.
- `messages`: a request and its answer as plain values, refusals, and the times and addresses of all answers.
- `reading`: from the many ways in which clients write a request to one plain dictionary of parameters.
- `values`: what values a field may have, and how each spelling of a value is read.
"""
