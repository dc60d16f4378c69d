"""The reconciler: what should be, what is, and how the one becomes the other.

It knows nothing of Pulumi and nothing of HTTP. `kinds` holds what is known about each kind of resource as data;
`check`, `diff`, `plan` and `marker` are pure decisions; `wait` and `reconcile` act through the client and a clock.
"""
