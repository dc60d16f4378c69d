"""Tests of `cli/commands/usage`, and of the history that it shows."""
