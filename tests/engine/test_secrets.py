"""Secrets are nowhere in clear: not in the state, not in the output, not in what the account was asked for."""

from collections.abc import Callable

from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator

PASSWORD = "'correct horse battery staple'"


def test_secret_variable_is_not_in_the_state(stack: Stack, account: Emulator) -> None:
    """A secret variable reaches the service, and neither state, backups, history nor output hold it in clear."""
    variables = {"password": {"secret": PASSWORD}, "day": "'2026-01-31'"}
    stack.declare(cluster("etl"), job("load", variables=variables))

    output = stack.up().succeeded().output + stack.up("--diff").output + stack.refresh().output

    assert account.jobs()[0].variables == {"password": PASSWORD, "day": "'2026-01-31'"}
    assert PASSWORD not in output
    assert PASSWORD not in stack.files()
    assert "2026-01-31" in stack.files()


def test_key_from_the_environment_is_not_in_the_state_at_all(stack: Stack, account: Emulator) -> None:
    """With the key in the environment no file of the state knows it, not even encrypted."""
    stack.declare(cluster("etl")).up().succeeded()

    assert account.api_key not in stack.files()
    assert "apiKey" not in stack.files()


def test_key_from_the_configuration_is_encrypted(make_stack: Callable[..., Stack], account: Emulator) -> None:
    """Settings may come from the stack's configuration; the key is there and in the state only encrypted."""
    stack = make_stack().declare(cluster("etl"))
    stack.run("config", "set", "--secret", "xplenty:apiKey", account.api_key).succeeded()
    stack.run("config", "set", "xplenty:accountId", account.account_id).succeeded()
    stack.run("config", "set", "xplenty:apiUrl", account.url).succeeded()

    output = stack.up().succeeded().output + stack.refresh().succeeded().output + stack.destroy().succeeded().output

    assert [one.status for one in account.clusters()] == ["terminated"]
    assert account.api_key not in output + stack.files()


def test_failure_of_a_run_with_a_secret_does_not_show_it(stack: Stack, account: Emulator) -> None:
    """The value of a secret variable is in no error, not even in the one about a bad input."""
    variables = {"password": {"secret": PASSWORD}, "limits": {"secret": ["blue", "green"]}}
    stack.declare(job("load", cluster_id=1, variables=variables))

    output = stack.up().failed().output

    assert "variables has a value for 'limits' that is not a text of" in output
    assert PASSWORD not in output
