"""Tests of `client/http`."""
