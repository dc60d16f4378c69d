"""Finds the Pulumi engine on this machine, or gets it.

An engine is the `pulumi` command, its Python language host and the plugin for resources written in Python. It runs on
the standard library of Python 3.11 alone, on Linux and macOS.
"""
