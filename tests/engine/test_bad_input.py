"""Bad input gets one clear paragraph that names the field or the setting; nothing is created, nothing is lost."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.engine.stack import Stack, cluster, job, writes
from xplenty_pulumi.emulator import Emulator

BAD_CLUSTERS: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    (
        {
            "nodes": 2.5,
            "type": "huge",
            "name": "",
            "time_to_idle": 0,
            "slave_spot_percentage": 1.5,
            "bootstrap_actions": [{"args": ["x"]}],
            "ready_timeout": "soon",
        },
        (
            "property nodes value {2.5} has a problem: nodes must be a whole number, got 2.5",
            "type must be one of 'production', 'sandbox', got 'huge'",
            "name must not be empty",
            "time_to_idle must be a time above zero and below a year, such as 1800 or '30m', got 0",
            "slave_spot_percentage must be between 0 and 1, got 1.5",
            "bootstrap_actions [0] needs a script_path",
            "ready_timeout must be a time above zero and below a year, such as 1800 or '30m', got 'soon'",
        ),
    ),
    ({"nodes": 0}, ("nodes must be between 1 and 10000, got 0",)),
    ({"type": "sandbox", "nodes": 2}, ("nodes must be exactly 1 for a sandbox cluster, got 2",)),
)


@pytest.mark.parametrize(("inputs", "texts"), BAD_CLUSTERS)
def test_every_bad_input_of_a_cluster_is_named_at_once(
    stack: Stack, account: Emulator, inputs: dict[str, Any], texts: tuple[str, ...]
) -> None:
    """One `up` lists each bad input with its field, and not a single call is made."""
    output = stack.declare(cluster("etl", **inputs)).up().failed().output

    for text in texts:
        assert text in output
    assert account.calls() == ()


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"cluster_id": "etl"}, "cluster_id must be an id, a whole number above 0, got 'etl'"),
        ({"cluster_id": 1, "variables": ["x"]}, "variables must be a mapping of names to values, got a list"),
        (
            {"cluster_id": 1, "timeout": "1d"},
            "timeout must be a time above zero and below a year, such as 1800 or '30m', got '1d'",
        ),
    ],
)
def test_bad_inputs_of_a_run_are_named(stack: Stack, account: Emulator, inputs: dict[str, Any], text: str) -> None:
    """A run with a bad input is refused before anything is submitted."""
    assert text in stack.declare(job("load", **inputs)).up().failed().output
    assert account.calls() == ()


@pytest.mark.parametrize(
    ("environment", "texts"),
    [
        ({"XPLENTY_API_KEY": ""}, ["xplenty:apiKey is empty", "XPLENTY_API_KEY", "pulumi config set --secret"]),
        ({"XPLENTY_ACCOUNT_ID": " "}, ["xplenty:accountId is empty", "XPLENTY_ACCOUNT_ID"]),
        ({"XPLENTY_API_URL": "http://api.example.com"}, ["apiUrl", "http://", "https"]),
        ({"XPLENTY_API_URL": "api.example.com"}, ["apiUrl"]),
        ({"XPLENTY_POLL_SECONDS": "often"}, ["xplenty:pollSeconds must be a number of seconds", "'often'"]),
    ],
)
def test_bad_setting_is_named_before_anything_is_done(
    stack: Stack, account: Emulator, environment: dict[str, str], texts: list[str]
) -> None:
    """A missing or unsafe setting fails the preview with its name and the two places where it can be set."""
    output = stack.declare(cluster("etl")).run("preview", **environment).failed().output

    for text in texts:
        assert text in output
    assert account.calls() == ()


def test_missing_settings_are_named(make_stack: Callable[..., Stack]) -> None:
    """With no settings at all the user reads what to set and how."""
    output = make_stack().declare(cluster("etl")).run("preview").failed().output

    assert "xplenty:apiKey is not set" in output
    assert "Set the environment variable XPLENTY_API_KEY, or run `pulumi config set --secret xplenty:apiKey" in output


def test_wrong_key_costs_one_call(stack: Stack, account: Emulator) -> None:
    """A key that the service refuses is tried once, however many resources ask, and is not shown."""
    wrong = "a-key-that-is-not-the-right-one"
    stack.declare(*(cluster(f"c{number}") for number in range(6)))

    output = stack.up(XPLENTY_API_KEY=wrong).failed().output

    assert [call.status for call in account.calls()] == [401]
    assert "Check XPLENTY_API_KEY" in output
    assert wrong not in output
    assert stack.state() == {}


def test_unreachable_service_says_that_nothing_was_sent(make_stack: Callable[..., Stack]) -> None:
    """Where nobody listens the user reads the address, and that nothing was created."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        settings = {"XPLENTY_API_URL": url, "XPLENTY_ACCOUNT_ID": "acme", "XPLENTY_API_KEY": "k" * 20}
        stack = make_stack(**settings).declare(cluster("etl"))
        output = stack.up().failed().output

    assert "127.0.0.1" in output
    assert "nothing" in output.lower()
    assert stack.state() == {}


def test_run_on_a_cluster_that_does_not_exist_says_which(stack: Stack, account: Emulator) -> None:
    """An unknown cluster is named before anything is sent for the run; what was made meanwhile stays in the state."""
    output = stack.declare(cluster("etl"), job("load", cluster_id=77)).up().failed().output

    assert "property cluster_id value {77} has a problem: cluster 77 does not exist in this account" in output
    assert account.jobs() == ()
    assert {*stack.state()} == {"etl" for _ in account.clusters()}
    assert [line for line in writes(account) if "jobs" in line] == []
