"""Tests of `dynamic/resources`."""
