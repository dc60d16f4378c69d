"""Tests of `cli/commands/imports`."""
