"""The tree of errors as a page."""

import inspect

from tools.pages.source import NOTE, code, sentences, table
from xplenty_pulumi import errors

_OPENING = """\
# Errors

Every error that leaves this package is one of these, from `xplenty_pulumi.errors`. Its text says what happened, to
which resource, what exists now, and what to do next. It holds no secret and no body of an answer."""


def pages() -> dict[str, str]:
    """Return the page by its path in the reference."""
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.XplentyError)]
    found.sort(key=lambda one: inspect.getsourcelines(one)[1])
    rows = [(code(one.__name__), code(one.__bases__[0].__name__), " ".join(sentences(one).split())) for one in found]
    return {"errors.md": "\n\n".join([_OPENING, NOTE, table(("error", "is a", "meaning"), rows)])}
