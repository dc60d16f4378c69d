"""Figures of the source: how many rooms and arrows each package has, and how far a flow travels through them.

- `figures`: what is counted in the source itself.
- `flows`: what a flow runs through until its call is sent, or its text is there.
"""
