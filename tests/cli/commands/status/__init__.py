"""Tests of `cli/commands/status`."""
