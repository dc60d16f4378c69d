"""Tests of `cli/usage`, and of the history that it shows."""
