"""Connections are made once and found again, changed setting by setting, tested where that is wanted, and removed."""

LEAST = {"type": "s3", "name": "loads", "username": "loads-key", "password": "pw-4711"}
"""What makes a connection; see `tests/core/kinds/test_registry.py`."""
