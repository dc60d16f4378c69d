"""How to wait: until what, by which clock, how long, and at the cost of how many calls.

- `budget`: spending calls where they matter most when few are left.
- `goal`: what is waited for.
- `patience`: how to wait: by which clock, how often to poll, until when, where to report, and at what cost.
- `silence`: telling, while the service has not answered, that it has not.
- `wait`: waiting until something is true, with reports on the way and an end in every case.
- `watch`: how one thing is read by those who wait for it.
"""
