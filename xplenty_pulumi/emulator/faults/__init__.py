"""What can go wrong with a call: faults by rule and by name.

- `catalogue`: faults by name: what networks, proxies and the service itself are known to do to calls.
- `fault`: what can go wrong with one call: whether it takes effect, and what the client gets in place of its answer.
- `rules`: which call meets which fault, and on which occasions.
"""
