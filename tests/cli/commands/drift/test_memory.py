"""What `--since-last` and `--hook` remember, and what becomes of the file when something fails."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.drift.scene import DriftScene
from tests.support.accounts.command_line import KEY
from tests.support.accounts.receiver import HookReceiver, receiving
from xplenty_pulumi.cli.commands.drift import comparison
from xplenty_pulumi.cli.commands.drift.memory import Receiver
from xplenty_pulumi.emulator import Emulator


@pytest.fixture
def file(scene: DriftScene) -> Path:
    """Where the last report is kept."""
    return scene.folder / "last.json"


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    """Somebody who is told."""
    with receiving() as made:
        yield made


def rename(account: Emulator, number: int) -> None:
    account.edit_cluster(number, name="somebody's")


def test_drift_that_was_reported_is_no_news(scene: DriftScene, file: Path) -> None:
    """It is told once with 2, then 0; grown or shrunk it is news again, and when it is gone that is told with 0."""
    number = scene.id_of("resized")
    told = []
    for nodes in (2, 5, 5, 7, 2, 2):
        scene.emulator.edit_cluster(number, nodes=nodes)
        ended = scene.run("--since-last", file, "--json")
        observed = [one["observed"] for one in ended.json["findings"]]
        told.append((ended.code, observed, len(ended.json["resolved"]), ended.json["unchanged"]))
    assert told == [(0, [], 0, 0), (2, [5], 0, 0), (0, [], 0, 1), (2, [7], 0, 0), (0, [], 1, 0), (0, [], 0, 0)]


def test_one_that_is_known_does_not_hide_another(scene: DriftScene, file: Path) -> None:
    """Only what is new is shown, the class is that of all."""
    scene.emulator.edit_cluster(scene.id_of("resized"), nodes=5)
    scene.run("--since-last", file)
    rename(scene.emulator, scene.id_of("renamed"))
    ended = scene.run("--since-last", file, "--json")
    assert ended.code == 2
    assert [one["resource"] for one in ended.json["findings"]] == ["renamed"]
    assert (ended.json["class"], ended.json["counts"]) == (
        "harmful",
        {"harmful": 1, "harmless": 1, "unknown": 0, "expected": 0},
    )


def test_counters_that_go_on_are_no_news(scene: DriftScene, file: Path) -> None:
    """What the service counts is told once, however far it counts."""
    number = scene.id_of("moved")
    for zone, news in (("us-east-1c", 1), ("us-east-1d", 0)):
        scene.emulator.edit_cluster(number, zone=zone)
        assert len(scene.run("--since-last", file, "--json").json["findings"]) == news


@pytest.mark.parametrize(
    "content",
    ["", "no json", "[]", '{"version": 1}', '{"format": "xplenty-pulumi drift", "version": 9}', '{"a": ' * 9],
)
@pytest.mark.parametrize("options", [(), ("--hook",)], ids=["", "hook"])
def test_file_that_is_no_report_is_left_as_it_is(
    scene: DriftScene, file: Path, receiver: HookReceiver, content: str, options: tuple[str, ...]
) -> None:
    """It is a clear error with exit code 1, and nothing is overwritten or posted."""
    file.write_text(content)
    ended = scene.run("--since-last", file, *options, *([receiver.url] if options else []))
    assert (ended.code, ended.out) == (1, "")
    assert "is not a report of this command, or is damaged; nothing was overwritten" in ended.err
    assert (file.read_text(), receiver.received()) == (content, [])


@pytest.mark.parametrize("damage", [{"id": [1]}, {"resource": 5}, {"field": {}}, {"class": "grave"}], ids=str)
def test_finding_that_makes_no_sense_is_damage(scene: DriftScene, file: Path, damage: dict[str, object]) -> None:
    """Whatever stands in the file, nothing is concluded from it and nothing is overwritten."""
    rename(scene.emulator, scene.id_of("renamed"))
    scene.run("--since-last", file)
    document = json.loads(file.read_text())
    document["findings"][0] |= damage
    file.write_text(json.dumps(document))
    ended = scene.run("--since-last", file)
    assert (ended.code, ended.out) == (1, "")
    assert "is not a report of this command, or is damaged; nothing was overwritten" in ended.err
    assert json.loads(file.read_text()) == document


def test_report_of_something_else_is_left_as_it_is(scene: DriftScene, file: Path) -> None:
    """A file of one stack is not taken for that of all stacks, nor of a look without strangers."""
    scene.run("--since-last", file)
    before = file.read_text()
    for options in (("--all",), ("--unmanaged",)):
        ended = scene.run("--since-last", file, *options)
        assert ended.code == 1
        assert "is about stack dev of project tests, not about" in ended.err
    assert file.read_text() == before


def test_file_is_written_whole_or_not_at_all(scene: DriftScene, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it cannot be put in its place, the old one and nothing else is there."""
    scene.run("--since-last", file)
    before = file.read_text()
    rename(scene.emulator, scene.id_of("renamed"))

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    ended = scene.run("--since-last", file)
    assert ended.code == 1
    assert "No space left on device" in ended.err
    assert (file.read_text(), [one.name for one in scene.folder.iterdir()]) == (before, ["last.json"])


def test_folder_that_is_not_there_is_an_error(scene: DriftScene) -> None:
    """No folder is made for it."""
    ended = scene.run("--since-last", scene.folder / "none" / "last.json")
    assert ended.code == 1
    assert "cannot be written" in ended.err


def test_failed_post_is_made_up_for(scene: DriftScene, file: Path) -> None:
    """The report is printed, the exit code is 1 and the old class stays, so that the next run posts it again."""
    rename(scene.emulator, scene.id_of("renamed"))
    with receiving(503, 302) as receiver:
        words = ["--since-last", file, "--hook", receiver.url, "--json"]
        failed = [scene.run(*words), scene.run(*words)]
        good, quiet = scene.run(*words), scene.run(*words)
        posted = [one.json()["class"] for one in receiver.received()]
    assert [one.code for one in failed] == [1, 1]
    assert [one.json["class"] for one in failed] == ["harmless", "harmless"]
    assert "could not be posted: it was answered with 503" in failed[0].err
    assert "bell" not in failed[0].err
    assert (good.code, quiet.code) == (0, 0)
    assert posted == ["harmless"] * 3
    assert json.loads(file.read_text())["class"] == "harmless"


def test_nobody_there_to_post_to_is_a_failure(scene: DriftScene, file: Path) -> None:
    """Whose address is that, is said without its path, which may hold a token."""
    rename(scene.emulator, scene.id_of("renamed"))
    ended = scene.run("--since-last", file, "--hook", "http://127.0.0.1:9/hooks/a-token-of-mine?key=another-token")
    assert ended.code == 1
    assert "127.0.0.1:9: the report could not be posted: no connection" in ended.err
    assert "token" not in ended.err


def test_post_says_what_and_holds_no_secret(scene: DriftScene, file: Path, receiver: HookReceiver) -> None:
    """It is the whole report and a line for people; neither the key goes along nor a value that is secret."""
    scene.emulator.edit_cluster(scene.id_of("resized"), nodes=5)
    scene.emulator.edit_cluster(scene.id_of("renamed"), name=f"my {KEY}")
    scene.run("--since-last", file, "--hook", receiver.url)
    (post,) = receiver.received()
    assert (post.path, "Authorization" in post.headers) == ("/bell?of=harbour", False)
    body = post.json()
    assert body["text"].startswith("Drift is harmful, was none: dev: 1 harmful, 1 harmless; ")
    assert (body["class"], body["previous_class"], len(body["findings"])) == ("harmful", "none", 2)
    for text in (post.body.decode(), file.read_text()):
        assert KEY not in text
        assert "token-of-slack" not in text


def test_class_that_comes_and_goes_is_posted_both_ways(scene: DriftScene, file: Path, receiver: HookReceiver) -> None:
    """A post when it grows worse, one when all is well again, none between."""
    for name in ("renamed loads", "x", "y", "renamed loads", "renamed loads"):
        scene.emulator.edit_cluster(scene.id_of("renamed"), name=name)
        scene.run("--since-last", file, "--hook", receiver.url)
    told = [(one.json()["previous_class"], one.json()["class"]) for one in receiver.received()]
    assert told == [("none", "harmless"), ("harmless", "none")]


def test_report_that_another_run_has_outdated_is_not_kept(
    scene: DriftScene, file: Path, receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs at once: the one that ends last neither overwrites nor posts, so that the next one posts all that is."""
    words, show = ["--since-last", file, "--hook", receiver.url], comparison._show
    scene.run(*words)

    def overtaken(*shown: Any) -> None:
        monkeypatch.setattr(comparison, "_show", show)
        rename(scene.emulator, scene.id_of("renamed"))
        scene.run(*words)
        scene.emulator.edit_cluster(scene.id_of("renamed"), name="renamed loads")
        show(*shown)

    monkeypatch.setattr(comparison, "_show", overtaken)
    late, next_one = scene.run(*words), scene.run(*words)

    told = [(one.json()["previous_class"], one.json()["class"]) for one in receiver.received()]
    assert (late.code, next_one.code, told) == (1, 0, [("none", "harmless"), ("harmless", "none")])
    assert "was written by another run meanwhile; nothing was posted or overwritten" in late.err


def test_post_is_known_to_be_due_before_it_is_sent(
    scene: DriftScene, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed meanwhile has kept what it has printed, and the class that was posted last."""
    scene.run("--since-last", file)
    rename(scene.emulator, scene.id_of("renamed"))
    kept = []
    monkeypatch.setattr(Receiver, "post", lambda *_, **__: kept.append(json.loads(file.read_text())))
    scene.run("--since-last", file, "--hook", "http://127.0.0.1:9/")
    assert [(one["class"], len(one["findings"])) for one in kept] == [("none", 1)]
