"""Tests of `core/preview`."""
