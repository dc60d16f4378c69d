"""Tests of `cli/ending`."""
