"""Tests of `xplenty-pulumi drift`."""
