"""A connection through the real engine: one project, from the first `up` to what a destroy leaves."""

import json
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


def test_a_lost_connection_is_handed_over_compared_and_looked_up(stack: Stack, account: Emulator) -> None:
    """Commands and programs name it by its type and number; no second one is made."""
    stack.declare(connection()).up().succeeded()
    (made,) = account.connections()
    stack.run("state", "delete", "--yes", "--all").succeeded()
    assert f"hand-over connection:redshift/{made.number}" in stack.up().failed().output
    stack.command("hand-over", f"connection:redshift/{made.number}", "--yes").succeeded()
    assert f"adopted connection redshift/{made.number}" in stack.up().succeeded().output

    account.edit_connection(made.id, settings={"host": "other.example.test", "password": "by-hand"})
    drift = stack.command("drift")
    assert drift.code == 2
    assert '{"host": "db.example.test"} => {"host": "other.example.test"}' in " ".join(drift.output.split())

    (stack.folder / "__main__.py").write_text(
        "import pulumi, xplenty_pulumi as x\n"
        f"found = x.Connection.get('theirs', 'redshift/{made.number}')\n"
        "pulumi.export('seen', pulumi.Output.all(found.unique_id, found.settings))\n"
        "pulumi.export('named', [x.get_connection(name='Sales').key, *[one.name for one in x.get_connections()]])\n"
    )
    stack.run("state", "delete", "--yes", "--all").succeeded()
    seen = json.loads(stack.up().succeeded().output and stack.run("stack", "output", "--json").output)
    assert seen["named"] == [f"redshift/{made.number}", "Sales"]
    assert seen["seen"][0] == f"REDSHIFT_CONNECTION_{made.number}"
    assert (seen["seen"][1]["host"], "password" in seen["seen"][1]) == ("other.example.test", False)
    (stack.folder / "__main__.py").write_text("import xplenty_pulumi as x\nx.get_connection('77')\n")
    assert "key must be its type and its number, such as s3/53" in stack.run("preview").failed().output
    stack.destroy().succeeded()
    assert len(account.connections()) == 1
