"""Connections: what packages read from and write to; the service never shows the secrets in their settings."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from pydantic import model_validator

from xplenty_pulumi.client.collection import Collection, checked_body, revealed
from xplenty_pulumi.client.http.calls import ApiCall
from xplenty_pulumi.client.http.outcomes import Answered, CallKind, HttpRequest
from xplenty_pulumi.client.models import Identified, Record
from xplenty_pulumi.client.paging import Listed, list_query
from xplenty_pulumi.client.parsing import Lenient, Moment, Status, Unreadable, read_records
from xplenty_pulumi.errors import SpecError

_KEY = re.compile(r"[a-z][a-z0-9]*/[1-9][0-9]{0,17}")
_TYPE = re.compile(r"[a-z][a-z0-9]*")
_SECRET = re.compile(r"pass(word|phrase|wd)|secret|token|credential|private_?key|^code$")


class Connection(Identified):
    """A source or a destination of packages, by its `type`, such as `s3` or `redshift`.

    Its id is certain to be unique only among those of its type, so that calls are about its `key`. The fields of its
    type that the service shows are in `settings`. The service shows no secret (documented); if it does, it is not kept.
    """

    shown_fields = ("id", "type")

    type: Status
    name: Lenient[str] = None
    unique_id: Lenient[str] = None
    created_at: Lenient[Moment] = None
    updated_at: Lenient[Moment] = None
    url: Lenient[str] = None

    @model_validator(mode="before")
    @classmethod
    def _without_secrets(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if not _SECRET.search(str(name))}

    @property
    def key(self) -> str:
        """Its type and its id, such as `s3/53`."""
        return f"{self.type}/{self.id}"

    @property
    def settings(self) -> dict[str, object]:
        """The fields of its type, by name, as far as the service shows them."""
        return {name: value for name, value in (self.model_extra or {}).items() if value is not None}


class ConnectionType(Record):
    """A type of connections."""

    shown_fields = ("type",)

    type: Status
    name: Lenient[str] = None
    description: Lenient[str] = None
    icon_url: Lenient[str] = None
    groups: Lenient[tuple[dict[str, object], ...]] = None


class Connections(Collection[Connection]):
    """The connections of an account; every method raises an XplentyError when it cannot return what it promises.

    A `key` is the type and the id, such as `s3/53`.
    """

    _name = "connections"
    _model = Connection

    def get(self, key: str) -> Connection:
        """Return the connection as it is now."""
        return self._one("GET", key)

    def list(
        self,
        *,
        types: Sequence[str] = (),
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        page_size: int = 100,
    ) -> Listed[Connection]:
        """Yield connections by name unless `sort` (`id`, `name`, `type`, `created`, `updated`) and `direction` say so.

        `types` leaves out those of other types if it names any, `since` what was not updated since then. A page of
        `page_size` (1 to 100) is fetched when it is needed, so a caller that stops early saves calls.
        """
        wanted = ",".join(types) or None
        return self._list(list_query(sort=sort, direction=direction, since=since, page_size=page_size, type=wanted))

    def types(self) -> tuple[ConnectionType, ...]:
        """Return the types that the service has."""
        request = HttpRequest("GET", f"{self._base}/{self._name}/types")
        read = partial(read_records, ConnectionType)
        return self._caller.run(ApiCall(CallKind.READ, request, "types of connections", read))

    def create(self, fields: Mapping[str, object]) -> Connection:
        """Make a connection and return it.

        `fields` are `type`, `name` and those of the type; they may be Secrets. UnsureError means that the connection
        may exist: look for it before making it again.
        """
        type_, rest = _apart(fields)

        def check(made: Connection) -> None:
            if made.type != type_:
                raise Unreadable("with a connection of another type")

        return self._create(revealed(rest), resource="new connection", within=f"/{type_}", check=check)

    def update(self, key: str, fields: Mapping[str, object]) -> Connection:
        """Set some fields, `name` or those of the type, and return the connection; all others stay as they are.

        The type cannot be changed. UnsureError means: read it and compare.
        """
        return self._one("PUT", key, body=revealed(fields))

    def delete(self, key: str) -> Connection:
        """Remove the connection and return it as it was; nothing that refers to it works any more (documented)."""
        return self._one("DELETE", key)

    def test(self, key: str) -> None:
        """Return if the service can use the connection.

        Raises:
            InvalidError: it cannot; `said` are its own words.
        """
        request = HttpRequest("POST", f"{self._path_of(key)}/test")
        self._caller.run(ApiCall(CallKind.READ, request, f"test of connection {key}", _read_passed))

    def test_new(self, fields: Mapping[str, object]) -> None:
        """Return if the service can use a connection with these fields, of which none is made; see `create`.

        Raises:
            InvalidError: it cannot; `said` are its own words.
        """
        type_, rest = _apart(fields)
        body = checked_body(revealed(rest))
        request = HttpRequest("POST", f"{self._base}/{self._name}/{type_}/test", body=body)
        self._caller.run(ApiCall(CallKind.READ, request, f"test of a new {type_} connection", _read_passed))

    def _checked(self, key: int | str) -> str:
        if isinstance(key, str) and _KEY.fullmatch(key):
            return key
        raise SpecError("connection_key must be a type and an id, such as s3/53", field="connection_key")


def _read_passed(answer: Answered) -> None:
    if answer.body is not True:
        raise Unreadable("the body is not `true`")


def _apart(fields: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """The type, which stands in the path, and all other fields."""
    type_ = fields.get("type")
    if not isinstance(type_, str) or not _TYPE.fullmatch(type_):
        raise SpecError("type must be the name of a type of connections, such as s3", field="type")
    return type_, {name: value for name, value in fields.items() if name != "type"}
