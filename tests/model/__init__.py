"""Anything that may happen to two stacks on one account, in any order.

- `drawn`: what is drawn, one row for each kind.
- `watched`: the account, and what has to hold whatever is done to it.
- `account`: the rules, which are what users, other people and the service do.
"""
