"""Who is told of clusters and runs, through the real engine: declared, changed, and taken off by somebody else."""

from dataclasses import replace

from tests.support.engine.stack import Stack, cluster, job
from xplenty_pulumi.emulator import Emulator, PackageSeed

ENDLESS = PackageSeed(200, "Runs until it is stopped", run_seconds=10_000_000)


def watch(account: Emulator) -> None:
    """Put the key's user on every list, as he might do himself in the service."""
    with account.account.lock:
        world = account.account.world
        for cluster_ in account.clusters():
            world.put(replace(cluster_, watched=True))
        for run in account.jobs():
            world.put(replace(run, watched=True))


def watched(account: Emulator) -> list[bool]:
    """Return who is told of the clusters, then of the runs, oldest first."""
    return [*(one.watched for one in account.clusters()), *(one.watched for one in account.jobs())]


def watcher_calls(account: Emulator) -> int:
    """Return how many calls were about watchers."""
    return sum(call.path.endswith("/watchers") for call in account.calls())


def test_notify_is_switched_off_and_on(stack: Stack, account: Emulator) -> None:
    """Without it nobody asks; each change is a small update; what was changed by hand is named and repaired."""
    account.add_package(ENDLESS)
    going = {"package_id": ENDLESS.id, "wait_for": "running"}
    stack.declare(cluster("etl"), job("load", **going)).up().succeeded()
    assert (watched(account), watcher_calls(account)) == ([True, True], 0)

    stack.declare(cluster("etl", notify=False), job("load", notify=False, **going)).up().succeeded()
    assert watched(account) == [False, False]

    watch(account)
    asked = watcher_calls(account)
    seen = stack.run("refresh", "--preview-only", "--diff").succeeded().output
    assert seen.count("notify: false => true") == 2
    assert watcher_calls(account) - asked == 2
    stack.up("--refresh").succeeded()
    assert watched(account) == [False, False]

    stack.declare(cluster("etl", notify=True), job("load", notify=True, **going)).up().succeeded()
    assert watched(account) == [True, True]
    assert (len(account.clusters()), len(account.jobs())) == (1, 1)


def test_a_run_of_which_nothing_is_told(stack: Stack, account: Emulator) -> None:
    """No mail is written of it; it is run once, and let go by a destroy like any other."""
    stack.declare(cluster("etl"), job("load", notify=False)).up().succeeded()
    (run,) = account.jobs()
    assert f"job {run.id}" not in {mail.about for mail in account.mail()}
    assert run.watched
    stack.up("--expect-no-changes").succeeded()

    stack.declare(cluster("etl")).up().succeeded()

    assert not account.jobs()[0].watched
