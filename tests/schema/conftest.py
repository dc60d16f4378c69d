"""The fixture `schema_watch` for tests that use an emulated account."""

from tests.support.openapi import schema_watch

__all__ = ["schema_watch"]
