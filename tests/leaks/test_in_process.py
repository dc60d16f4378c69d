"""One day of a provider, with every text caught that it leaves behind."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
import typer

from tests.dynamic.conftest import QUICK, forget_the_process
from tests.dynamic.host import URN, Engine, Host, HostError, engine, host_in_this_process
from tests.leaks.canaries import (
    ECHOED,
    IN_HOST,
    IN_PASSWORD,
    IN_SETTINGS,
    IN_VARIABLES,
    KEY,
    SALT,
)
from tests.leaks.definitions import planted_texts
from tests.leaks.inputs import (
    CLUSTER_INPUTS,
    CONNECTION_INPUTS,
    HOOK_INPUTS,
    OAUTH_INPUTS,
    PACKAGE_INPUTS,
    PAGER_INPUTS,
    SCHEDULE_INPUTS,
    SECRET_INPUTS,
    SEED,
    SPOKEN,
    WEB_INPUTS,
)
from tests.leaks.sinks import OF_A_PROJECT, OF_THE_ENGINE, SINKS, Caught, everything_logged
from tests.leaks.sinks import SECRET_INPUTS as SECRET_NAMES
from tests.leaks.test_planted import COMMAND
from tests.support import scoreboard
from tests.support.accounts.clients import settings_of
from tests.support.engine.stack import STEP
from tests.support.openapi import SchemaWatch
from xplenty_pulumi import (
    ClusterProvider,
    ConnectionProvider,
    HookProvider,
    JobRunProvider,
    PackageProvider,
    ScheduleProvider,
    settings,
)
from xplenty_pulumi.cli.commands import emulator as emulator_command
from xplenty_pulumi.cli.ui.screen import Screen
from xplenty_pulumi.client import Job
from xplenty_pulumi.client.http import limits
from xplenty_pulumi.client.http.outcomes import HttpRequest
from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.compare import differences
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.reconcile.runs.desired import DesiredRun
from xplenty_pulumi.core.reconcile.runs.known import RunShape
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.properties import Inputs
from xplenty_pulumi.dynamic.providers.sessions import session_for
from xplenty_pulumi.dynamic.state import OBSERVED, SECRETS
from xplenty_pulumi.emulator import Emulator, FaultRule, Faults, refusing
from xplenty_pulumi.redact import Secret


class Day:
    """One host, one account, and everything that is caught of what they say."""

    def __init__(self, caught: Caught, account: Emulator, faults: Faults, channel: grpc.Channel) -> None:
        self.caught = caught
        self.account = account
        self.faults = faults
        self.clusters = Host(channel, ClusterProvider())
        self.runs = Host(channel, JobRunProvider(), urn=URN.replace("Cluster::etl", "JobRun::load"))
        self.connections = Host(channel, ConnectionProvider(), urn=URN.replace("Cluster::etl", "Connection::sales"))
        self.packages = Host(channel, PackageProvider(), urn=URN.replace("Cluster::etl", "Package::sums"))
        self.schedules = Host(channel, ScheduleProvider(), urn=URN.replace("Cluster::etl", "Schedule::nightly"))
        self.hooks = Host(channel, HookProvider(), urn=URN.replace("Cluster::etl", "Hook::bell"))

    def refuse(self, status: int, *, words: str = f"No: {SPOKEN}") -> None:
        """Let the service refuse every call from now on, and repeat what it should not."""
        self.faults.calm()
        self.faults.add(FaultRule("* *", refusing(status, words, {"X-Request-Id": KEY.encode().hex()})))

    def attempt(self, call: Callable[[], Any]) -> Any:
        """Return what a call returns; keep what it fails with."""
        try:
            return call()
        except HostError as error:
            self.caught.add_failed_call(error)
            self.caught.add_error(error)
            self.caught.add_pickled([error.text, error.status.message])
            return None

    def pass_by(self) -> None:
        """Live through it."""
        cluster = self.good_hours()
        self.bells()
        self.warehouses()
        other = {"password": f"'{IN_VARIABLES}!'"}
        self.definition(self.packages, PACKAGE_INPUTS, {"variables": other})
        self.definition(self.schedules, SCHEDULE_INPUTS, {"packages": [{"package_id": "101", "variables": other}]})
        for host, given in ((self.connections, OAUTH_INPUTS), (self.hooks, PAGER_INPUTS), (self.hooks, WEB_INPUTS)):
            changed = {name: f"{value}!" for name, value in given["settings"].items() if planted_texts(value)}
            self.definition(host, given, {"settings": {**given["settings"], **changed}}, statuses=(422,))
        self.bad_hours(cluster)
        self.refusals(cluster)
        self.wrong_inputs(cluster)
        self.nobody_there(cluster)

    def good_hours(self) -> str:
        """Create, resize, read, run and forget."""
        id_, made = self.clusters.create(self.clusters.properties({"nodes": 2, **CLUSTER_INPUTS}))
        self.clusters.update(id_, made, self.clusters.properties({"nodes": 3, **CLUSTER_INPUTS}))
        self.caught.add("plan and preview", str(made[OBSERVED]))
        self.clusters.read(id_, made)
        run = self.runs.properties({"cluster_id": id_, "package_id": 101, **SECRET_INPUTS})
        inputs, failures = self.runs.check(run)
        assert not failures
        job, done = self.runs.create(inputs)
        self.runs.diff(job, done, {**inputs, "variables": {"password": "'new'"}})
        self.runs.read(job, done)
        self.runs.delete(job, done)
        assert id_.isdigit()
        return id_

    def bells(self) -> None:
        """A hook that is made, told, changed, refused and removed, by a service that repeats its address and salt."""
        inputs, failures = self.hooks.check(self.hooks.properties(HOOK_INPUTS))
        assert not failures
        id_, made = self.hooks.create(inputs)
        self.account.edit_hook(int(id_), salt=SALT)
        _, seen, _ = self.hooks.read(id_, made)
        assert seen["salt"] == SALT
        self.hooks.diff(id_, seen, {**inputs, "settings": {"url": f"{IN_SETTINGS}/other"}})
        seen = self.hooks.update(id_, seen, {**inputs, "active": False})
        self.account.fail_cluster(self.account.add_cluster().id)
        self.account.deliver()
        for status in (404, 422, 500):
            self.refuse(status, words=f"No: {IN_SETTINGS}")
            self.attempt(lambda: self.hooks.create(inputs))
            self.refuse(status, words=f"No: {IN_SETTINGS} | {SALT}")
            self.attempt(lambda: self.hooks.update(id_, seen, inputs))
            self.attempt(lambda: self.hooks.read(id_, seen))
        self.faults.calm()
        _, failures = self.hooks.check({**HOOK_INPUTS, "settings": {"url": IN_SETTINGS, "channel": [IN_SETTINGS]}})
        self.caught.add("plan and preview", *(failure.reason for failure in failures))
        self.hooks.delete(id_, seen)

    def warehouses(self) -> None:
        """A connection made, changed, tested, refused and removed, by a service that repeats what it is given."""
        inputs, failures = self.connections.check(self.connections.properties(CONNECTION_INPUTS))
        assert not failures
        id_, made = self.connections.create(inputs)
        words = f"{IN_PASSWORD} does not open {IN_HOST}"
        self.account.edit_connection(601, settings={"host": f"{IN_HOST}/other"}, failure=words)
        _, seen, _ = self.connections.read(id_, made)
        other = {**inputs, "settings": {**inputs["settings"], "password": f"{IN_PASSWORD}!"}}
        self.connections.diff(id_, seen, other)
        self.attempt(lambda: self.connections.update(id_, seen, other))
        for status in (400, 404, 422, 500):
            self.refuse(status, words=words)
            self.attempt(lambda: self.connections.create(inputs))
            self.attempt(lambda: self.connections.update(id_, made, other))
            self.attempt(lambda: self.connections.read(id_, made))
        self.faults.calm()
        wrong = {"settings": {**inputs["settings"], "port": IN_PASSWORD, "host": [IN_HOST]}}
        _, failures = self.connections.check({**inputs, **wrong})
        self.caught.add("plan and preview", *(failure.reason for failure in failures))
        self.connections.delete(id_, seen)

    def definition(
        self,
        host: Host,
        given: Mapping[str, Any],
        change: Mapping[str, Any],
        *,
        statuses: Sequence[int] = (400, 404, 422, 500),
    ) -> None:
        """One made, changed, refused and removed, by a service that repeats what it is given."""
        inputs, failures = host.check(host.properties(given))
        assert not failures
        id_, made = host.create(inputs)
        _, seen, _ = host.read(id_, made)
        other = {**inputs, **change}
        host.diff(id_, seen, other)
        seen = host.update(id_, seen, other)
        for status in statuses:
            self.refuse(status, words=f"No: {' | '.join(sorted(planted_texts({**given, SECRETS: []})))}")
            self.attempt(lambda: host.create(inputs))
            self.attempt(lambda: host.update(id_, made, inputs))
            self.attempt(lambda: host.read(id_, made))
            self.attempt(lambda: host.delete(id_, made))
        self.faults.calm()
        name, _ = next(iter(change.items()))
        _, failures = host.check({**inputs, name: [{"package_id": IN_VARIABLES, "variables": [ECHOED]}]})
        self.caught.add("plan and preview", *(failure.reason for failure in failures))
        host.delete(id_, seen)

    def bad_hours(self, cluster: str) -> None:
        """Runs that fail, and say so or only warn, at creation, at refresh and at the next up; and a broken cluster."""
        run = self.runs.properties({"cluster_id": cluster, "package_id": 103, **SECRET_INPUTS})
        self.runs.create({**run, "on_failure": "record"})
        self.attempt(lambda: self.runs.create(run))
        failed = str(self.account.jobs()[-1].id)
        self.attempt(lambda: self.runs.read(failed, {**run, "__declared": ["variables"], "status": "running"}))
        self.attempt(lambda: self.runs.update(failed, run, run))
        endless = {**run, "package_id": 106, "timeout": 1}
        self.attempt(lambda: self.runs.create(endless))
        self.attempt(
            lambda: self.clusters.create(self.clusters.properties({"nodes": 2, **CLUSTER_INPUTS, "name": "doomed"}))
        )

    def refusals(self, cluster: str) -> None:
        """A service that refuses or breaks, and repeats the key and the variables while it does."""
        run = self.runs.properties({"cluster_id": cluster, "package_id": 101, **SECRET_INPUTS})
        for status in (400, 402, 404, 409, 422):
            self.refuse(status)
            self.attempt(lambda: self.runs.create({**run, "on_unsure": "refuse"}))
            self.attempt(lambda: self.runs.delete("1", run))
        self.faults.calm()

    def wrong_inputs(self, cluster: str) -> None:
        """Secrets where they do not belong, and a surprise that holds one."""
        wrong = {"cluster_id": cluster, "package_id": 101, "variables": ECHOED, "dynamic_variables": [ECHOED]}
        _, failures = self.runs.check({**wrong, SECRETS: ["*"]})
        _, more = self.runs.check({**wrong, "variables": {"a": [ECHOED]}, "dynamic_variables": {"b": {"c": ECHOED}}})
        for failure in (*failures, *more):
            self.caught.add("plan and preview", failure.property, failure.reason)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(JobRunProvider, "kind", replace(JOB_RUN, view=_surprise))
            run = self.runs.properties({"cluster_id": cluster, "package_id": 101, **SECRET_INPUTS})
            self.attempt(lambda: self.runs.create(run))

    def nobody_there(self, cluster: str) -> None:
        """An account that cannot be reached, and a key that it does not know."""
        run = self.runs.properties({"cluster_id": cluster, "package_id": 101, **SECRET_INPUTS})
        self.refuse(401)
        self.attempt(lambda: self.runs.create(run))
        self.faults.calm()
        session_for(settings.load(os.environ, lambda _key: None)).client.close()
        self.attempt(lambda: self.runs.create(run))


def _surprise(record: object, _asked: object) -> dict[str, object]:
    raise LookupError(f"{SPOKEN} of {record}")


@contextlib.contextmanager
def day(caught: Caught, folder: Path) -> Iterator[tuple[Day, Engine]]:
    """Serve a host and an account whose every word is caught, files included."""
    state, events, faults, log = folder / "account.db", folder / "events.jsonl", Faults(), list[str]()
    account = Emulator(SEED, step=STEP, state=state, gates=[faults])
    account.on_call = lambda call, took: emulator_command._log(call, took, Screen([Secret(KEY)]))
    with pytest.MonkeyPatch.context() as patch, everything_logged(caught), engine() as (told, address):
        patch.setattr(limits, "MINUTE", 0.0)  # what is refused for ever is not asked for again for a minute
        patch.setattr(typer, "echo", lambda text, **_options: log.append(text))
        with account:
            for name, text in {**settings_of(account), **QUICK, "XPLENTY_EVENTS": str(events)}.items():
                patch.setenv(name, text)
            patch.setattr(sys, "argv", ["host", address])
            forget_the_process()
            with host_in_this_process() as channel:
                yield Day(caught, account, faults, channel), told
            add_objects(caught, account)
            forget_the_process()
    caught.add_access_log(log)
    caught.add_state_file(state)
    caught.add("logging", *(line.text for line in told.lines), events.read_bytes())


def add_objects(caught: Caught, account: Emulator) -> None:
    """Print and pickle what the front end, the core and the client are made of."""
    found = settings.load(os.environ, lambda _key: None)
    shared = session_for(found)
    checked = check(
        JOB_RUN, {"cluster_id": 1, "package_id": 101, **{name: SECRET_INPUTS[name] for name in SECRET_NAMES}}
    )
    told = {"variables": SECRET_INPUTS["variables"], "errors": SPOKEN}
    things: Sequence[object] = (
        *(
            found,
            shared,
            shared.client,
            shared.clusters(EngineCall()),
            shared.job_runs(EngineCall()),
            shared.known_clusters,
            shared.known_runs,
        ),
        *(checked, Inputs.of(SECRET_INPUTS), DesiredRun(checked.inputs, 60.0), RunShape.of(checked.inputs)),
        *(differences(JOB_RUN, checked.inputs, {}), ClusterProvider(), JobRunProvider(), account, account.calls()),
        *(HttpRequest("POST", "/jobs", body=SECRET_INPUTS), Job.model_validate({"id": 1, "status": "failed", **told})),
    )
    caught.add_printed(things)
    caught.add_pickled([found, shared.client, ClusterProvider(), JobRunProvider(), account.calls()])


def test_no_secret_in_any_sink(tmp_path: Path, capfd: pytest.CaptureFixture[str], schema_watch: SchemaWatch) -> None:
    """Neither the key nor a secret variable is anywhere, in any spelling, whatever went well or badly."""
    schema_watch.look_away()
    caught = Caught()
    with day(caught, tmp_path) as (host, _):
        sys.stdout.write("the day begins")
        host.pass_by()
    out, err = capfd.readouterr()
    caught.add("standard output", out)
    caught.add("standard error", err, "the end")
    mine = [sink for sink in SINKS if sink not in (*OF_THE_ENGINE, *OF_A_PROJECT)]
    assert {sink: caught.leaks(sink) for sink in mine} == {sink: [] for sink in mine}
    for _ in mine:
        scoreboard.count("sinks without a leak", goal=len(SINKS), command=COMMAND)
