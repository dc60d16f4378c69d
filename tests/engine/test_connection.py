"""A connection through the real engine: one project, from the first `up` to what a destroy leaves."""

from typing import Any

from tests.support.engine.stack import Declared, Stack, writes
from xplenty_pulumi.emulator import Emulator

FIRST, SECOND = "pw-4711-of-the-warehouse", "pw-4712-of-the-warehouse"
SETTINGS = {"username": "etl", "password": FIRST, "host": "db.example.test", "region": "us-east-1"}
REFUSED = "FATAL: password authentication failed for user etl with "


def connection(resource: str = "warehouse", /, **inputs: Any) -> Declared:
    """Declare a Redshift connection, unless `inputs` say otherwise."""
    return Declared("Connection", resource, {"type": "redshift", "name": "Sales", "settings": SETTINGS, **inputs})


def test_life_of_a_connection(stack: Stack, account: Emulator) -> None:
    """Made and tested, changed in each kind of field, drifted, repaired, its test failing, replaced, seen to be gone.

    No secret is in clear in any output or file.
    """
    output = stack.declare(connection(test=True)).up("--diff").succeeded().output
    (made,) = account.connections()
    assert "ready, its test passed" in output
    assert (stack.state()["warehouse"]["id"], made.settings["password"]) == (f"redshift/{made.number}", FIRST)
    stack.up("--expect-no-changes").succeeded()

    stack.declare(connection(name="Loads"))
    output += stack.up("--diff").succeeded().output
    settings = {**SETTINGS, "host": "db2.example.test", "password": SECOND}
    stack.declare(connection(name="Loads", settings=settings))
    changed = stack.up("--diff").succeeded().output
    assert '~ host    : "db.example.test" => "db2.example.test"' in changed
    assert "~ password: [secret] => [secret]" in changed
    (now,) = account.connections()
    assert (now.id, now.name.startswith("Loads ["), now.settings["password"]) == (made.id, True, SECOND)

    account.edit_connection(made.id, settings={"host": "other.example.test", "password": "by-hand"})
    drifted = stack.refresh("--diff").succeeded().output
    assert '~ host: "db2.example.test" => "other.example.test"' in drifted
    repaired = stack.up("--diff").succeeded().output
    (now,) = account.connections()
    assert (now.settings["host"], now.settings["password"]) == ("db2.example.test", "by-hand")

    account.edit_connection(made.id, failure=REFUSED + SECOND)
    stack.declare(connection(name="Loads", settings={**settings, "port": "5440"}, test=True))
    failed = stack.up().failed().output
    assert f"connection redshift/{made.number}: it exists as declared, and its test failed: {REFUSED}***" in failed
    account.edit_connection(made.id, failure=None)
    output += stack.up().succeeded().output
    stack.up("--expect-no-changes").succeeded()
    assert account.connections()[0].settings["port"] == 5440

    stack.declare(connection(type="s3", settings={"username": "key", "password": FIRST}))
    output += stack.up("--diff").succeeded().output
    (new,) = account.connections()
    assert (new.type, writes(account)[-3:-1]) == (
        "s3",
        [f"DELETE /connections/redshift/{made.number}", "POST /connections/s3"],
    )

    found = output + changed + drifted + repaired + failed + stack.files()
    assert [secret for secret in (FIRST, SECOND, "by-hand") if secret in found] == []
    output = stack.destroy().succeeded().output
    assert account.connections() == ()
    assert stack.state() == {}


def test_bad_input_names_the_setting_in_the_preview(stack: Stack) -> None:
    """All that is wrong is told in the preview, without a value of the settings."""
    stack.declare(connection(name=" ", settings={**SETTINGS, "port": "tkn-4711"}))
    output = stack.run("preview").failed().output
    assert "settings has a 'port' that is not a port, a whole number from 1 to 65535" in output
    assert "name must not be empty" in output
    assert "tkn-4711" not in output
