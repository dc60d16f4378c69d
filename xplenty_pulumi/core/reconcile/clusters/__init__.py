"""Clusters: created once, resized honestly, ended verifiably.

- `actions`: create, update, read and delete, step by step.
- `converge`: making a cluster that exists as desired: what is to be sent, and seeing it so.
- `create`: creating a cluster at most once: FIND, POST, VERIFY.
- `end`: ending clusters, seen to have ended: the one that is meant, and those that its create calls made besides.
- `goals`: what is waited for with clusters, and what a record of one means.
- `known`: the clusters that are known: looking for them by their ownership marker among those that live or are broken.
"""
