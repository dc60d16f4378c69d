"""`xplenty-pulumi preview-comment`: what is shown, what is hidden, and how long it may get."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.dynamic.dynamic import serialize_provider
from typer.testing import CliRunner

from xplenty_pulumi.cli.app import app
from xplenty_pulumi.cli.commands.comment.command import Heading, markdown
from xplenty_pulumi.cli.commands.comment.plan import Preview, preview_of
from xplenty_pulumi.cli.ui.markdown import LARGEST
from xplenty_pulumi.dynamic.providers.cluster import ClusterProvider
from xplenty_pulumi.dynamic.state import PROVIDER

KEY = "canary-key-0123456789"
OURS = serialize_provider(ClusterProvider())
STACK_URN = "urn:pulumi:prod::loads::pulumi:pulumi:Stack::loads-prod"


def step(operation: str, name: str, *, kind: str = "Cluster", **parts: Any) -> dict[str, Any]:
    """Return a step as the engine writes it; `before` and `after` are inputs."""
    urn = f"urn:pulumi:prod::loads::pulumi-python:dynamic/xplenty:{kind}::{name}"
    states = {"before": "oldState", "after": "newState"}
    return {"op": operation, "urn": urn} | {
        states.get(part, part): {"inputs": {PROVIDER: OURS, **value}} if part in states else value
        for part, value in parts.items()
    }


def document(*steps: dict[str, Any], same: int = 0, **parts: Any) -> str:
    """Return what `pulumi preview --json` prints for these steps and an unchanged stack."""
    whole = [{"op": "same", "urn": STACK_URN}, *steps]
    return json.dumps({"steps": whole, "changeSummary": {"same": same + 1}, **parts}, indent=4)


def shown(text: str, *arguments: str) -> str:
    """Return the comment that the command prints."""
    done = CliRunner().invoke(
        app, ["preview-comment", "--stack", "prod", *arguments], input=text, env={"XPLENTY_API_KEY": KEY}
    )
    assert done.exit_code == 0, done.output
    return done.stdout


RESIZE = step(
    "update",
    "etl",
    before={"nodes": 2, "name": "etl", "__owner": "x"},
    after={"nodes": 3, "name": "etl", "__owner": "y"},
    detailedDiff={"nodes": {"kind": "update"}},
    diffReasons=["nodes"],
)


def test_changes_are_named_with_both_values() -> None:
    """An update shows what changes and nothing else; the stack itself counts for nothing."""
    assert shown(document(RESIZE, same=4), "--commit", "0123456789abcdef", "--log", "https://ci.example/run/1") == (
        "<!-- xplenty-pulumi preview of prod -->\n"
        "### Preview of `prod`: 1 to update, 4 unchanged\n\n"
        "| plan | resource | type | changes |\n|---|---|---|---|\n"
        "| update | `etl` | `Cluster` | `nodes` |\n\n"
        "<details><summary>update <code>etl</code></summary>\n\n"
        "| property | now | then |\n|---|---|---|\n| `nodes` | `2` | `3` |\n\n</details>\n\n"
        "`0123456789ab` · [log](https://ci.example/run/1)\n"
    )


def test_an_update_without_a_changed_input_says_so() -> None:
    """As after a rename of the stack, when only the marker is signed."""
    inputs = {"nodes": 2}
    signed = step("update", "etl", before={**inputs, "__owner": "x"}, after={**inputs, "__owner": "y"})
    assert "| update | `etl` | `Cluster` | no input |" in shown(document(signed))


def test_replacement_is_one_row_with_its_reason() -> None:
    """Its parts are not counted, and a run that failed says so."""
    parts = [step(one, "load", kind="JobRun") for one in ("create-replacement", "delete-replaced")]
    load = step("replace", "load", kind="JobRun", before={"package_id": "1"}, after={"package_id": "1"})
    load |= {"replaceReasons": ["status"], "oldState": {"inputs": {"package_id": "1"}, "outputs": {"status": "failed"}}}

    comment = shown(document(load, *parts))

    assert "1 to replace, 0 unchanged" in comment
    assert '| `status` | `"failed"` |  |' in comment


def test_value_that_is_not_known_yet_is_said_wherever_it_is() -> None:
    """The engine's placeholder is no value that anybody could read, also not inside a list."""
    later = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    inputs = {"cluster_id": later, "triggers": [later]}
    comment = shown(document(step("create", "load", kind="JobRun", after=inputs)))
    assert ("| `[known later]` |" in comment, '| `["[known later]"]` |' in comment, later in comment) == (
        True,
        True,
        False,
    )


def test_line_with_a_brace_before_the_preview_is_no_preview() -> None:
    """A plan is found behind whatever was printed first, of which only the engine's own words are shown."""
    comment = shown(f"{{'a': 1}}\n{{\nwarning: an old plugin\n{document(RESIZE)}")
    assert "1 to update" in comment
    assert ("{'a': 1}" in comment, "warning: an old plugin" in comment) == (False, True)


def test_preview_that_was_cut_off_shows_no_variables() -> None:
    """What is left of a killed preview holds values in clear, which are hidden in a whole one."""
    inputs = {"variables": {"day": "hidden-value"}}
    whole = document(step("create", "load", kind="JobRun", after=inputs))
    comment = shown(f"warning: before\n{whole[:-40]}")
    assert ("it failed" in comment, "warning: before" in comment, "it was cut off" in comment) == (True, True, True)
    assert "hidden-value" not in comment


def test_error_is_shown_before_warnings_and_once() -> None:
    """However many warnings there are, the reason of a failure is not among what is left out, which is counted."""
    said = [{"severity": "warning", "message": f"warning {number}"} for number in range(20)]
    said += [{"severity": "error", "message": "the reason"}] * 5
    comment = shown(document(diagnostics=said))
    assert (comment.count("the reason"), comment.count("warning ")) == (1, 9)
    assert "Left out, since a comment has an end: 11 messages." in comment


@pytest.mark.parametrize("letter", ["\N{SNOWMAN}", "`"])
def test_errors_do_not_make_a_comment_too_long(letter: str) -> None:
    """Letters of several bytes count as such, and so do the fences around backticks."""
    said = [{"severity": "error", "message": f"{letter * 100_000}{number}"} for number in range(10)]
    comment = shown(document(RESIZE, diagnostics=said))
    assert len(comment.encode()) <= LARGEST
    assert "| update | `etl` |" in comment
    assert "Left out, since a comment has an end: " in comment


def test_nothing_to_do_is_said() -> None:
    """A calm preview is one line, also where it has looked at everything first."""
    looks = [step(operation, "etl", after={"nodes": 2}) for operation in ("refresh", "read")]
    assert shown(document(*looks, same=3)).splitlines()[1:] == ["### Preview of `prod`: nothing to do, 3 unchanged", ""]


def test_variables_are_hidden_unless_asked_for() -> None:
    """Their names are shown, and those that are secrets stay hidden in any case."""
    run = step("create", "load", kind="JobRun", after={"variables": {"day": "'monday'", "password": "[secret]"}})
    plain, open_ = shown(document(run)), shown(document(run), "--show-variables")
    assert ("monday" in plain, "monday" in open_) == (False, True)
    assert "| `variables.day` |  | `***` |" in plain
    assert "| `variables.password` |  | `[secret]` |" in open_


def test_value_that_only_the_up_will_know() -> None:
    """The engine's stand-in for it is not shown as if it were one."""
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    run = step("create", "load", kind="JobRun", after={"cluster_id": unknown})
    assert "| `cluster_id` |  | `[known later]` |" in shown(document(run))


def test_errors_come_first_and_secrets_are_masked() -> None:
    """A preview that failed says why before anything else, without the key."""
    trouble = [{"severity": "error", "message": f"error: no such package; key {KEY}\n"}]
    comment = shown("warning: an old state\n" + document(RESIZE, diagnostics=trouble))
    assert comment.splitlines()[1] == "### Preview of `prod`: it failed"
    assert (
        comment.index("warning: an old state") < comment.index("no such package; key ***") < comment.index("| plan |")
    )
    assert KEY not in comment


@pytest.mark.parametrize("text", ["error: no stack named 'prod' found\n", ""])
def test_without_a_preview_the_engine_says_why(text: str) -> None:
    """The engine's own words are all that there is then."""
    comment = shown(text)
    assert "it failed" in comment
    assert text.strip() in comment


def test_no_password_of_a_backend_is_published() -> None:
    """The engine names the backend that it cannot reach, password included."""
    comment = shown("error: unable to open bucket postgres://user:pa55word@127.0.0.1:1/db: connection refused\n")
    assert "error: unable to open bucket postgres://127.0.0.1:1/db: connection refused" in comment


def test_no_line_of_a_comment_is_a_command() -> None:
    """A comment goes to the log of a CI system first."""
    said = [{"severity": "error", "message": "it said\n::error::no\n##[error]no \x1b[2J"}]
    comment = shown(document(RESIZE, diagnostics=said))
    assert not [line for line in comment.splitlines() if line.startswith("::")]
    assert ("##[" in comment, "\x1b" in comment) == (False, False)


def test_huge_preview_fits_into_a_comment() -> None:
    """Details are left out before rows, and it says how many."""
    long = "x" * 190
    steps = [step("create", f"etl-{number}", after={"name": long, "description": long}) for number in range(900)]
    comment = shown(document(*steps))
    assert LARGEST - 1_000 < len(comment.encode()) <= LARGEST
    assert comment.count("| create |") == 900
    assert f"Left out, since a comment has an end: details of {900 - comment.count('<details>')} resources." in comment


def test_rows_end_too_where_there_are_thousands() -> None:
    """No number of resources makes a comment that the forge refuses."""
    comment = shown(document(*(step("create", f"cluster-number-{number}") for number in range(4_000))))
    assert len(comment.encode()) <= LARGEST
    assert f"{4_000 - comment.count('| create |'):,} rows" in comment


HOSTILE = st.text(alphabet="`|<>@\n\\*_[](){}-! aé", max_size=30)


@given(name=HOSTILE, value=HOSTILE, message=HOSTILE)
def test_no_text_becomes_markup(name: str, value: str, message: str) -> None:
    """Whatever a resource is called, every row keeps its four cells, and a fence is longer than any within."""
    one = step("update", name or "x", before={"name": "a"}, after={"name": value or "b"})
    text = document(one, diagnostics=[{"severity": "warning", "message": message}])
    comment = markdown(preview_of(text, show_variables=False), Heading("prod"))

    (row,) = [line for line in comment.splitlines() if line.startswith("| update |")]
    assert row.replace("\\|", "").count("|") == 5
    ticks = [len(line) - len(line.lstrip("`")) for line in comment.splitlines()]
    fences = [count for count in ticks if count >= 3]
    assert not fences or fences[0] == fences[-1] > max([0, *fences[1:-1]])


def test_title_can_not_end_the_hidden_line() -> None:
    """The mark stays one comment, and an address that is no https link is left out."""
    heading = Heading("a-->b", "c", "javascript:alert(1)")
    comment = markdown(Preview((), 0, (), has_failed=False), heading)
    assert comment.startswith("<!-- xplenty-pulumi preview of a-b -->\n")
    assert "javascript" not in comment
