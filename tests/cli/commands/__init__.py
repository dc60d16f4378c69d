"""Tests of `cli/commands`, a folder for each family."""
