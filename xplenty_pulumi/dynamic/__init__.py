"""The Pulumi front end: resources for programs, and the dynamic providers behind them.

The only package that knows Pulumi. It turns dictionaries into checked inputs and outcomes into outputs; every decision
is taken in `xplenty_pulumi.core`.
"""
