"""Comments and issues on GitHub or GitLab, whichever runs this. It needs nothing but Python.

ci/forge.py comment FILE      put FILE on the pull request, in the place of the comment that has the same first line
ci/forge.py open TITLE FILE   open an issue with FILE as its text, or bring the open one of this title up to date
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

PAGE = 100
CLOSED = "There is no drift any more."


@dataclass(frozen=True)
class Forge:
    """Where the API is, what opens it, and how it names things; `comments` and `issues` are paths below `url`."""

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
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the CI's own
            return json.load(answer)

    def all(self, path: str) -> Iterator[dict[str, Any]]:
        """Return everything that a list holds, page by page."""
        page, found = 1, PAGE
        while found == PAGE:
            items = self.call("GET", f"{path}{'&' if '?' in path else '?'}per_page={PAGE}&page={page}")
            yield from items
            page, found = page + 1, len(items)


def github(env: dict[str, str]) -> Forge:
    """Return GitHub, as its own variables and GITHUB_TOKEN show it."""
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
    """Return GitLab, as its own variables and GITLAB_TOKEN show it."""
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


def is_own(forge: Forge, comment: dict[str, Any]) -> bool:
    """Return whether the comment was written with this token."""
    if "author" not in comment:
        return bool(comment["user"]["login"] == "github-actions[bot]")
    return bool(comment["author"]["id"] == forge.call("GET", "user")["id"])


def put_comment(forge: Forge, file: str) -> None:
    """Write the comment, or change the one that is there."""
    text = Path(file).read_text(encoding="utf-8")
    mark = text.splitlines()[0]
    found = [one for one in forge.all(forge.comments) if (one["body"] or "").startswith(mark) and is_own(forge, one)]
    if found:
        forge.call(forge.change, f"{forge.comment}/{found[0]['id']}", {"body": text})
    else:
        forge.call("POST", forge.comments, {"body": text})


def open_issue(forge: Forge, title: str, file: str) -> None:
    """Open the issue, or bring it up to date, of which nobody is told."""
    text = {forge.body: Path(file).read_text(encoding="utf-8")}
    found = issue(forge, title)
    if found is None:
        forge.call("POST", forge.issues, {"title": title, **text})
    else:
        forge.call(forge.change, f"{forge.issues}/{found}", text)


def close_issue(forge: Forge, title: str) -> None:
    """Say that it is over and close the issue."""
    found = issue(forge, title)
    if found is not None:
        comments = "comments" if forge.number == "number" else "notes"
        forge.call("POST", f"{forge.issues}/{found}/{comments}", {"body": CLOSED})
        forge.call(forge.change, f"{forge.issues}/{found}", forge.closing)


def issue(forge: Forge, title: str) -> int | None:
    """Return the number of the open issue with this title that was opened with this token."""
    found = [one[forge.number] for one in forge.all(f"{forge.issues}?{forge.open}") if one["title"] == title]
    return found[0] if found else None


COMMANDS: dict[str, Callable[..., None]] = {"comment": put_comment, "open": open_issue, "close": close_issue}

if __name__ == "__main__":
    _, command, *arguments = sys.argv
    environment = dict(os.environ)
    try:
        COMMANDS[command](
            github(environment) if "GITHUB_REPOSITORY" in environment else gitlab(environment), *arguments
        )
    except urllib.error.HTTPError as problem:
        sys.exit(f"ci/forge.py {command}: {problem.code} from {urllib.parse.urlsplit(problem.url).path}")
    except json.JSONDecodeError:
        sys.exit(f"ci/forge.py {command}: the answer is no JSON; is the address of the API the forge's?")
    except (OSError, http.client.HTTPException) as problem:
        sys.exit(f"ci/forge.py {command}: {problem or type(problem).__name__}")
    except KeyError as missing:
        sys.exit(f"ci/forge.py {command}: {missing.args[0]} is not set")
