"""Whose record an answer holds: nothing is taken for what was asked for that shows itself to be something else.

A mixed-up connection or cache can answer a call with the record of another. So the id that was asked for is the id
that is answered, and where a record shows its own address, kind, id and account there are those that were asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from xplenty_pulumi.client.http.outcomes import Answered
from xplenty_pulumi.client.models import Identified, Instance, JobLog, Watcher
from xplenty_pulumi.client.parsing import Unreadable, read_record, read_records

R = TypeVar("R", bound=Identified)
P = TypeVar("P", Instance, JobLog, Watcher)

_ADDRESS = re.compile(r"/([^/]+)/api/([^/]+)/([0-9]+)(/.*)?")
"""The documented form; behind the id of its owner stands the name of a part, such as a log."""
_NUMERIC_ACCOUNT = re.compile(r"(u_)?[0-9]+")


@dataclass(frozen=True)
class Collection:
    """Where the records of one kind are: `base` is `/{account}/api`, `name` the collection's own part of the path."""

    base: str
    name: str

    @property
    def path(self) -> str:
        """The path of the whole collection."""
        return f"{self.base}/{self.name}"

    def read_one(self, model: type[R], answer: Answered, *, number: int | None = None) -> R:
        """Return the body as the record with this id, or as a new one without it; raises Unreadable."""
        record = read_record(model, answer)
        if number is not None and record.id != number:
            raise Unreadable(f"with another {model.__name__} than the one asked for")
        return self._checked(record)

    def read_all(self, model: type[R], answer: Answered) -> tuple[R, ...]:
        """Return the body, a list, as records that differ by their ids; raises Unreadable."""
        records = read_records(model, answer)
        if len({record.id for record in records}) < len(records):
            raise Unreadable(f"with one {model.__name__} twice")
        return tuple(self._checked(record) for record in records)

    def read_part(self, model: type[P], answer: Answered, *, number: int) -> P:
        """Return the body as a part of the record with this id; raises Unreadable."""
        self.check_owner(answer, number=number)
        return read_record(model, answer)

    def read_parts(self, model: type[P], answer: Answered, *, number: int) -> tuple[P, ...]:
        """Return the body, a list, as parts of the record with this id; raises Unreadable."""
        self.check_owner(answer, number=number)
        return read_records(model, answer)

    def check_owner(self, answer: Answered, *, number: int) -> None:
        """Raise Unreadable if what is answered about a part of a record shows that it is of another record."""
        items = answer.body if isinstance(answer.body, list) else [answer.body]
        for item in items:
            if isinstance(item, Mapping):
                self._check(item.get(f"{self.name.removesuffix('s')}_url"), number=number)
                self._check(item.get("url"), number=number, is_part=True)

    def _checked(self, record: R) -> R:
        for name in ("url", "html_url"):
            self._check(getattr(record, name, None), number=record.id)
        return record

    def _check(self, address: object, *, number: int, is_part: bool = False) -> None:
        """Compare an address of the documented form; the host is not compared, because a proxy may have another."""
        found = _ADDRESS.fullmatch(_path_of(address))
        if found is None or bool(found[4]) is not is_part:
            return
        if (found[2], found[3]) != (self.name, str(number)):
            raise Unreadable(f"with the address of something else than one of the {self.name} asked for")
        if not self._is_same_account(unquote(found[1])):
            raise Unreadable("with a record of another account")

    def _is_same_account(self, shown: str) -> bool:
        """Whether this can be the account: it has a numeric id beside its text, and only one of them is known here."""
        asked = unquote(self.base.split("/")[1])
        is_comparable = not any(_NUMERIC_ACCOUNT.fullmatch(account) for account in (shown, asked))
        return shown.casefold() == asked.casefold() or not is_comparable


def _path_of(address: object) -> str:
    try:
        return urlsplit(address).path if isinstance(address, str) else ""
    except ValueError:
        return ""
