"""Tests of `cli/status`."""
