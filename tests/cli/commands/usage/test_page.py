"""`xplenty-pulumi usage --html`: what is in the file, and what is not."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.accounts.command_line import KEY, SCOPE, Scene
from xplenty_pulumi.client import paging
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.emulator import Knobs, PackageSeed

LARGEST = 8_000_000


def written(scene: Scene, folder: Path, **environment: str) -> str:
    """Return the page of the last day."""
    file = folder / "usage.html"
    ended = scene.run("usage", "--since", "1d", "--html", file, **environment)
    assert ended.code == 0, ended.err
    return file.read_text(encoding="utf-8")


def facts_of(page: str) -> Any:
    """Return what the page knows."""
    (found,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)


def test_it_says_what_it_wrote(scene: Scene, tmp_path: Path) -> None:
    """The line names the file and counts what is on the page."""
    scene.job(scene.owned_cluster(nodes=4))
    file = tmp_path / "usage.html"
    printed = scene.run("usage", "--html", file).out
    assert re.fullmatch(rf"{re.escape(str(file))}: 1 cluster, 1 job run, \d\.\d MB\n", printed)
    assert file.stat().st_size < LARGEST


def test_facts_are_those_of_the_account(scene: Scene, tmp_path: Path) -> None:
    """Clusters, runs and node-hours are what the service shows."""
    owned = scene.owned_cluster(name="nightly", nodes=4)
    run = scene.job(owned, 103)
    scene.clock.advance(3600)
    scene.emulator.end_cluster(owned.id)
    facts = facts_of(written(scene, tmp_path))
    (lane,) = facts["lanes"]
    assert (lane["id"], lane["name"], lane["owner"], lane["size"]) == (owned.id, "nightly", SCOPE, "4 nodes")
    assert lane["hours"] == 4
    assert [(one["id"], one["outcome"], one["package"]) for one in lane["runs"]] == [(run, "failed", "Broken import")]
    assert lane["runs"][0]["error"] == "Package failed to execute: input path not found."


def test_owners_are_named_as_elsewhere(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that the backend knows is named with its project, and no stack is marked as the selected one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: loads\nruntime: python\n", encoding="utf-8")
    stacks = tmp_path / ".pulumi" / "stacks" / "loads"
    stacks.mkdir(parents=True)
    (stacks / "prod.json").write_text("{}", encoding="utf-8")
    marker = marker_of(Owner("organization", "loads", "prod", "etl"))
    scene.emulator.add_cluster(description=sign("", marker))
    scene.clock.advance(600)
    known = {"PULUMI_BACKEND_URL": tmp_path.as_uri(), "PULUMI_STACK": "organization/loads/prod"}
    (lane,) = facts_of(written(scene, tmp_path, **known))["lanes"]
    assert lane["owner"] == "loads/prod"
    assert "loads/prod*" in scene.run("usage", "--chart", **known).out


def test_works_offline(scene: Scene, tmp_path: Path) -> None:
    """The library is in the page, which names nothing to load and may load nothing."""
    page = written(scene, tmp_path)
    ours = page.replace(re.findall(r"<script>\n(/\*\*\n\* plotly\.js .*?)</script>", page, re.DOTALL)[0], "")
    assert re.findall(r"""(?:src|href)=|@import|url\(|fetch\(|https?://""", ours) == []
    assert "default-src 'none'" in ours


def test_no_text_of_the_service_is_markup(scene: Scene, tmp_path: Path) -> None:
    """A name that is a script is shown, and does not run."""
    evil = "</script><script>alert('x')</script>"
    scene.emulator.add_package(PackageSeed(900, evil, failure=evil))
    scene.job(scene.emulator.add_cluster(name=f"{evil[9:]}"), 900)
    scene.clock.advance(600)
    page = written(scene, tmp_path)
    assert "alert('x')" not in page
    assert page.count("<script>alert") == 0
    (lane,) = facts_of(page)["lanes"]
    escaped = "&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"
    assert (lane["runs"][0]["package"], lane["runs"][0]["error"]) == (escaped, escaped)
    assert lane["name"].startswith("&lt;script&gt;alert(&#39;")


def test_no_secret_is_on_it(scene: Scene, tmp_path: Path) -> None:
    """The key is masked in every text, and in an error the values of variables and the logins of addresses."""
    failure = f"{KEY}: token canary-variable-99 for postgres://ada:canary-login-77@db/x was refused"
    scene.emulator.add_package(PackageSeed(900, f"load {KEY}", failure=failure))
    cluster = scene.emulator.add_cluster(name=f"with {KEY}", description=KEY)
    scene.job(cluster, 900, token="'canary-variable-99'")
    scene.clock.advance(600)
    page = written(scene, tmp_path)
    for secret in (KEY, "canary-variable-99", "canary-login-77"):
        assert secret not in page
    (run,) = facts_of(page)["lanes"][0]["runs"]
    assert run["error"].replace("<br>", " ") == "***: token *** for postgres://db/x was refused"


def test_a_long_error_is_broken_and_cut(scene: Scene, tmp_path: Path) -> None:
    """A picture shows the begin of a long error, in lines that fit beside it."""
    scene.emulator.add_package(PackageSeed(900, "long", failure="no such column " * 100))
    scene.job(scene.emulator.add_cluster(), 900)
    scene.clock.advance(600)
    lines = facts_of(written(scene, tmp_path))["lanes"][0]["runs"][0]["error"].split("<br>")
    assert max(map(len, lines)) <= 80
    assert 5 < len(lines) < 12
    assert lines[-1].endswith("...")


def test_tasks_are_no_runs(scene: Scene, tmp_path: Path) -> None:
    """A workflow is one run, also where the service lists those of its tasks."""
    scene.emulator.account.world.knobs = Knobs(children_in_lists=True)
    flow = {"components": [{"name": "load", "package_id": 101}]}
    scene.emulator.add_package(PackageSeed(900, "all", flow_type="workflow", data_flow_json=json.dumps(flow)))
    run = scene.job(scene.emulator.add_cluster(), 900)
    scene.clock.advance(600)
    (lane,) = facts_of(written(scene, tmp_path))["lanes"]
    assert [one["id"] for one in lane["runs"]] == [run]


def test_what_is_missing_is_said(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page names a list that was not read to its end, and counts what cannot be counted."""
    monkeypatch.setattr(paging, "MOST_PAGES", 1)
    for _ in range(100):
        scene.emulator.add_cluster()
    scene.emulator.add_cluster(status="terminated")
    notes = facts_of(written(scene, tmp_path))["notes"]
    assert "Not counted: 1 cluster that ended at a moment which the service does not show." in notes
    assert "Not all clusters were read, because their list is too long: some are missing here." in notes


def test_without_plotly(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who lacks the extra is given the line that installs it, before any call."""
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    ended = scene.run("usage", "--html", tmp_path / "usage.html")
    assert ended.code == 2
    assert ended.err == 'xplenty-pulumi usage: --html needs Plotly: pip install "xplenty-pulumi[cli,report]"\n'
    assert scene.calls() == []
    assert [*tmp_path.iterdir()] == []


def test_only_a_page_loads_plotly(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table and the bars do without it."""
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    assert scene.run("usage").code == scene.run("usage", "--chart").code == 0


def test_a_file_that_cannot_be_written(scene: Scene, tmp_path: Path) -> None:
    """A folder that does not exist is one paragraph."""
    ended = scene.run("usage", "--html", tmp_path / "none" / "usage.html")
    assert ended.code == 2
    assert "No such file or directory" in ended.err


def test_one_form_at_a_time(scene: Scene, tmp_path: Path) -> None:
    """A page, bars and JSON exclude each other."""
    ended = scene.run("usage", "--html", tmp_path / "usage.html", "--json")
    assert (ended.code, "exclude each other" in ended.err) == (2, True)


def test_only_its_owner_may_read_it(scene: Scene, tmp_path: Path) -> None:
    """The page names what is in the account, so its file is private, also where it was there before."""
    file = tmp_path / "usage.html"
    file.touch(mode=0o644)
    written(scene, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
