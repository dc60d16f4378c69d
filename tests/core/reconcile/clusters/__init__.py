"""Tests of `core/reconcile/clusters`."""
