"""From a parsed JSON body to models."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from xplenty_pulumi.client.http.outcomes import Answered
from xplenty_pulumi.client.models import RateLimit, Record

R = TypeVar("R", bound=Record)


class Unreadable(ValueError):
    """A success whose body is not what was asked for; the text says what is wrong without quoting it."""


def read_record(model: type[R], answer: Answered) -> R:
    """Return the body as one `model`; raises Unreadable."""
    return _parse(model, answer.body)


def read_records(model: type[R], answer: Answered) -> tuple[R, ...]:
    """Return the body, a list, as models; raises Unreadable if it is none or one of its items cannot be read."""
    if not isinstance(answer.body, list):
        raise Unreadable("the body is not a list")
    return tuple(_parse(model, item) for item in answer.body)


def read_mapping(answer: Answered) -> dict[str, object]:
    """Return the body, an object with free names, as a dictionary; raises Unreadable."""
    if not isinstance(answer.body, Mapping):
        raise Unreadable("the body is not an object")
    return dict(answer.body)


def read_rate_limit(answer: Answered) -> RateLimit:
    """Return the body of the rate limit call, which wraps its two numbers in `limits` (observed); raises Unreadable."""
    return _parse(RateLimit, read_mapping(answer).get("limits", answer.body))


def _parse(model: type[R], body: object) -> R:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        names = sorted({str(problem["loc"][0]) for problem in error.errors(include_input=False) if problem["loc"]})
    what = f"without a valid {' and '.join(names)}" if names else "that is not an object"
    raise Unreadable(f"with a {model.__name__} {what}")
