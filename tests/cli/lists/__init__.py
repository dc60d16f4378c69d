"""Tests of `cli/lists`."""
