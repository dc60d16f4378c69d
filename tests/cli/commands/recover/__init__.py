"""Tests of `cli/commands/recover`."""
