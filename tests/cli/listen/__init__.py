"""Tests of `cli/listen`."""
