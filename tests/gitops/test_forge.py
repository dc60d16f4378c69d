"""`ci/forge.py` on both forges: one comment, one issue, and nothing of anybody else touched."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gitops.forge import GITHUB, GITLAB, THEM, TOKEN, US, Dialect, Forge, forge
from tests.gitops.workflows import EXAMPLE

NUMBER = 7
TITLE = "Drift in the stack prod"
MARK = "<!-- xplenty-pulumi preview of prod -->"


@pytest.fixture(params=[GITHUB, GITLAB], ids=["github", "gitlab"])
def made(request: pytest.FixtureRequest) -> Iterator[Forge]:
    """A new forge of each kind."""
    dialect: Dialect = request.param
    with forge(dialect) as one:
        yield one


def run(made: Forge, *arguments: str, token: str = TOKEN) -> "subprocess.CompletedProcess[str]":
    """Run the script with the variables of the forge's CI system."""
    github = {"GITHUB_REPOSITORY": "acme/loads", "GITHUB_API_URL": made.url, "GITHUB_TOKEN": token}
    gitlab = {"CI_PROJECT_ID": "12", "CI_API_V4_URL": made.url, "GITLAB_TOKEN": token}
    number = {"PULL_REQUEST": str(NUMBER), "CI_MERGE_REQUEST_IID": str(NUMBER)}
    other = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "GITLAB_"))}
    return subprocess.run(
        [sys.executable, EXAMPLE / "ci" / "forge.py", *arguments],
        env={**other, **number, **(github if made.dialect is GITHUB else gitlab)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_forge_both_are_named() -> None:
    """Outside a job of either CI system nobody is sent after the variable of the other one."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "GITLAB_"))}
    command = [sys.executable, str(EXAMPLE / "ci" / "forge.py"), "close", "Drift"]
    done = subprocess.run(command, env=plain, capture_output=True, text=True, timeout=60, check=False)
    told = "ci/forge.py close: neither GITHUB_REPOSITORY nor CI_PROJECT_ID is set; nothing was written\n"
    assert (done.returncode, done.stderr) == (1, told)


def text(folder: Path, words: str) -> str:
    """Return the name of a file with these words."""
    (folder / "text.md").write_text(words)
    return str(folder / "text.md")


def test_comment_is_put_in_the_place_of_the_last_one(made: Forge, tmp_path: Path) -> None:
    """However many others there are, of whatever stack, there is one of this mark, with the newest text."""
    for number in range(130):
        made.add_comment(NUMBER, f"remark {number}", by=THEM)
    made.add_comment(NUMBER, f"{MARK}\nnot ours", by=THEM)
    for words in ("first", "second"):
        assert run(made, "comment", text(tmp_path, f"{MARK}\n{words}")).returncode == 0
    run(made, "comment", text(tmp_path, f"{MARK.replace('prod', 'dev')}\nother stack"))

    assert len(made.comments) == 133
    assert made.comments_on(NUMBER)[-3:] == [
        f"{MARK}\nnot ours",
        f"{MARK}\nsecond",
        f"{MARK.replace('prod', 'dev')}\nother stack",
    ]


def test_issue_opens_once_and_closes_itself(made: Forge, tmp_path: Path) -> None:
    """It is brought up to date while it is open, closed with a word, and a later drift opens a new one."""
    assert run(made, "close", TITLE).returncode == 0
    assert made.changes == []
    for words in ("3 nodes", "4 nodes"):
        run(made, "open", TITLE, text(tmp_path, words))
    assert [one[made.dialect.body] for one in made.issues] == ["4 nodes"]

    run(made, "close", TITLE)
    assert made.issues[0]["state"] == "closed"
    assert made.comments_on(1) == ["There is no drift any more."]

    run(made, "open", TITLE, text(tmp_path, "5 nodes"))
    assert [one["state"] for one in made.issues] == ["closed", "open"]


def test_forge_that_is_not_there_is_one_line(made: Forge) -> None:
    """Whoever reads the log of the job finds the reason, not a traceback."""
    made.url = "http://127.0.0.1:1"
    done = run(made, "close", TITLE)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "Connection refused" in done.stderr


def test_refusal_is_one_line_without_the_token(made: Forge, tmp_path: Path) -> None:
    """A token that opens nothing is told of by status and path."""
    done = run(made, "open", TITLE, text(tmp_path, "drift"), token="wrong-token")
    assert done.returncode == 1
    assert done.stderr.startswith("ci/forge.py open: 401 from /")
    assert (len(done.stderr.splitlines()), "wrong-token" in done.stderr) == (1, False)


def test_token_is_not_sent_on(made: Forge, tmp_path: Path) -> None:
    """A forge that redirects to another address gets no answer there, and the line says why."""
    with forge(made.dialect) as elsewhere:
        made.redirects_to = elsewhere.url
        done = run(made, "open", TITLE, text(tmp_path, "drift"))
        asked = elsewhere.asked
    assert (done.returncode, asked) == (1, 0)
    assert done.stderr.endswith("; a redirect is not followed, since the token would go along\n")


def test_answer_that_makes_nothing_is_no_success(made: Forge, tmp_path: Path) -> None:
    """What is made is answered 201; a page with 200, as after a redirect, is none."""
    made.status_of_posts = 200
    done = run(made, "comment", text(tmp_path, f"{MARK}\nfirst"))
    assert done.returncode == 1
    assert "200 is no success of POST /" in done.stderr


def test_list_without_an_end_is_an_error(made: Forge, tmp_path: Path) -> None:
    """It is asked for fifty pages, and nothing is written then."""
    made.ends = False
    done = run(made, "comment", text(tmp_path, f"{MARK}\nfirst"))
    assert (done.returncode, made.changes) == (1, [])
    assert "has more than 5,000 entries, or never ends" in done.stderr
    assert len(made.comments) == 50


@pytest.mark.parametrize("is_older", [True, False])
def test_two_runs_leave_one_comment(made: Forge, tmp_path: Path, is_older: bool) -> None:
    """Both have found none: the older one stays, with the text of the run that came last; no other is touched."""
    made.add_comment(NUMBER, f"{MARK}\nnot ours", by=THEM)

    def write_another() -> None:
        made.add_comment(NUMBER, f"{MARK}\nfirst", by=US)["id"] = 99 if is_older else 999

    made.meanwhile = write_another
    assert run(made, "comment", text(tmp_path, f"{MARK}\nsecond")).returncode == 0
    assert made.comments_on(NUMBER) == [f"{MARK}\nnot ours", f"{MARK}\nsecond"]
    assert [one["id"] for one in made.comments[1:]] == [99 if is_older else 101]


def test_comments_that_killed_runs_have_left_become_one(made: Forge, tmp_path: Path) -> None:
    """The oldest has the new text."""
    for words in ("first", "second"):
        made.add_comment(NUMBER, f"{MARK}\n{words}", by=US)
    assert run(made, "comment", text(tmp_path, f"{MARK}\nthird")).returncode == 0
    assert made.comments_on(NUMBER) == [f"{MARK}\nthird"]


def test_two_runs_leave_one_issue(made: Forge, tmp_path: Path) -> None:
    """The later one closes, as issues cannot be deleted."""
    made.meanwhile = lambda: made.issues.append({**made.issues[0], made.dialect.number: 2})
    assert run(made, "open", TITLE, text(tmp_path, "3 nodes")).returncode == 0
    assert [one["state"] for one in made.issues] == ["open", "closed"]
