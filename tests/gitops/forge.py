"""A forge on loopback that keeps comments and issues, in the ways of GitHub and of GitLab."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.accounts.loopback import Answer, Received, serving_http

TOKEN = "token-of-the-forge"
US, THEM = "github-actions[bot]", "somebody"


@dataclass(frozen=True)
class Dialect:
    """How a forge names things. `comments` finds the parent in a path, `issues` the number of an issue, if any."""

    comments: str
    comment: str
    issues: str
    body: str
    number: str
    credentials: tuple[str, str]
    closes: Mapping[str, str]


GITHUB = Dialect(
    r"/repos/acme/loads/issues/(\d+)/comments",
    r"/repos/acme/loads/issues/comments/(\d+)",
    r"/repos/acme/loads/issues(?:/(\d+))?",
    "body",
    "number",
    ("Authorization", f"Bearer {TOKEN}"),
    {"state": "closed"},
)
GITLAB = Dialect(
    r"/projects/12/(?:merge_requests|issues)/(\d+)/notes",
    r"/projects/12/merge_requests/\d+/notes/(\d+)",
    r"/projects/12/issues(?:/(\d+))?",
    "description",
    "iid",
    ("PRIVATE-TOKEN", TOKEN),
    {"state_event": "close"},
)


@dataclass
class Forge:
    """What is on it; `comments` are by the number of the pull request or issue that they belong to."""

    dialect: Dialect
    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: count(100))
    asked: int = 0
    redirects_to: str = ""
    status_of_posts: int = 201
    ends: bool = True
    meanwhile: Callable[[], object] | None = None
    """What another run does just after the next POST."""

    def comments_on(self, number: int) -> list[str]:
        """Return the texts of all comments there."""
        return [one["body"] for one in self.comments if one["on"] == number]

    def add_comment(self, number: int, body: str, *, by: str) -> dict[str, Any]:
        """Add a comment of this person."""
        author = {"login": by, "id": 1 if by == US else 2}
        made = {"id": next(self.ids), "on": number, "body": body, "user": author}
        if self.dialect is GITLAB:
            made["author"] = made.pop("user")
        self.comments.append(made)
        return made

    def reply(self, request: Received) -> Answer:
        """Answer a request whose credentials are known."""
        self.asked += 1
        name, value = self.dialect.credentials
        known = request.headers.get(name) == value
        found = self.answer(request.method, request.path, json.loads(request.body or b"{}")) if known else None
        success = self.status_of_posts if request.method == "POST" else 200
        if self.redirects_to:
            success = 302
        headers = {"Location": f"{self.redirects_to}{request.path}"} if self.redirects_to else {}
        return 401 if not known else 404 if found is None else success, headers, json.dumps(found).encode()

    def answer(self, method: str, path: str, body: dict[str, str]) -> Any:
        """Return what the forge says to a call, or None where there is no such thing."""
        where = urlsplit(path)
        if method != "GET":
            self.changes.append(f"{method} {where.path}")
        if where.path == "/user":
            return {"id": 1}
        if found := re.fullmatch(self.dialect.comment, where.path):
            if method == "DELETE":
                return self._deleted(int(found[1]))
            return self._changed(self.comments, "id", int(found[1]), body)
        if found := re.fullmatch(self.dialect.comments, where.path):
            return self._comments(method, int(found[1]), body, where.query)
        if found := re.fullmatch(self.dialect.issues, where.path):
            return self._issues(method, found[1], body, where.query)
        return None

    def _comments(self, method: str, number: int, body: dict[str, str], query: str) -> Any:
        if method == "POST":
            return self._made(self.add_comment(number, body["body"], by=US))
        if not self.ends:
            return [self.add_comment(number, "a remark", by=THEM)] * 100
        return _page([one for one in self.comments if one["on"] == number], query)

    def _issues(self, method: str, number: str | None, body: dict[str, str], query: str) -> Any:
        if number:
            is_closing = self.dialect.closes.items() <= body.items()
            return self._changed(
                self.issues, self.dialect.number, int(number), {"state": "closed"} if is_closing else body
            )
        if method == "POST":
            self.issues.append({**body, self.dialect.number: 1 + len(self.issues), "state": "open"})
            return self._made(self.issues[-1])
        return _page([one for one in self.issues if one["state"] == "open"], query)

    def _made(self, made: dict[str, Any]) -> dict[str, Any]:
        if (other := self.meanwhile) is not None:
            self.meanwhile = None
            other()
        return made

    def _deleted(self, number: int) -> dict[str, Any] | None:
        found = [one for one in self.comments if one["id"] == number]
        self.comments = [one for one in self.comments if one["id"] != number]
        return {} if found else None

    @staticmethod
    def _changed(things: list[dict[str, Any]], key: str, value: int, body: dict[str, str]) -> Any:
        found = next((one for one in things if one[key] == value), None)
        if found is not None:
            found.update(body)
        return found


def _page(items: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    wanted = {name: int(values[0]) for name, values in parse_qs(query).items() if values[0].isdigit()}
    first = (wanted["page"] - 1) * wanted["per_page"]
    return items[first : first + wanted["per_page"]]


@contextmanager
def forge(dialect: Dialect) -> Iterator[Forge]:
    """Give a new forge, and end it afterwards."""
    made = Forge(dialect)
    with serving_http(made.reply) as made.url:
        yield made
