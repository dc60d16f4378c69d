"""Tests of `cli/hand_over`."""
