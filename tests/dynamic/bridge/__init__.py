"""Tests of `dynamic/bridge`."""
