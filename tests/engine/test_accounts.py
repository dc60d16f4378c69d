"""Two accounts in one program, on the real engine."""

from collections.abc import Callable

from tests.support.engine.stack import STEP, Stack, job
from xplenty_pulumi.emulator import Emulator


def test_run_in_another_account(make_stack: Callable[..., Stack]) -> None:
    """One `up` runs a job in each account; refresh and destroy use the settings that the state names."""
    with Emulator(step=STEP) as own, Emulator(step=STEP) as other:
        stack = make_stack(own)
        stack.run("config", "set", "xplenty-eu:accountId", other.account_id).succeeded()
        stack.run("config", "set", "xplenty-eu:apiUrl", other.url).succeeded()
        stack.run("config", "set", "--secret", "xplenty-eu:apiKey", other.api_key).succeeded()
        here, there = own.add_cluster(), other.add_cluster()
        stack.declare(job("here", cluster_id=here.id), job("there", cluster_id=there.id, account="eu"))
        stack.up().succeeded()
        assert [[one.status for one in account.jobs()] for account in (own, other)] == [["completed"], ["completed"]]

        stack.up("--expect-no-changes").succeeded()
        stack.refresh("--expect-no-changes").succeeded()
        assert other.api_key not in stack.files()
        stack.destroy().succeeded()
        assert stack.state() == {}
