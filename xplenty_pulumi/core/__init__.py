"""The reconciler: what should be, what is, and how the one becomes the other.

It knows nothing of Pulumi and nothing of HTTP, and acts through the client and a clock.

- `kinds`: what is known of each kind of resource, as data, and pure functions on it.
- `reading`: how to read cheaply.
- `waiting`: how to wait.
- `preview`: what can be known before anything is done.
- `reconcile`: how to act.
- `reports`: what is told about an account.
"""
