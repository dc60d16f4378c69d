"""Tests of `core/reconcile/hooks`."""
