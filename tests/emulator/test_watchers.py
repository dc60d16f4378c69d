"""Who watches is written to, of the documented events and of no others."""

from pathlib import Path

from tests.support.accounts.caller import KEY, AccountCaller, emulated
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Emulator, Seed


def written(caller: AccountCaller) -> list[tuple[str, str]]:
    return [(mail.event, mail.about) for mail in caller.emulator.mail()]


def test_the_maker_of_a_cluster_and_a_job_is_written_to() -> None:
    """A new job is news of its cluster; starting, idling and being asked for are no news."""
    caller = emulated()
    cluster = caller.new_cluster(terminate_on_idle=True, time_to_idle=60)
    job = caller.new_job(cluster)
    caller.clock.advance(1_000)
    assert written(caller) == [
        ("cluster.available", f"cluster {cluster}"),
        ("job.submitted", f"cluster {cluster}"),
        ("job.completed", f"job {job}"),
        ("cluster.terminated", f"cluster {cluster}"),
    ]


def test_failures_and_stops_are_written_of() -> None:
    """The mail of a failed job has its own words; a stopped one and a cluster in error have mails too."""
    caller = emulated()
    cluster = caller.new_cluster()
    failed, stopped = caller.new_job(cluster, 103), caller.new_job(cluster)
    caller.delete(f"jobs/{stopped}")
    caller.clock.advance(100)
    caller.emulator.fail_cluster(cluster)
    ends = [mail for mail in caller.emulator.mail() if mail.event not in ("cluster.available", "job.submitted")]
    assert [(mail.event, mail.about) for mail in ends] == [
        ("job.stopped", f"job {stopped}"),
        ("job.failed", f"job {failed}"),
        ("cluster.error", f"cluster {cluster}"),
    ]
    assert "input path not found" in ends[1].text


def test_who_stops_watching_is_not_written_to() -> None:
    """Cluster and job are watched apart; one who watches again gets the mails from then on."""
    caller = emulated()
    cluster = caller.new_cluster()
    caller.delete(f"clusters/{cluster}/watchers")
    job = caller.new_job(cluster)
    other = caller.new_job(cluster)
    caller.delete(f"jobs/{job}/watchers")
    caller.clock.advance(100)
    assert written(caller)[1:] == [("job.completed", f"job {other}")]
    caller.post(f"clusters/{cluster}/watchers")
    caller.delete(f"clusters/{cluster}")
    caller.clock.advance(100)
    assert written(caller)[2:] == [("cluster.terminated", f"cluster {cluster}")]


def test_a_watcher_is_written_to_at_the_address_of_the_user() -> None:
    """The address is the one that `/user` shows, and the user takes mail."""
    caller = emulated()
    caller.new_cluster()
    user = caller.get("/user").json()
    (mail,) = caller.emulator.mail()
    assert (mail.to, mail.hook_id) == (user["email"], None)
    assert user["notification_settings"]["email"] is True


def test_nothing_is_told_twice_after_a_restart(tmp_path: Path) -> None:
    """An account taken up from its file sends what happens from then on; hooks and their salts are as they were."""
    clock = ManualClock()
    before = AccountCaller(Emulator(Seed(api_key=KEY), clock=clock, state=tmp_path / "account"), clock)
    body = {"type": "slack", "settings": {"url": "https://192.0.2.1/in"}, "events": ["cluster"]}
    hook = before.post("hooks", body).json()
    before.new_cluster()
    assert len(before.emulator.deliveries()) == 2
    before.emulator.stop()
    after = AccountCaller(Emulator(clock=clock, state=tmp_path / "account"), clock)
    assert (after.emulator.deliveries(), after.emulator.mail()) == ((), ())
    assert after.get(f"hooks/{hook['id']}").json() == hook
    after.new_cluster()
    assert [one.event for one in after.emulator.deliveries()] == ["cluster.requested", "cluster.available"]
    after.emulator.stop()
