"""`xplenty-pulumi preview-comment`: which forms of a preview are read, and what is said of all others."""

import codecs
import json
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.gitops.test_preview_comment import OURS, RESIZE, STACK_URN, document, shown
from xplenty_pulumi.cli.app import app
from xplenty_pulumi.dynamic.state import PROVIDER


def refused(piped: str | bytes) -> str:
    """Return the error of what is no preview, which leaves nothing on stdout."""
    done = CliRunner().invoke(app, ["preview-comment", "--stack", "prod"], input=piped)
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr


TEXT = 'Previewing update (prod):\n  + Cluster etl create\n      variables: {\n        day: "hidden-value"\n'


@pytest.mark.parametrize(
    ("piped", "what"),
    [
        (TEXT, "is no JSON"),
        ("{ not JSON hidden-value", "is no JSON"),
        ('{"day": "hidden-value"}', "is no JSON"),
        ('{"steps": {"hidden-value": 1}}', "is JSON of another form"),
        ('{"steps": [{"op": "update", "urn": "hidden-value"}]}', "is JSON of another form"),
        (codecs.BOM_UTF8 + document(RESIZE).encode(), "begins with a byte order mark"),
        (document(RESIZE).encode("utf-16"), "is UTF-16"),
        (document(RESIZE).encode("utf-16-le"), "holds NUL characters, as UTF-16 does"),
    ],
    ids=["text", "brace", "other JSON", "steps", "URN", "BOM", "UTF-16", "UTF-16 without BOM"],
)
def test_what_is_no_preview_is_named_and_not_shown(piped: str | bytes, what: str) -> None:
    """It may hold values in clear, so it is an error that says what to pipe in instead."""
    error = refused(piped)
    assert what in error
    assert ("hidden-value" in error, "nothing was shown" in error) == (False, True)


def streamed(*events: dict[str, Any]) -> str:
    """Return what the engine prints with PULUMI_ENABLE_STREAMING_JSON_PREVIEW."""
    return "".join(f"{json.dumps({'sequence': number, **event})}\n" for number, event in enumerate(events))


SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
RESIZED = {
    "op": "update",
    "urn": RESIZE["urn"],
    "old": {"inputs": {"nodes": 2, "description": SECRET, PROVIDER: OURS}},
    "new": {"inputs": {"nodes": 3, "description": SECRET, PROVIDER: OURS}},
    "detailedDiff": {"nodes": {"diffKind": "update", "inputDiff": True}},
    "diffs": ["nodes"],
}
EVENTS: tuple[dict[str, Any], ...] = (
    {"resourcePreEvent": {"metadata": {"op": "same", "urn": STACK_URN, "old": {}, "new": {}}, "planning": True}},
    {"diagnosticEvent": {"severity": "debug", "message": "registering"}},
    {"diagnosticEvent": {"severity": "warning", "message": "warning: the plan says 8"}},
    {"resourcePreEvent": {"metadata": RESIZED, "planning": True}},
)


def summary(result: str) -> dict[str, Any]:
    """Return the event with which a preview ends."""
    return {"summaryEvent": {"resourceChanges": {"same": 5, "update": 1}, "isPreview": True, "result": result}}


def test_streamed_preview_is_read() -> None:
    """It says what the one document would."""
    comment = shown(streamed(*EVENTS, summary("succeeded")))
    assert "1 to update, 4 unchanged" in comment
    assert "| `nodes` | `2` | `3` |" in comment
    assert ("the plan says 8" in comment, "registering" in comment) == (True, False)


def test_secrets_of_a_stream_are_shown_as_such() -> None:
    """How the engine spells one there is nobody's business."""
    run = {"op": "create", "urn": RESIZE["urn"], "new": {"inputs": {"bootstrap_actions": [{"args": [SECRET]}]}}}
    comment = shown(streamed({"resourcePreEvent": {"metadata": run}}, summary("succeeded")))
    assert '`[{"args": ["[secret]"]}]`' in comment


@pytest.mark.parametrize("end", [[summary("failed")], []], ids=["failed", "cut off"])
def test_streamed_preview_that_failed_says_so(end: list[dict[str, Any]]) -> None:
    """So does one without an end."""
    comment = shown(streamed(*EVENTS, *end))
    assert ("it failed" in comment, "cut off" in comment) == (True, not end)
