"""Tests of `cli/commands/lists`."""
