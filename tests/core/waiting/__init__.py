"""Tests of `core/waiting`."""
