"""Anything that may happen to two stacks on one account, in any order."""
