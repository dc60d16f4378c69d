"""The Pulumi front end: resources for programs, and the dynamic providers behind them.

The only package that knows Pulumi. It turns dictionaries into checked inputs and outcomes into outputs; every decision
is taken in `xplenty_pulumi.core`.
"""

PUBLIC_MODULE = "xplenty_pulumi"
"""The module that providers say they are from: the state of every user names them by it, so it can never change."""
