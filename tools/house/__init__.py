"""Figures of the source: modules of each package and imports between them, and how many functions a flow enters.

- `figures`: what is counted in the source itself.
- `flows`: the functions that a flow enters until its call is sent, or its text is there.
"""
