"""`xplenty-pulumi status`: what is shown, at which cost, with which exit code."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from tests.support.accounts.command_line import KEY, SCOPE, Scene, at, opened_scene, seeded
from tests.support.accounts.desired import signed
from xplenty_pulumi.cli.ui import account as cli_account
from xplenty_pulumi.cli.ui.documents import json_value
from xplenty_pulumi.clock import ManualClock
from xplenty_pulumi.emulator import Knobs, PackageSeed

NARROW = """\
emulated-account  2026-01-01T00:02:30Z  4,995 of 5,000 calls left this hour

CLUSTER  NAME     STATUS     SIZE    AGE    RUN/WAIT  IDLE   OWNER
503      weekly   error      2 prod  2m30s  0/0       -      unmanaged
502      adhoc    idle       1 sand  2m30s  0/0       2m30s  unmanaged
501      nightly  available  4 prod  2m30s  1/0       -      dev-a06b6a0

JOB   PACKAGE              CLUSTER  STATUS     PROGRESS         RUNTIME  AGE
9003  102 Customer import  501      running    █████░░░░░  50%  45s      50s
9002  103 Broken import    501      failed     ░░░░░░░░░░   0%  20s      2m30s
9001  101 Daily sales      501      completed  ██████████ 100%  1m       2m30s

job 9002 failed: Package failed to execute: input path not found.
its log, and what to do next: `xplenty-pulumi status job 9002`"""
WIDE = """\
emulated-account  2026-01-01T00:02:30Z  4,995 of 5,000 calls left this hour

CLUSTER  NAME     STATUS     TYPE        NODES  AGE    RUN/WAIT  IDLE   OWNER
503      weekly   error      production  2      2m30s  0/0       -      unmanaged
502      adhoc    idle       sandbox     1      2m30s  0/0       2m30s  unmanaged
501      nightly  available  production  4      2m30s  1/0       -      dev-a06b6a0

JOB   PACKAGE              CLUSTER  STATUS     PROGRESS         RUNTIME  AGE    OWNER
9003  102 Customer import  501      running    █████░░░░░  50%  45s      50s    dev-a06b6a0
9002  103 Broken import    501      failed     ░░░░░░░░░░   0%  20s      2m30s  dev-a06b6a0
9001  101 Daily sales      501      completed  ██████████ 100%  1m       2m30s  dev-a06b6a0

job 9002 failed: Package failed to execute: input path not found.
its log, and what to do next: `xplenty-pulumi status job 9002`"""


def cluster(number: int, name: str, status: str, phase: str, **fields: Any) -> dict[str, Any]:
    """Return a cluster as it is documented."""
    known = {"id": number, "name": name, "status": status, "phase": phase, "type": "production", "nodes": 2}
    times = {"created_at": at(0), "ended_at": None, "idle_since": None}
    return {**known, "owner": "unmanaged", **times, "running_jobs": 0, "queued_jobs": 0, **fields}


def job(number: int, package_id: int, package: str, status: str, phase: str, **fields: Any) -> dict[str, Any]:
    """Return a job run as it is documented."""
    known = {"id": number, "status": status, "phase": phase, "package_id": package_id, "package": package}
    where = {"cluster_id": 501, "owner": SCOPE, "html_url": f"URL/emulated-account/jobs/{number}", "replaced_by": None}
    return {**known, **where, "errors": "", "created_at": at(0), "started_at": at(5), "ended_at": None, **fields}


@pytest.mark.parametrize(("columns", "page"), [(80, NARROW), (120, WIDE)])
def test_overview_fits_the_terminal(scene: Scene, columns: int, page: str) -> None:
    """A narrow terminal gets fewer columns; nothing is wrapped."""
    seeded(scene)
    assert scene.run("status", COLUMNS=str(columns)).lines == page.splitlines()


def test_ages_count_by_the_time_of_the_account(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an emulated account runs through time faster than the clock here, the page is the same."""
    seeded(scene)
    monkeypatch.setattr(cli_account, "SystemClock", ManualClock)
    assert scene.clock.now() - ManualClock().now() == timedelta(seconds=150)
    assert scene.run("status", COLUMNS="80").lines == NARROW.splitlines()
    (row,) = scene.run("status", "clusters", "--age", "3m", "--owner", SCOPE, "--json").json["clusters"]
    assert row["id"] == 501
    assert scene.run("status", "clusters", "--age", "2m", "--json").json["clusters"] == []
    assert scene.run("usage", "--json").json["until"] == at(150)


def test_a_tiny_terminal_keeps_ids_and_statuses(scene: Scene) -> None:
    """Sixty columns have neither bars nor owners, and the first line goes on in a second one."""
    seeded(scene)
    lines = scene.run("status", COLUMNS="60").lines
    assert lines[:2] == ["emulated-account  2026-01-01T00:02:30Z  4,995 of 5,000 calls", "left this hour"]
    assert lines[3] == "CLUSTER  NAME     STATUS     SIZE    AGE    RUN/WAIT  IDLE"
    assert [line.split()[0] for line in lines[4:7]] == ["503", "502", "501"]
    assert lines[9].split()[-4:] == ["running", "50%", "45s", "50s"]


@pytest.mark.parametrize(
    ("description", "told"),
    [("", "and run it again"), (signed(), "`pulumi preview --refresh` of its stack shows whether")],
)
def test_a_failed_run_says_what_to_do_next(scene: Scene, description: str, told: str) -> None:
    """Whether a program may declare it depends on the cluster; a run that goes on has nothing to say."""
    number = scene.job(scene.emulator.add_cluster(description=description), 103)
    scene.clock.advance(3)
    assert "next:" not in scene.run("status", "job", number).out
    scene.clock.advance(60)
    shown = " ".join(scene.run("status", "job", number, COLUMNS="80").out.split())
    assert (f"job {number} failed: Package failed to execute" in shown, told in shown) == (True, True)


def test_overview_as_json(scene: Scene) -> None:
    """The document holds what is documented and nothing else."""
    seeded(scene)
    ended = {"runtime_in_seconds": 20, "ended_at": at(25)}
    failed = {**ended, "errors": "Package failed to execute: input path not found.", "progress": 0.0}
    running = {"created_at": at(100), "started_at": at(105), "runtime_in_seconds": 45, "progress": 0.5}
    completed = {"ended_at": at(65), "runtime_in_seconds": 60, "progress": 1.0}

    assert scene.run("status", "--json").json == {
        "version": 1,
        "at": at(150),
        "credits": {"limit": 5000, "remaining": 4995},
        "clusters": [
            cluster(503, "weekly", "error", "failed"),
            cluster(502, "adhoc", "idle", "ready", type="sandbox", nodes=1, idle_since=at(0)),
            cluster(501, "nightly", "available", "ready", nodes=4, owner=SCOPE, running_jobs=1),
        ],
        "jobs": [
            job(9003, 102, "Customer import", "running", "running", **running),
            job(9002, 103, "Broken import", "failed", "failed", **failed),
            job(9001, 101, "Daily sales", "completed", "succeeded", **completed),
        ],
        "jobs_left_out": 0,
    }


def test_cluster_as_json(scene: Scene) -> None:
    """A cluster comes with its machines, and the job runs on it."""
    seeded(scene)
    shown = scene.run("status", "cluster", 501, "--json").json["cluster"]

    machines = shown.pop("instances")
    assert [one["master"] for one in machines] == [True, False, False, False, False]
    assert [one["id"] for one in shown.pop("jobs")] == [9003, 9002, 9001]
    assert shown == {
        **cluster(501, "nightly", "available", "ready", nodes=4, owner=SCOPE, running_jobs=1),
        "description": "loads",
        "region": "amazon-web-services::us-east-1",
        "zone": None,
        "terminate_on_idle": False,
        "time_to_idle": 3600,
        "terminated_on_idle": False,
        "available_since": at(0),
        "html_url": "URL/emulated-account/clusters/501",
    }


def test_job_as_json(scene: Scene) -> None:
    """A job run comes with its variables, its outputs and the end of its log; values are masked."""
    seeded(scene)
    completed = {"ended_at": at(65), "runtime_in_seconds": 60, "progress": 1.0}

    assert scene.run("status", "job", 9001, "--json", "--log-lines", 1).json["job"] == {
        **job(9001, 101, "Daily sales", "completed", "succeeded", **completed),
        "variables": {"day": "***", "output_path": "***"},
        "tasks": [],
        "outputs": [{"id": 90010, "name": "daily_sales", "records_count": 10415}],
        "log_tail": [f"{at(65)} Job completed"],
        "log_url": "URL/emulated-account/api/jobs/9001/log",
    }


def failed_workflow(scene: Scene) -> int:
    """Let a workflow run whose second task fails, with a variable that its error repeats; return the run's id."""
    scene.emulator.add_package(PackageSeed(300, "Fails", run_seconds=20, failure="login with hunter two failed"))
    flow = {"components": [{"name": "load", "package_id": 101}, {"name": "import", "package_id": 300}]}
    package = PackageSeed(301, "Nightly", flow_type="workflow", data_flow_json=json.dumps(flow))
    scene.emulator.add_package(package)
    cluster = scene.emulator.add_cluster()
    number = scene.job(cluster, 301, password="'hunter two'")
    scene.clock.advance(3600)
    return number


def test_a_workflow_shows_its_tasks(scene: Scene) -> None:
    """The page has a table of the tasks and the error of each that failed; values of variables are masked in them."""
    number = failed_workflow(scene)
    page = scene.run("status", "job", number, COLUMNS="100").out
    for text in ("TASK    JOB", f"load    {number + 1}", "101 Daily sales  completed", "300 Fails        failed"):
        assert text in page
    assert f"job {number} failed: Workflow failed to execute." in page
    assert f"job {number + 2} failed: login with *** failed" in page


def test_a_workflow_as_json(scene: Scene) -> None:
    """Each task has its name, and otherwise what every job run has."""
    number = failed_workflow(scene)
    tasks = scene.run("status", "job", number, "--json").json["job"]["tasks"]
    assert [(one["name"], one["id"], one["status"]) for one in tasks] == [
        ("load", number + 1, "completed"),
        ("import", number + 2, "failed"),
    ]
    assert tasks[1]["errors"] == "login with *** failed"


def test_a_service_without_tasks_shows_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the service does not show the tasks, the page is as of any other job run."""
    with opened_scene(monkeypatch, knobs=Knobs(job_children=False)) as scene:
        done = scene.run("status", "job", failed_workflow(scene))
    assert (done.code, "TASK" in done.out, "Workflow failed to execute." in done.out) == (0, False, True)


def test_pages_of_one_thing_say_what_the_documents_say(scene: Scene) -> None:
    """Both pages are readable at 80 columns, with the machines, the outputs and the log."""
    seeded(scene)
    cluster_page = scene.run("status", "cluster", 501, COLUMNS="80").out
    job_page = scene.run("status", "job", 9001, COLUMNS="80").out

    for text in ("501 nightly", "4 nodes, production", "i-001f5000  master", "9003  102 Customer import"):
        assert text in cluster_page
    for text in ("101 Daily sales", "daily_sales  10,415", "day          ***", f"{at(65)} Job completed"):
        assert text in job_page


@pytest.mark.parametrize(
    ("words", "calls"),
    [
        ([], ["GET clusters", "GET jobs"]),
        (["clusters"], ["GET clusters"]),
        (["jobs"], ["GET jobs"]),
        (["jobs", "--package", 101], ["GET jobs"]),
        (["--package", "Daily sales"], ["GET packages", "GET jobs"]),
        (["--status", "running"], ["GET jobs"]),
        (["cluster", 501], ["GET clusters/501", "GET jobs", "GET clusters/501/instances"]),
        (["job", 9001], ["GET jobs/9001", "GET jobs/9001/variables", "GET jobs/9001/log"]),
    ],
)
def test_calls(scene: Scene, words: list[object], calls: list[str]) -> None:
    """A look costs one call for each list, whatever is on it."""
    seeded(scene)
    assert scene.calls_of("status", *words) == calls


@pytest.mark.parametrize(
    ("words", "clusters", "jobs"),
    [
        (["--status", "error", "--status", "failed"], [503], [9002]),
        (["--owner", SCOPE], [501], [9003, 9002, 9001]),
        (["--owner", "unmanaged"], [503, 502], []),
        (["--age", "2m"], [], [9003]),
        (["--age", "1d"], [503, 502, 501], [9003, 9002, 9001]),
        (["--package", "103"], None, [9002]),
        (["--package", "Daily sales"], None, [9001]),
        (["jobs", "--status", "completed", "--owner", SCOPE], None, [9001]),
        (["clusters", "--status", "idle"], [502], None),
    ],
)
def test_filters(scene: Scene, words: list[str], clusters: list[int] | None, jobs: list[int] | None) -> None:
    """Each filter leaves out what does not fit, and several go together."""
    seeded(scene)
    shown = scene.run("status", "--json", *words).json
    for name, ids in (("clusters", clusters), ("jobs", jobs)):
        assert ids == ([row["id"] for row in shown[name]] if name in shown else None)


def test_old_ends_are_left_out_until_they_are_asked_for(scene: Scene) -> None:
    """After a day an ended run is no longer shown, and an ended cluster after 15 minutes; a filter brings them back."""
    seeded(scene)
    scene.emulator.end_cluster(501)
    scene.clock.advance(25 * 3600)

    assert scene.run("status", "jobs", "--json").json["jobs"] == []
    assert [one["id"] for one in scene.run("status", "--json").json["clusters"]] == [503, 502]
    assert len(scene.run("status", "jobs", "--json", "--age", "2d").json["jobs"]) == 3
    assert [one["id"] for one in scene.run("status", "--status", "terminated", "--json").json["clusters"]] == [501]


def test_overview_shows_ten_of_the_runs_that_have_ended(scene: Scene) -> None:
    """The rest is counted, and `status jobs` shows it."""
    scene.emulator.add_package(PackageSeed(110, "Quick", run_seconds=1))
    made = scene.emulator.add_cluster()
    for _ in range(13):
        scene.job(made, 110)
    scene.clock.advance(600)

    assert scene.run("status").lines[-1] == "and 3 job runs that ended earlier: `xplenty-pulumi status jobs`"
    assert scene.run("status", "--json").json["jobs_left_out"] == 3
    assert len(scene.run("status", "jobs", "--json").json["jobs"]) == 13


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--fail-on-error"], 3),
        (["clusters", "--fail-on-error", "--json"], 3),
        (["job", "9002", "--fail-on-error"], 3),
        (["job", "9001", "--fail-on-error"], 0),
        (["--fail-on-error", "--status", "running"], 0),
        ([], 0),
    ],
)
def test_exit_code(scene: Scene, words: list[str], code: int) -> None:
    """It is 3 only where something shown is failed or in error, and the user wants to know."""
    seeded(scene)
    assert scene.run("status", *words).code == code


@pytest.mark.parametrize("words", [[], ["--status", "failed"], ["--status", "error"], ["jobs"], ["clusters"]])
def test_what_is_shown_is_of_the_account_s_time(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """An emulated account may be ahead of this machine, whichever lists are read."""
    seeded(scene)
    here = ManualClock(scene.clock.now() - timedelta(days=3))
    monkeypatch.setattr(cli_account, "SystemClock", lambda: here)
    assert scene.run("status", *words, "--json").json["at"] == json_value(scene.clock.now())


def test_values_of_variables_are_masked_wherever_they_stand(scene: Scene) -> None:
    """An error and a log that repeat a value do not show it, quoted or not, unless the user asks for it."""
    number = scene.job(scene.emulator.add_cluster(), 101, password="'hunter two'")
    scene.emulator.fail_job(number, errors="login with hunter two failed")

    for words in (["status"], ["status", "job", number], ["status", "job", number, "--json"], ["wait", "job", number]):
        ended = scene.run(*words)
        assert "hunter" not in ended.out + ended.err
        assert "login with *** failed" in ended.out + ended.err
    assert "'hunter two'" in scene.run("status", "job", number, "--show-variables").out


def test_key_is_masked_wherever_it_stands(scene: Scene) -> None:
    """Whoever put the key into a name or a description does not see it here."""
    number = scene.emulator.add_cluster(name=f"with {KEY}", description=KEY).id

    for words in ([], ["--json"], ["cluster", number], ["cluster", number, "--json"]):
        assert "***" in scene.run("status", *words).out


def test_texts_of_the_service_do_not_move_the_cursor(scene: Scene) -> None:
    """Control characters and line ends in a name are shown as blanks."""
    scene.emulator.add_cluster(name="a\x1b[2Jb\nc\u202ed")
    assert "a [2Jb c d" in scene.run("status").out


def test_plan_without_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the plan does not show them that is said, and the rest is shown."""
    with opened_scene(monkeypatch, knobs=Knobs(instances_in_plan=False)) as scene:
        number = scene.emulator.add_cluster().id

        assert "the plan does not show the machines" in scene.run("status", "cluster", number).out
        assert scene.run("status", "cluster", number, "--json").json["cluster"]["instances"] is None


def test_empty_account(scene: Scene) -> None:
    """Nothing to show is said."""
    assert scene.run("status").lines[2:] == ["no cluster to show", "", "no job run to show"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["cluster"], "status cluster needs an ID: `xplenty-pulumi status cluster ID`"),
        (["jobs", "7"], "ID goes with `status cluster` and `status job` only"),
        (["job", "7", "--owner", "x"], "--owner chooses among many; leave it out where an ID is given"),
        (["clusters", "--package", "7"], "--package chooses among job runs; clusters have no package"),
        (["--status", "happy"], "--status must be one of pending, creating, available, idle"),
        (["--age", "soon"], "--age must be a time above zero and below a year"),
        (["--watch", "--interval", "0.01"], "--interval must be from 0.2 seconds to an hour"),
        (["--watch", "--fail-on-error"], "--fail-on-error is for one look; leave out --watch"),
    ],
)
def test_bad_usage(scene: Scene, words: list[str], text: str) -> None:
    """What does not fit together is said in one line with exit code 2."""
    ended = scene.run("status", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"xplenty-pulumi status: {text}")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "environment", "code", "text"),
    [
        ([], {"XPLENTY_API_KEY": ""}, 2, "XPLENTY_API_KEY is empty, and no stack's configuration is read. Set"),
        ([], {"XPLENTY_API_KEY": "wrong-key"}, 1, "Check XPLENTY_API_KEY, and that it belongs to"),
        ([], {"XPLENTY_API_URL": "http://127.0.0.1:9"}, 1, "127.0.0.1:9"),
        (["cluster", "7"], {}, 1, "cluster 7: the service does not know it (404). Check the id"),
        (["job", "7"], {}, 1, "job 7: the service does not know it (404). Check the id"),
        (["--package", "Nope"], {}, 1, "package 'Nope': there is no active package of that name"),
    ],
)
def test_trouble_is_one_paragraph(
    scene: Scene, words: list[str], environment: dict[str, str], code: int, text: str
) -> None:
    """What is wrong and what to do about it is one line on stderr, and nothing is on stdout."""
    ended = scene.run("status", *words, **environment)
    assert (ended.code, ended.out) == (code, "")
    assert text in ended.err
    assert ended.err.count("\n") == 1


def test_name_of_several_packages_is_refused(scene: Scene) -> None:
    """Which package is meant is not guessed."""
    for number in (110, 111):
        scene.emulator.add_package(PackageSeed(number, "Twin"))
    assert "packages 110, 111 all have that name. Give the id of" in scene.run("status", "--package", "Twin").err


def test_calls_are_not_spent_where_few_are_left(scene: Scene) -> None:
    """A watch stops looking when less than a twentieth of the hour's calls is left, and says so once."""
    scene.emulator.set_credits_used(4_800)
    scene.clock.script = [lambda: None] * 3

    ended = scene.run("status", "clusters", "--watch")

    assert ended.lines == [f"{at(5)} 4% of the hour's calls left"]
    assert scene.calls().count("GET clusters") == 1


def test_pulumi_is_not_loaded() -> None:
    """The commands do not wait for the engine's library, nor need it."""
    loaded = "{'pulumi', 'grpc'} & {n.split('.')[0] for n in sys.modules}"
    code = f"import sys, xplenty_pulumi.cli.commands.status.command; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
