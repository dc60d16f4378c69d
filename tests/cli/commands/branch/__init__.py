"""Environments of branches, from their names to their ends."""
