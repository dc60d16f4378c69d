"""Tests of `core/reconcile/runs`."""
