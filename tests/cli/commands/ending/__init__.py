"""Tests of `cli/commands/ending`."""
