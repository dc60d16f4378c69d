"""Clusters: created once, resized honestly, ended verifiably.

- `actions`: clusters: created once, resized honestly, ended verifiably.
- `changes`: what is to be sent so that a cluster is as desired; pure but for the nonce of a new marker.
- `converge`: making a cluster that exists as desired, and seeing it so.
- `create`: creating a cluster at most once: FIND, POST, VERIFY.
- `end`: ending clusters, seen to have ended: the one that is meant, and those that its create calls made besides.
- `goals`: what is waited for with clusters, and what the sight of one means.
- `search`: looking for clusters by their ownership marker among those that live or are broken.
"""
