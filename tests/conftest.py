"""What holds for every test: answers of emulated accounts fit the API description."""

import pytest

from tests.support.openapi import SchemaWatch, schema_watch

__all__ = ["schema_watch"]


@pytest.fixture(autouse=True)
def _answers_fit_the_schema(schema_watch: SchemaWatch) -> None:
    """Fail a test at its end when an account in this process gave an answer that the description does not allow."""
