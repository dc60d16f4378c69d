"""`xplenty-pulumi branch` where things are not as they should be: what it refuses, and that it says so."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.accounts.desired import signed
from tests.support.engine.project import QUICK, Project, small_project
from tests.support.engine.ran import LONGEST, eventually
from tests.support.engine.stack import STEP
from xplenty_pulumi.core.kinds.marker import Owner
from xplenty_pulumi.core.reports.branches import stack_name
from xplenty_pulumi.emulator import Emulator

engine = pytest.mark.engine

SLOW_END = """\
import pathlib, signal, sys
both = {{signal.SIGINT, signal.SIGTERM}}
signal.pthread_sigmask(signal.SIG_BLOCK, both)
pathlib.Path({begun!r}).touch()
signal.sigwait(both)
signal.sigtimedwait([signal.SIGUSR1], 0.6)
pathlib.Path({done!r}).touch()
sys.exit(1)
"""


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    """An account in which nothing happens but what is waited for."""
    with Emulator(step=STEP) as made:
        yield made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, account: Emulator) -> Project:
    """A project whose program declares nothing, with a template stack."""
    return small_project(tmp_path_factory.mktemp("project"), account)


@pytest.fixture(scope="module")
def stack(project: Project) -> Iterator[str]:
    """The stack of the branch `topic`, whose lifetime is over; every test leaves it."""
    project.run("up", "--branch", "topic", *QUICK).succeeded()
    (name,) = (one for one in project.stacks() if "-topic-" in one)
    project.expire(name)
    yield name
    assert name in project.stacks()
    project.run("down", "--branch", "topic", "--break-lock").succeeded()
    assert name not in project.stacks()


@pytest.fixture
def locked(project: Project, stack: str) -> Iterator[str]:
    """The same, locked by a process on another host while the test runs."""
    file = project.top / "state" / ".pulumi" / "locks" / "organization" / "tests" / stack / "0.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"pid": 1, "username": "ann", "hostname": "elsewhere", "timestamp": "2026-01-31T12:00"}))
    yield stack
    file.unlink(missing_ok=True)


@engine
def test_branch_up_twice_at_once_makes_one_stack(project: Project) -> None:
    """One of the two may find the stack locked by the other, and says so; there is one stack, and it can go."""
    with ExitStack() as opened:
        two = [opened.enter_context(project.begun("up", "--branch", "twice", *QUICK)) for _ in range(2)]
        ended = [one.ended() for one in two]

    assert 0 in {one.code for one in ended}, [one.output for one in ended]
    assert len(ended) == 2
    for one in ended:
        assert one.code == 0 or "locked" in one.output, one.output
    assert len([one for one in project.stacks() if "-twice-" in one]) == 1
    project.run("down", "--branch", "twice").succeeded()


@engine
def test_stack_that_is_locked_elsewhere_stays(project: Project, locked: str) -> None:
    """Another host cannot be looked into, so `down` refuses, and so does a sweep, which names what it could not do."""
    refused, swept = project.run("down", "--branch", "topic"), project.run("sweep", "--yes")

    assert (refused.code, swept.code, locked in project.stacks()) == (1, 1, True)
    assert "it is locked by ann@elsewhere (pid 1, since 2026-01-31T12:00 UTC), which cannot be looked" in refused.output
    assert f"1 thing could not be swept: organization/tests/{locked}: it is locked by" in swept.output


@engine
def test_another_account_ends_nothing(project: Project, stack: str) -> None:
    """Nothing of the stack can be seen there, so `down` must not say that nothing lives, and a sweep neither."""
    elsewhere = {"XPLENTY_API_URL": "https://api.example"}
    account = project.records(stack)["xplenty:account"]
    refused = project.run("down", "--branch", "topic", XPLENTY_ACCOUNT_ID="theirs")

    assert (refused.code, stack in project.stacks()) == (1, True)
    assert f"stack {stack}: it was brought up in account {account}, and the settings name theirs at " in refused.output
    assert account.endswith(project.environment["XPLENTY_API_URL"].removeprefix("http:/").strip("/"))
    assert project.run("down", "--branch", "topic", **elsewhere).code == 1
    assert f"run `pulumi stack tag set xplenty:account none --stack {stack}`" in refused.output


@engine
def test_remote_that_does_not_answer_ends_nothing(project: Project, stack: str) -> None:
    """An expired stack is left alone too; `list` still shows it, and says that git is not known."""
    project.git("remote", "add", "elsewhere", str(project.top / "nowhere"))

    swept = project.run("sweep", "--yes", "--remote", "elsewhere")
    listed = json.loads(project.run("list", "--json", "--remote", "elsewhere").succeeded().output.partition("\n")[2])

    assert swept.code == 1
    assert "the branches of the remote 'elsewhere' are not known: it could not be asked. Nothing counts" in swept.output
    (shown,) = (one for one in listed["branches"] if one["stack"] == stack)
    assert (shown["expired"], shown["git"]) == (True, "unknown")


@engine
def test_stack_that_does_not_say_when_it_ends_is_an_error(project: Project, stack: str) -> None:
    """It would live for ever; the sweep names it, with or without --yes, and the next `branch up` mends it."""
    project.run("up", "--branch", "nameless", *QUICK).succeeded()
    (name,) = (one for one in project.stacks() if "-nameless-" in one)
    project.run("up", "--branch", "topic", *QUICK).succeeded()
    for value in ("soon", "2099-01-01T00:00:00Z"):
        project.pulumi("stack", "tag", "set", "xplenty:expires", value, "--stack", name).succeeded()
        for arguments in (("sweep",), ("sweep", "--yes")):
            ran = project.run(*arguments)
            assert (ran.code, name in project.stacks()) == (1, True), ran.output
            assert f"stack {name}: its tags do not say when it ends, at most 7 days from now" in ran.output
            assert "pulumi stack tag set xplenty:expires" in ran.output

    project.run("up", "--branch", "nameless", *QUICK).succeeded()
    swept = project.run("sweep").succeeded().output
    project.run("down", "--branch", "nameless").succeeded()
    project.expire(stack)

    basis, *rest = swept.splitlines()
    assert re.fullmatch(
        r"based on \d+ branch(es)? of origin \(default main\), "
        r"and the clock here, \d{4}-\d\d-\d\d \d\d:\d\d UTC, which is the service's",
        basis,
    )
    assert rest == ["nothing to sweep"]


@engine
def test_remote_that_has_lost_all_branches_at_once_ends_nothing(project: Project) -> None:
    """It may hide them, or have been made anew; each of them can be taken down by its name."""
    project.push("first", "second")
    for name in ("first", "second"):
        project.run("up", "--branch", name, *QUICK).succeeded()
    project.delete("first", "second")

    swept = project.run("sweep", "--yes")

    assert swept.code == 1
    assert "none of the branches any more that have an environment (first, second)" in swept.output
    assert sum("-first-" in one or "-second-" in one for one in project.stacks()) == 2
    for name in ("first", "second"):
        project.run("down", "--branch", name).succeeded()


@engine
def test_clusters_of_a_branch_without_a_stack_are_taken_down(project: Project, stack: str, account: Emulator) -> None:
    """What a killed run of a branch has left whose stack somebody has removed is ended by `down`; others live on."""
    family = stack.split("-")[1]
    lost, other = (
        account.add_cluster(description=unfinished(Owner("organization", name, stack_name("lost", family), "urn")))
        for name in ("tests", "another")
    )

    output = project.run("down", "--branch", "lost").succeeded().output

    assert output.endswith("branch lost: it has no stack; 1 cluster of it ended\n")
    living = {one.id for one in account.living_clusters()}
    assert (account.cluster(lost.id).status, other.id in living) == ("terminated", True)


@engine
def test_cluster_in_a_renamed_stack_lives_on(project: Project, stack: str, account: Emulator) -> None:
    """Who renames the stack of a branch keeps what is in it: neither a sweep nor `down` takes it for left over."""
    marker = unfinished(Owner("organization", "tests", stack_name("kept", stack.split("-")[1]), "urn"))
    cluster = account.add_cluster(description=marker, terminate_on_idle=False)
    assert f'"cluster": {cluster.id},' in project.run("list", "--json").succeeded().output
    _hold(project, "promoted", cluster.id)

    listed = json.loads(project.run("list", "--json").succeeded().output)
    output = project.run("down", "--branch", "kept").succeeded().output

    assert cluster.id not in {one["cluster"] for one in listed["orphans"]}
    assert output.endswith("branch kept: it has no stack; nothing to take down\n")
    assert f"not ended: cluster {cluster.id} " in output
    assert ": stack organization/tests/promoted holds it in its state\n" in output
    assert cluster.id in {one.id for one in account.living_clusters()}
    account.end_cluster(cluster.id)


@engine
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("up", "--lifetime", "8d"), "--lifetime must be from 1h to 7d, got '8d'"),
        (("up", "--template", "prod"), "the template stack 'prod' does not exist; nothing was made"),
        (("up", "--remote", "github"), "there is no remote 'github'"),
        (("up", "feature/x"), "--branch names a branch, and options of `pulumi up` begin with -, got 'feature/x'"),
        (("up", "--branch=-x"), "'-x' is no name of a branch"),
        (("down", "--branch", "x", "--cwd", "/"), "no Pulumi.yaml project file found"),
        (("sweep", "--yes", "--dry-run"), "--dry-run and --yes exclude each other"),
        (("down", "--timeout", "soon"), "--timeout"),
    ],
)
def test_bad_usage_is_one_paragraph(project: Project, arguments: tuple[str, ...], text: str) -> None:
    """What is missing or wrong is said in one line with exit code 2, and no stack is made."""
    before, ran = project.stacks(), project.run(*arguments)

    assert (ran.code, ran.output.count("\n"), project.stacks()) == (2, 1, before), ran.output
    assert text in ran.output


@engine
def test_branch_has_the_same_stack_when_the_template_is_made_anew(project: Project) -> None:
    """The key in the names is found again in the stacks that have it, be its tag lost or another one there."""
    project.run("up", "--branch", "again", *QUICK).succeeded()
    before = project.stacks()
    for change in (("rm", "xplenty:branches"), ("set", "xplenty:branches", "0123456")):
        project.pulumi("stack", "tag", *change, "--stack", "dev").succeeded()
        project.run("up", "--branch", "again", *QUICK).succeeded()
        assert project.stacks() == before
    project.pulumi("stack", "tag", "rm", "xplenty:branches", "--stack", "dev").succeeded()
    project.run("up", "--branch", "again", *QUICK).succeeded()
    project.pulumi("stack", "select", "dev").succeeded()

    project.run("down", "--branch", "again").succeeded()

    assert project.pulumi("stack", "--show-name").succeeded().output == "dev\n"


@engine
def test_wrong_passphrase_leaves_no_stack_behind(project: Project) -> None:
    """A stack made with it would refuse the right one from then on."""
    before = project.stacks()
    project.pulumi("config", "set", "--secret", "password", "hush", "--stack", "dev").succeeded()

    ran = project.run("up", "--branch", "guarded", PULUMI_CONFIG_PASSPHRASE="wrong")

    assert (ran.code, project.stacks()) == (1, before), ran.output
    assert "incorrect passphrase" in ran.output


@engine
def test_backend_of_the_old_layout_is_refused(project: Project) -> None:
    """Where a stack's name does not tell its project, no scope can be told either."""
    stack = project.top / "old" / ".pulumi" / "stacks" / "dev.json"
    stack.parent.mkdir(parents=True)
    stack.write_text('{"version": 3, "checkpoint": {"stack": "dev", "latest": null}}')

    ran = project.run("down", "--branch", "topic", PULUMI_BACKEND_URL=f"file://{project.top / 'old'}")

    assert ran.code == 2
    assert "pulumi state upgrade" in ran.output
    assert "==" not in ran.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_lets_the_engine_end_by_itself(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C, which a terminal sends to both, and SIGTERM, sent to us alone, reach the engine; after it, we end."""
    fake, begun, done = tmp_path / "pulumi", tmp_path / "begun", tmp_path / "done"
    fake.write_text(f"#!{sys.executable}\n{SLOW_END.format(begun=str(begun), done=str(done))}")
    fake.chmod(0o755)
    code = "import sys; from pathlib import Path; from xplenty_pulumi.cli.engine.command import Engine"
    ask = f"{code}\ntry: Engine({str(fake)!r}, Path(), '').shown('up')\nexcept KeyboardInterrupt: sys.exit(7)"
    with subprocess.Popen([sys.executable, "-c", ask], start_new_session=True) as process:
        eventually(lambda: begun.exists() or None)
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        assert process.wait(timeout=LONGEST) == 7
    assert done.exists()


def unfinished(owner: Owner) -> str:
    """Return a marker as a killed `up` leaves it behind."""
    return signed(owner=owner, now=datetime.now(UTC))


def _hold(project: Project, stack: str, cluster_id: int) -> None:
    """Make a stack whose state holds a cluster."""
    project.pulumi("stack", "init", stack, "--no-select").succeeded()
    document = json.loads(project.pulumi("stack", "export", "--stack", stack).succeeded().output)
    type_ = "pulumi-python:dynamic/xplenty:Cluster"
    urn = f"urn:pulumi:{stack}::tests::{type_}::etl"
    document["deployment"]["resources"] = [{"urn": urn, "custom": True, "id": str(cluster_id), "type": type_}]
    file = project.top / "state.json"
    file.write_text(json.dumps(document))
    project.pulumi("stack", "import", "--stack", stack, "--file", str(file)).succeeded()
