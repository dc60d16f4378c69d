"""Tests of `cli/imports`."""
