"""The calls that all collections share, the checks of what callers pass, and whose record an answer holds.

A mixed-up connection or cache can answer a call with the record of another. So the id that was asked for is the id
that is answered, and where a record shows its own address, kind, id and account there are those that were asked for.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Generic, TypeVar
from urllib.parse import unquote, urlsplit

from xplenty_pulumi.client.http.calls import ApiCall, Caller
from xplenty_pulumi.client.http.outcomes import Answered, CallKind, HttpRequest
from xplenty_pulumi.client.models import Identified, Watcher
from xplenty_pulumi.client.paging import Listed, Page, page_of
from xplenty_pulumi.client.parsing import Unreadable, read_record, read_records
from xplenty_pulumi.errors import SpecError
from xplenty_pulumi.redact import Secret
from xplenty_pulumi.text import label

T = TypeVar("T")
RecordT = TypeVar("RecordT", bound=Identified)
OtherT = TypeVar("OtherT", bound=Identified)

_ADDRESS = re.compile(r"/([^/]+)/api/([^/]+)/((?:[a-z][a-z0-9]*/)?[0-9]+)(/.*)?")
"""The documented form; before an id may stand its type, and behind it the name of a part, such as a log."""
_NUMERIC_ACCOUNT = re.compile(r"(u_)?[0-9]+")


def revealed(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values as they are sent: Secrets in clear."""
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()}


def checked_id(value: int | str, *, field: str) -> int:
    """Return `value` if it can be an id; raises SpecError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SpecError(f"{field} must be a positive whole number", field=field)
    return value


def checked_body(fields: Mapping[str, object]) -> dict[str, object]:
    """Return `fields` as a body, each value being one that JSON can express; raises SpecError."""
    for name, value in fields.items():
        try:
            json.dumps(value, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError):
            raise SpecError(f"{name} holds a value that JSON cannot express", field=name) from None
    return dict(fields)


class Collection(Generic[RecordT]):
    """The records of one kind in the account whose calls are below `base`, which is `/{account}/api`."""

    _name: ClassVar[str]
    _model: type[RecordT]

    def __init__(self, caller: Caller, *, base: str) -> None:
        self._caller = caller
        self._base = base
        self._kind = self._name.removesuffix("s")

    def _path_of(self, key: int | str) -> str:
        return f"{self._base}/{self._name}/{self._checked(key)}"

    def _checked(self, key: int | str) -> int | str:
        """Return what can identify a record, to be put into a path; raises SpecError."""
        return checked_id(key, field=f"{self._kind}_id")

    def _create(
        self,
        body: Mapping[str, object],
        *,
        resource: str,
        within: str = "",
        check: Callable[[RecordT], None] = lambda _: None,
    ) -> RecordT:
        """Make a call that creates a record; `check` raises Unreadable for one that was not asked for.

        `within` is what stands behind the name of the collection.
        """

        def read(answer: Answered) -> RecordT:
            record = self._read_one(self._model, answer)
            check(record)
            return record

        request = HttpRequest("POST", f"{self._base}/{self._name}{within}", body=checked_body(body), makes=True)
        return self._caller.run(ApiCall(CallKind.CREATE, request, resource, read))

    def _one(
        self,
        method: str,
        key: int | str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> RecordT:
        """Make a call about one record, which the answer holds."""
        path = self._path_of(key)
        request = HttpRequest(method, path, query or {}, None if body is None else checked_body(body))
        kind = CallKind.READ if method == "GET" else CallKind.WRITE
        read = partial(self._read_one, self._model, key=key)
        return self._caller.run(ApiCall(kind, request, label(self._kind, key), read))

    def _part(self, method: str, key: int | str, part: str, *, read: Callable[[Answered], T]) -> T:
        """Make a call about a part of one record; nothing is read that shows itself to be of another record."""

        def read_checked(answer: Answered) -> T:
            for item in answer.body if isinstance(answer.body, list) else [answer.body]:
                if isinstance(item, Mapping):
                    self._require_own_address(item.get(f"{self._kind}_url"), key=key)
                    self._require_own_address(item.get("url"), key=key, is_part=True)
            return read(answer)

        request = HttpRequest(method, f"{self._path_of(key)}/{part}")
        kind = CallKind.READ if method == "GET" else CallKind.WRITE
        return self._caller.run(ApiCall(kind, request, f"{part} of {self._kind} {key}", read_checked))

    def _list(self, query: Mapping[str, str]) -> Listed[RecordT]:
        return self._listed(f"{self._base}/{self._name}", query, what=self._name, read_all=self._read_all)

    def _list_part(
        self, number: int, part: str, query: Mapping[str, str], *, read_all: Callable[[Answered], tuple[OtherT, ...]]
    ) -> Listed[OtherT]:
        """Return the records of another list that belongs to one record."""
        what = f"{part} of {self._kind} {number}"
        return self._listed(f"{self._path_of(number)}/{part}", query, what=what, read_all=read_all)

    def _listed(
        self, path: str, query: Mapping[str, str], *, what: str, read_all: Callable[[Answered], tuple[OtherT, ...]]
    ) -> Listed[OtherT]:
        def page(offset: int) -> Page[OtherT]:
            def read(answer: Answered) -> Page[OtherT]:
                return page_of(read_all(answer), answer.next_page, offset=offset, limit=int(query["limit"]))

            request = HttpRequest("GET", path, {**query, "offset": str(offset)})
            return self._caller.run(ApiCall(CallKind.READ, request, what, read))

        return Listed(page, note_cut=lambda: self._caller.cut.add(what))

    def _read_one(self, model: type[OtherT], answer: Answered, *, key: int | str | None = None) -> OtherT:
        """Return the body as the record with this key, or as a new one without it; raises Unreadable."""
        record = read_record(model, answer)
        if key is not None and record.key != key:
            raise Unreadable(f"with another {model.__name__} than the one asked for")
        self._require_own_addresses(record)
        return record

    def _read_all(self, answer: Answered) -> tuple[RecordT, ...]:
        records = read_records(self._model, answer)
        if len({record.key for record in records}) < len(records):
            raise Unreadable(f"with one {self._model.__name__} twice")
        for record in records:
            self._require_own_addresses(record)
        return records

    def _require_own_addresses(self, record: Identified) -> None:
        for name in ("url", "html_url"):
            self._require_own_address(getattr(record, name, None), key=record.key)

    def _require_own_address(self, address: object, *, key: int | str, is_part: bool = False) -> None:
        """Raise Unreadable for an address of the documented form that is another's; a proxy may have another host."""
        if not isinstance(address, str) or "/api/" not in address:
            return
        own = f"{self._base}/{self._name}/{key}"
        if not is_part and address.partition("://")[2].partition("/")[2] == own[1:]:
            return
        try:
            path = urlsplit(address).path
        except ValueError:
            return
        found = _ADDRESS.fullmatch(path)
        if found is None or bool(found[4]) is not is_part:
            return
        if (found[2], found[3]) != (self._name, str(key)):
            raise Unreadable(f"with the address of something else than one of the {self._name} asked for")
        # An account has a numeric id beside its text, and only one of them is known here.
        shown, asked = unquote(found[1]).casefold(), unquote(self._base.split("/")[1]).casefold()
        if shown != asked and not any(map(_NUMERIC_ACCOUNT.fullmatch, (shown, asked))):
            raise Unreadable("with a record of another account")


class WatchedCollection(Collection[RecordT]):
    """Records of whose events users are notified; who makes one is one of them (documented)."""

    def watchers(self, record_id: int) -> tuple[Watcher, ...]:
        """Return the users who are notified."""
        return self._part("GET", record_id, "watchers", read=partial(read_records, Watcher))

    def watch(self, record_id: int) -> None:
        """Notify the user of this key; doing it twice is fine."""
        self._part("POST", record_id, "watchers", read=lambda _: None)

    def unwatch(self, record_id: int) -> None:
        """Notify the user of this key no longer; doing it twice is fine."""
        self._part("DELETE", record_id, "watchers", read=lambda _: None)
