"""Tests of `core/reconcile/definitions`."""
