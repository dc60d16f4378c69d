"""Tests of `cli/commands/listen`."""
