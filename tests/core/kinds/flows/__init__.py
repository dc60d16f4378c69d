"""Flows of packages."""
