"""Tests of `dynamic/providers`."""
