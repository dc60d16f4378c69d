"""Tests of `core/reconcile`."""
