"""Tests of `cli/engine`."""
