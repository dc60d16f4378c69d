"""From parsed JSON to models: a field that cannot be read is None, a body that is something else is Unreadable."""

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import CoreSchema, core_schema

from xplenty_pulumi.client.http.outcomes import Answered
from xplenty_pulumi.text import one_line

_BUILDING = threading.Lock()
_MODEL = type(BaseModel)
_field_sets: dict[frozenset[str], set[str]] = {}

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=BaseModel)


class Unreadable(ValueError):
    """A success whose body is not what was asked for; the text says what is wrong without quoting it."""


def read_record(model: type[ModelT], answer: Answered) -> ModelT:
    """Return the body as one `model`; raises Unreadable."""
    return parse(model, answer.body)


def read_records(model: type[ModelT], answer: Answered) -> tuple[ModelT, ...]:
    """Return the body, a list, as models; raises Unreadable if it is none or one of its items cannot be read."""
    if not isinstance(answer.body, list):
        raise Unreadable("the body is not a list")
    return tuple(parse(model, item) for item in answer.body)


def read_mapping(answer: Answered) -> dict[str, object]:
    """Return the body, an object with free names, as a dictionary; raises Unreadable."""
    if not isinstance(answer.body, Mapping):
        raise Unreadable("the body is not an object")
    return dict(answer.body)


def parse(model: type[ModelT], body: object) -> ModelT:
    """Return a JSON value as one `model`; raises Unreadable."""
    _build(model)
    try:
        return _lean(model.model_validate(body))
    except ValidationError as error:
        names = sorted({str(problem["loc"][0]) for problem in error.errors(include_input=False) if problem["loc"]})
    what = f"without a valid {' and '.join(names)}" if names else "that is not an object"
    raise Unreadable(f"with a {model.__name__} {what}")


def _build(model: type[BaseModel]) -> None:
    """Make a model's validator when the model is first read, since a process reads few of them; thread-safe."""
    with _BUILDING:
        if not model.__pydantic_complete__:
            model.model_rebuild()


def _lean(record: ModelT) -> ModelT:
    """The record, which shares the set of its fields with all that have the same: it is half of a record's size."""
    for one in (record, *record.__dict__.values()):
        if isinstance(type(one), _MODEL):  # as for each field of thousands of records the model itself is asked slowly
            fields = one.model_fields_set
            object.__setattr__(one, "__pydantic_fields_set__", _field_sets.setdefault(frozenset(fields), fields))
    return record


class _NoneIfUnreadable:
    """Makes None of a value that cannot be read; in the validator's own code, as a list has thousands of fields."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_default_schema(handler(source), default=None, on_error="default")


def _as_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None or not moment.utcoffset():
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment is before or after all that can be told in UTC") from None


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a boolean is not an id")
    return value


def _readable_items(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Those items of a list that can be read; None for what is no list."""
    if not isinstance(value, list | tuple):
        return None
    kept: list[object] = []
    for one in value:
        with suppress(ValidationError):
            kept += read([one])
    return tuple(kept)


def _one_text(value: object) -> object:
    """A list of errors as one text; an error that is an object is its message."""
    if not isinstance(value, list | tuple):
        return value
    texts = (one.get("message") if isinstance(one, Mapping) else one for one in value)
    return "; ".join(text for text in texts if isinstance(text, str))


def _as_json(value: object) -> object:
    """A flow that is sent as JSON, and not inside a text, as the text that it is documented to be."""
    try:
        return json.dumps(value) if isinstance(value, Mapping | list) else value
    except RecursionError:
        return None


Lenient = Annotated[T | None, _NoneIfUnreadable()]
Several = Annotated[tuple[T, ...] | None, WrapValidator(_readable_items)]
Errors = Annotated[Lenient[str], BeforeValidator(_one_text)]
Flow = Annotated[Lenient[str], BeforeValidator(_as_json)]
Id = Annotated[int, BeforeValidator(_no_flag), Field(gt=0)]


Status = Annotated[str, Field(strict=True, min_length=1), AfterValidator(lambda text: one_line(text).lower() or "?")]
"""A status as every text can show it; its capitals mean nothing."""
Moment = Annotated[datetime, AfterValidator(_as_utc)]
