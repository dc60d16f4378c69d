"""Tests of `cli/recover`."""
