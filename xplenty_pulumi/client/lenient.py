"""How values of the service are read into models: whatever can be read, and None for the rest."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

T = TypeVar("T")


def _none_if_unreadable(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except (ValidationError, OverflowError):
        return None


def _as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a boolean is not an id")
    return value


def _readable_items(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Those items of a list that can be read; None for what is no list."""
    if not isinstance(value, list | tuple):
        return _none_if_unreadable(value, read)
    kept: list[object] = []
    for one in value:
        with suppress(ValidationError, OverflowError):
            kept += read([one])
    return tuple(kept)


def _one_text(value: object) -> object:
    """A list of errors as one text; an error that is an object is its message."""
    if not isinstance(value, list | tuple):
        return value
    texts = (one.get("message") if isinstance(one, Mapping) else one for one in value)
    return "; ".join(text for text in texts if isinstance(text, str))


Lenient = Annotated[T | None, WrapValidator(_none_if_unreadable)]
Several = Annotated[tuple[T, ...] | None, WrapValidator(_readable_items)]
Errors = Annotated[Lenient[str], BeforeValidator(_one_text)]
Id = Annotated[int, BeforeValidator(_no_flag), Field(gt=0)]
Status = Annotated[str, Field(strict=True, min_length=1)]
Moment = Annotated[datetime, AfterValidator(_as_utc)]
