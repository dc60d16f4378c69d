"""`xplenty-pulumi import` on the real engine: what exists is managed, and nothing of it is changed."""

from tests.support.accounts.clients import client_of
from tests.support.engine.stack import Stack, writes
from xplenty_pulumi.emulator import Emulator

def test_first(stack: Stack, account: Emulator) -> None:
    """x."""
    one = account.add_cluster(name="Nightly ETL", nodes=3, description="theirs")
    with client_of(account) as client:
        client.hooks.create({"type":"slack", "settings":{"url": "https://hooks.example.test/T0/tkn-4711", "channel": "#etl"}, "events":["job.failed"], "name":"Bell"})
    (stack.folder / "__main__.py").write_text('"""A Pulumi program"""\n\nimport pulumi\n')
    print(stack.command("import", "--all", "--out", ".").output)
    print((stack.folder / "__main__.py").read_text())
    print(stack.state())
    print(stack.run("preview", "--diff").output)
    before = len(writes(account))
    print(stack.up("--diff").output)
    print(writes(account)[before:], account.clusters(), account.hooks())
    print(stack.up("--expect-no-changes").output)
    print(stack.refresh("--diff").output)
    print(stack.up("--expect-no-changes").output)
    print(stack.state())
    assert 0
