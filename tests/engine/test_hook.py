"""Hooks, and lookups in programs, through the real engine."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.support.accounts.receiver import receiving
from tests.support.engine.stack import Declared, Stack, cluster, writes
from xplenty_pulumi.emulator import Emulator

SLACK = {"url": "https://hooks.example.test/T0/a-token-of-slack", "channel": "#etl"}
EXPORT = "\npulumi.export('salt', made['bell'].salt)\n"


def hook(resource: str = "bell", /, **inputs: Any) -> Declared:
    """Declare a Slack hook of failures, unless `inputs` say otherwise."""
    given = {"type": "slack", "settings": SLACK, "events": ["job.failed", "cluster.error"], **inputs}
    return Declared("Hook", resource, given)


def export_salt(stack: Stack) -> None:
    """Let the program export the salt of the hook `bell`."""
    program = stack.folder / "__main__.py"
    program.write_text(program.read_text() + EXPORT)


def test_life_of_a_hook(stack: Stack, account: Emulator) -> None:
    """It is made and pinged, changed in place, quiet when nothing has changed, and gone after a destroy."""
    stack.declare(hook()).up().succeeded()
    (made,) = account.hooks()
    assert [delivery.event for delivery in account.deliveries()] == ["ping"]
    stack.up("--expect-no-changes").succeeded()

    stack.declare(hook(events=["job"], active=False)).up().succeeded()
    (changed,) = account.hooks()
    assert (changed.id, changed.events, changed.active) == (made.id, ("job",), False)
    assert len(account.deliveries()) == 1

    stack.destroy().succeeded()
    assert account.hooks() == ()
    assert stack.state() == {}


def test_another_type_replaces_the_hook(stack: Stack, account: Emulator) -> None:
    """The old hook is removed before the new one is made, so that the new one is not taken for the old."""
    stack.declare(hook()).up().succeeded()
    (old,) = account.hooks()

    stack.declare(hook(type="email", settings={"emails": ["a@example.test", "b@example.test"]})).up().succeeded()

    (new,) = account.hooks()
    assert (new.id != old.id, new.type, new.settings) == (True, "email", {"emails": "a@example.test,b@example.test"})
    assert [call for call in writes(account) if not call.startswith("PUT")] == [
        "POST /hooks",
        f"DELETE /hooks/{old.id}",
        "POST /hooks",
    ]
    stack.up("--expect-no-changes").succeeded()


def test_no_secret_of_a_hook_is_in_clear(stack: Stack, account: Emulator) -> None:
    """Address, password, key and salt are in no file and no output, whatever is done and however it fails."""
    web = {"url": "http://127.0.0.1:9/bells/tkn-4711", "basic_auth": True, "basic_auth_data": "dXNlcjpwYXNz"}
    pager = {"service_key": "a-key-of-pagerduty", "service_name": "Night"}
    stack.declare(hook(type="web", settings=web), hook("pager", type="pagerduty", settings=pager))
    export_salt(stack)
    output = stack.up("--diff").succeeded().output
    bell, pager_hook = sorted(account.hooks(), key=lambda one: one.type, reverse=True)
    account.edit_hook(bell.id, settings={**web, "url": "http://127.0.0.1:9/bells/tkn-4712"})
    drift = stack.run("refresh", "--preview-only", "--diff").succeeded().output
    assert "settings" in drift
    output += drift + stack.refresh("--diff").succeeded().output
    output += stack.up("--diff").succeeded().output
    output += stack.declare(hook(type="web", settings={**web, "url": "bells/tkn-4711"})).up().failed().output

    assert {one.id: one.settings for one in account.hooks()}[bell.id]["url"] == web["url"]
    found = output + stack.files()
    for secret in ("tkn-4711", "tkn-4712", "dXNlcjpwYXNz", "a-key-of-pagerduty", bell.salt, pager_hook.salt):
        assert secret not in found
    assert stack.run("stack", "output", "salt", "--show-secrets").output.strip() == bell.salt


def test_a_hook_that_is_looked_up_is_secret_too(stack: Stack, account: Emulator) -> None:
    """A hook that somebody else made is read and left alone, and its address and salt are in no file in clear."""
    stack.declare(hook()).up().succeeded()
    (theirs,) = account.hooks()
    stack.run("state", "delete", "--yes", "--all").succeeded()
    Path(stack.folder, "__main__.py").write_text(
        f"import pulumi, xplenty_pulumi\nfound = xplenty_pulumi.Hook.get('theirs', '{theirs.id}')\n"
        "pulumi.export('events', found.events)\n"
    )
    output = stack.up().succeeded().output + stack.refresh().succeeded().output + stack.destroy().succeeded().output

    assert "job.failed" in output
    assert account.hooks() == (theirs,)
    for secret in (theirs.salt, "a-token-of-slack"):
        assert secret not in output + stack.files()


def test_drift_of_a_hook_is_seen_and_repaired(stack: Stack, account: Emulator) -> None:
    """What was changed by hand is named by a refresh, and the next up sets it right; what is gone is made anew."""
    stack.declare(hook(name="night")).up().succeeded()
    (made,) = account.hooks()
    account.edit_hook(made.id, active=False)

    seen = stack.run("refresh", "--preview-only", "--diff").succeeded().output
    assert "+ active: false" in seen
    stack.up("--refresh").succeeded()
    assert account.hooks()[0].active

    account.delete_record("hook", made.id)
    assert f"hook {made.id}: the service does not know it (404)" in stack.refresh().succeeded().output
    stack.up().succeeded()
    assert account.hooks()[0].id != made.id


def test_a_lost_hook_is_adopted_once_it_was_handed_over(stack: Stack, account: Emulator) -> None:
    """The marker in its name says that a state held it, so a person decides whose it is; no second one is made."""
    stack.declare(hook()).up().succeeded()
    (made,) = account.hooks()
    stack.run("state", "delete", "--yes", "--all").succeeded()
    assert f"hand-over hook:{made.id}" in stack.up().failed().output
    stack.command("hand-over", f"hook:{made.id}", "--yes").succeeded()

    output = stack.up().succeeded().output

    assert [one.id for one in account.hooks()] == [made.id]
    assert f"adopted hook {made.id}" in output


def test_a_refused_hook_is_one_paragraph(stack: Stack) -> None:
    """What is wrong with the inputs is told in the preview, without a value of the settings."""
    output = stack.declare(hook(settings={"urll": "tkn-4711"}, events=["job.fail"])).up().failed().output

    assert "settings of a slack hook have no 'urll'; they have url, team, channel" in output
    assert "events has 'job.fail', which is none of" in output
    assert "tkn-4711" not in output


def test_events_reach_a_web_hook_signed_with_the_salt_in_the_outputs(stack: Stack, account: Emulator) -> None:
    """The salt that the program gets is the one that deliveries are signed with."""
    with receiving() as receiver:
        web = hook(type="web", settings={"url": receiver.url}, events=["cluster"])
        stack.declare(web, cluster("etl", {"depends_on": ["bell"]}))
        export_salt(stack)
        stack.up().succeeded()
        ping, told, *_ = receiver.received(3)
    salt = stack.run("stack", "output", "salt", "--show-secrets").output.strip()
    (made,) = account.hooks()
    assert (ping.json(), told.json()["status"]) == ({}, "pending")
    signed = f"{made.id}cluster.requested{receiver.url}{salt}"
    assert told.headers["X-Hook-Signature"] == hashlib.sha1(signed.encode()).hexdigest()


def test_lookups_in_a_program(stack: Stack, account: Emulator) -> None:
    """A program looks up what is there, in a preview as well, and what is missing ends it with one paragraph."""
    one = account.add_cluster(name="theirs", nodes=3)
    program = Path(stack.folder, "__main__.py")
    program.write_text(
        "import pulumi, xplenty_pulumi as x\n"
        "pulumi.export('nodes', x.get_cluster(name='theirs').nodes)\n"
        f"pulumi.export('others', [x.get_cluster({one.id}).status, x.get_package(101).name])\n"
    )
    output = stack.run("preview").succeeded().output
    assert "nodes : 3" in output or "nodes: 3" in output

    program.write_text("import xplenty_pulumi\nxplenty_pulumi.get_cluster(77)\n")
    assert "cluster 77" in stack.run("preview").failed().output
    assert json.dumps(stack.state()) == "{}"
