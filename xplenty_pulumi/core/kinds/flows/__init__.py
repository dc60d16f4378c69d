"""The flow of a package, which the service keeps as a JSON text and knows the meaning of; pure.

- `changes`: what differs between two flows, component by component.
- `document`: the one form of a flow and its digest, and what a program or a file gives of a package.
"""
