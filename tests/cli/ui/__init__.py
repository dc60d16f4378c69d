"""Tests of `cli/ui`."""
