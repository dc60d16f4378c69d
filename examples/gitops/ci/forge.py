"""Comments and issues on GitHub or GitLab, whichever runs this script. It needs only Python.

The token is sent to the forge's own address only: a redirect is an error.

ci/forge.py comment FILE      write FILE to the pull request, and replace the comment that has the same first line
ci/forge.py open TITLE FILE   open an issue with FILE as its text, or update the open issue of this title
ci/forge.py close TITLE       close the open issue of this title, if there is one
"""

import http.client
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE, MOST_PAGES = 100, 50
DONE = {"GET": {200}, "POST": {201}, "PATCH": {200}, "PUT": {200}, "DELETE": {200, 202, 204}}
CLOSED = "There is no drift any more."


@dataclass(frozen=True)
class Forge:
    """The API's address, its credentials and its names of fields; `comments` and `issues` are paths below `url`."""

    url: str
    headers: dict[str, str]
    comments: str
    comment: str
    issues: str
    body: str
    number: str
    open: str
    change: str
    closing: dict[str, str]

    def call(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """Return the answer to a call."""
        data = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": "application/json", "User-Agent": "ci"}
        request = urllib.request.Request(f"{self.url}/{path}", data, headers, method=method)  # noqa: S310 - the CI's own
        with OPENER.open(request, timeout=60) as answer:
            if answer.status not in DONE[method]:
                raise Surprise(
                    f"{answer.status} is no success of {method} {urllib.parse.urlsplit(request.full_url).path}"
                )
            return None if method == "DELETE" else json.load(answer)

    def delete(self, path: str) -> None:
        """Delete a comment, which another run may have deleted already."""
        try:
            self.call("DELETE", path)
        except urllib.error.HTTPError as problem:
            if problem.code != 404:
                raise

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield all entries of a list, page by page."""
        for page in range(1, MOST_PAGES + 1):
            items = self.call("GET", f"{path}{'&' if '?' in path else '?'}per_page={PAGE}&page={page}")
            yield from items
            if len(items) < PAGE:
                return
        raise Surprise(f"{path.partition('?')[0]} has more than {MOST_PAGES * PAGE:,} entries, or never ends")


class Surprise(Exception):
    """The answer of the forge is not valid for the call."""


class Staying(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token would be sent too, and a POST would become a GET that changes nothing."""

    def redirect_request(self, *_: Any) -> None:
        """Return no new request, so that the redirect is an error."""


OPENER = urllib.request.build_opener(Staying)


def github(env: dict[str, str]) -> Forge:
    """Return GitHub, by its own variables and GITHUB_TOKEN."""
    home = f"repos/{env['GITHUB_REPOSITORY']}"
    return Forge(
        env["GITHUB_API_URL"],
        {"Authorization": f"Bearer {env['GITHUB_TOKEN']}", "Accept": "application/vnd.github+json"},
        comments=f"{home}/issues/{env.get('PULL_REQUEST', '')}/comments",
        comment=f"{home}/issues/comments",
        issues=f"{home}/issues",
        body="body",
        number="number",
        open="state=open&creator=github-actions%5Bbot%5D",
        change="PATCH",
        closing={"state": "closed"},
    )


def gitlab(env: dict[str, str]) -> Forge:
    """Return GitLab, by its own variables and GITLAB_TOKEN."""
    home = f"projects/{env['CI_PROJECT_ID']}"
    comments = f"{home}/merge_requests/{env.get('CI_MERGE_REQUEST_IID', '')}/notes"
    return Forge(
        env["CI_API_V4_URL"],
        {"PRIVATE-TOKEN": env["GITLAB_TOKEN"]},
        comments=comments,
        comment=comments,
        issues=f"{home}/issues",
        body="description",
        number="iid",
        open="state=opened&scope=created_by_me",
        change="PUT",
        closing={"state_event": "close"},
    )


def owner(forge: Forge) -> Callable[[dict[str, Any]], bool]:
    """Return a function that checks whether a comment or an issue was written with this token."""
    if forge.number == "number":
        return lambda one: bool(one["user"]["login"] == "github-actions[bot]")
    own = forge.call("GET", "user")["id"]
    return lambda one: bool(one["author"]["id"] == own)


def put_comment(forge: Forge, file: str) -> None:
    """Write the comment, or update the existing one; if two runs wrote at the same time, keep the oldest."""
    text = Path(file).read_text(encoding="utf-8")
    mark, is_own = text.splitlines()[0], owner(forge)
    made: Any = None
    if not (found := comments(forge, mark, is_own)):
        made = forge.call("POST", forge.comments, {"body": text})["id"]
    first, *others = found or comments(forge, mark, is_own) or [made]
    if first != made:
        forge.call(forge.change, f"{forge.comment}/{first}", {"body": text})
    for one in others:
        forge.delete(f"{forge.comment}/{one}")


def comments(forge: Forge, mark: str, is_own: Callable[[dict[str, Any]], bool]) -> list[int]:
    """Return the comments of this token that begin with the mark, oldest first."""
    found = forge.all(forge.comments)
    return sorted(int(one["id"]) for one in found if (one["body"] or "").startswith(mark) and is_own(one))


def open_issue(forge: Forge, title: str, file: str) -> None:
    """Open the issue, or update it, which notifies nobody; if there are two, close the later one."""
    text = {forge.body: Path(file).read_text(encoding="utf-8")}
    made: Any = None
    if not (found := issues(forge, title)):
        made = forge.call("POST", forge.issues, {"title": title, **text})[forge.number]
    first, *others = found or issues(forge, title) or [made]
    if first != made:
        forge.call(forge.change, f"{forge.issues}/{first}", text)
    for one in others:
        forge.call(forge.change, f"{forge.issues}/{one}", forge.closing)


def close_issue(forge: Forge, title: str) -> None:
    """Comment that the drift is gone, and close the issue."""
    for found in issues(forge, title):
        notes = "comments" if forge.number == "number" else "notes"
        forge.call("POST", f"{forge.issues}/{found}/{notes}", {"body": CLOSED})
        forge.call(forge.change, f"{forge.issues}/{found}", forge.closing)


def issues(forge: Forge, title: str) -> list[int]:
    """Return the numbers of the open issues with this title that were opened with this token, oldest first."""
    found = forge.all(f"{forge.issues}?{forge.open}")
    return sorted(int(one[forge.number]) for one in found if one["title"] == title)


COMMANDS: dict[str, Callable[..., None]] = {"comment": put_comment, "open": open_issue, "close": close_issue}

if __name__ == "__main__":
    _, command, *arguments = sys.argv
    environment = dict(os.environ)
    try:
        COMMANDS[command](
            github(environment) if "GITHUB_REPOSITORY" in environment else gitlab(environment), *arguments
        )
    except urllib.error.HTTPError as problem:
        sent_on = "; a redirect is not followed, since the token would go along" if 300 <= problem.code < 400 else ""
        sys.exit(f"ci/forge.py {command}: {problem.code} from {urllib.parse.urlsplit(problem.url).path}{sent_on}")
    except Surprise as problem:
        sys.exit(f"ci/forge.py {command}: {problem}")
    except json.JSONDecodeError:
        sys.exit(f"ci/forge.py {command}: the answer is no JSON; is the address of the API the forge's?")
    except (OSError, http.client.HTTPException) as problem:
        sys.exit(f"ci/forge.py {command}: {problem or type(problem).__name__}")
    except KeyError as missing:
        name = {"CI_PROJECT_ID": "neither GITHUB_REPOSITORY nor CI_PROJECT_ID"}.get(missing.args[0], missing.args[0])
        verb = "is set" if name.startswith("neither") else "is not set"
        sys.exit(f"ci/forge.py {command}: {name} {verb}; nothing was written")
