"""What CI installs, of the examples and of this project, is fixed: actions by commit, packages by hash."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = [CHECKOUT / "examples" / name for name in ("gitops", "branch_environments")]
WORKFLOWS = sorted(file for folder in [CHECKOUT, *EXAMPLES] for file in folder.glob(".github/workflows/*.yml"))
RENEWAL = CHECKOUT / ".github" / "dependabot.yml"
OF_EXAMPLES = {
    "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0",
}
"""The only ones of the examples, each with the release that public workflows name for its commit."""
ACTIONS = {
    *OF_EXAMPLES,
    "actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e # v7.0.0",
    "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1",
    "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
    "actions/upload-pages-artifact@fc324d3547104276b827a68afc52ff2a11cc49c9 # v5.0.0",
    "actions/deploy-pages@cd2ce8fcbc39b97be8ca5fce6e763baed58fa128 # v5.0.0",
    "pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2",
}
"""The only ones at all: those of the forge itself, and the package index's own."""


def found(tool: str) -> str:
    """Return the tool's path, beside this Python or on PATH; without it the test is skipped, and says so."""
    path = shutil.which(tool, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if path is None:
        pytest.skip(f"{tool} is not on this machine, so the workflows are not checked with it; `make setup` gets it")
    return path


def printed(*command: str | Path) -> tuple[int, str]:
    """Return the exit code of a command and all that it prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def test_workflows_are_clean_to_actionlint() -> None:
    """But for `queue`, which GitHub knows and this tool does not yet."""
    ignored = 'unexpected key "queue" for "concurrency" section'
    assert printed(found("actionlint"), "-ignore", ignored, *WORKFLOWS) == (0, "")


def test_workflows_are_clean_to_zizmor() -> None:
    """In its strict persona, and without asking the network."""
    code, output = printed(found("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS, RENEWAL)
    assert (code, "No findings to report" in output) == (0, True), output


def test_the_pins_of_all_workflows_are_renewed() -> None:
    """Dependabot looks into each folder that has workflows."""
    folders = {file.parents[2] for file in WORKFLOWS}
    (update,) = yaml.safe_load(RENEWAL.read_text(encoding="utf-8"))["updates"]
    assert update["package-ecosystem"] == "github-actions"
    assert {CHECKOUT.joinpath(one.lstrip("/")) for one in update["directories"]} == folders


def test_tools_find_what_is_wrong(tmp_path: Path) -> None:
    """A workflow with an action by its tag and a key that does not exist is clean to neither."""
    bad = tmp_path / ".github" / "workflows" / "bad.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text(re.sub(r"@[0-9a-f]{40} # ", "@", WORKFLOWS[0].read_text()).replace("runs-on", "runs-un"))
    assert printed(found("zizmor"), "--offline", "--no-progress", bad)[0] != 0
    assert printed(found("actionlint"), bad)[0] != 0


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: f"{file.parents[2].name}/{file.stem}")
def test_actions_are_known_and_keep_no_token(file: Path) -> None:
    """Each is fixed by its commit, and the checkout does not leave the job's token in the working copy.

    A workflow of the project that another one calls is of the same commit.
    """
    used = re.findall(r"uses: (?!\./\.github/workflows/)(.*)", file.read_text())
    assert used
    assert set(used) <= (ACTIONS if file.parents[2] == CHECKOUT else OF_EXAMPLES)
    assert file.read_text().count("persist-credentials: false") == len([one for one in used if "checkout" in one])


def test_nothing_is_published_that_ci_has_not_passed() -> None:
    """The job that publishes waits for all of `ci`, which the tag runs anew."""
    jobs = yaml.safe_load((CHECKOUT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))["jobs"]
    (called,) = [name for name, job in jobs.items() if job.get("uses", "").endswith("/ci.yml")]
    assert called in jobs["publish"]["needs"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_requirements_are_all_that_the_package_needs_each_with_hashes(example: Path) -> None:
    """In the versions that this project is tested with; the package itself is never asked for by its name."""
    text = (example / "requirements.txt").read_text()
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)
    for line in re.sub(r" \\\n\s+", " ", text).splitlines():
        assert line.startswith("#") or "--hash=sha256:" in line, line
    lock = (CHECKOUT / "requirements-dev.lock").read_text()
    assert pins
    assert [f"{name}=={version}" for name, version in pins if f"\n{name}=={version} " not in lock] == []
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    needed = {Requirement(one).name for one in project["dependencies"] + project["optional-dependencies"]["cli"]}
    assert {canonicalize_name(one) for one in needed} <= {name for name, _ in pins}
    assert "xplenty" not in re.sub("^#.*", "", text)


def test_examples_install_in_the_same_way() -> None:
    """What is copied is complete in each of them."""
    for name in ("requirements.txt", "ci/setup.sh"):
        assert len({(example / name).read_bytes() for example in EXAMPLES}) == 1


def set_up(folder: Path, *, curl: str = "exit 7", wheel: bool = True, package: bool = True) -> tuple[int, str, str]:
    """Run `ci/setup.sh` where there is no engine; return its exit code, what it printed and what pip was told."""
    work, tools = folder / "work", folder / "tools"
    shutil.copytree(EXAMPLES[0], work)
    tools.mkdir()
    for name in ("bash", "env", "dirname", "mktemp", "rm", "mkdir", "tar", "gzip", "sha256sum", "uname"):
        (tools / name).symlink_to(shutil.which(name) or name)
    commands = {"pip": f'echo "$*" >>{folder}/pip', "curl": curl, **({"xplenty-pulumi": "exit 0"} if package else {})}
    for name, text in commands.items():
        (tools / name).write_text(f"#!{shutil.which('bash')}\n{text}\n")
        (tools / name).chmod(0o755)
    if wheel:
        (work / "wheels").mkdir()
        (work / "wheels" / "xplenty_pulumi-0.2.0-py3-none-any.whl").touch()
    done = subprocess.run(
        [work / "ci" / "setup.sh"],
        env={"PATH": str(tools), "HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr, (folder / "pip").read_text()


def test_packages_are_installed_by_hash_and_the_wheel_without_an_index(tmp_path: Path) -> None:
    """Nobody who takes the free name on the index can put anything into the job."""
    _, _, told = set_up(tmp_path)
    assert told.splitlines() == [
        "install --quiet --require-hashes --only-binary :all: --requirement requirements.txt",
        "install --quiet --no-index --no-deps wheels/xplenty_pulumi-0.2.0-py3-none-any.whl",
    ]


def test_missing_package_is_said(tmp_path: Path) -> None:
    """It is not looked for on the index."""
    code, output, told = set_up(tmp_path, wheel=False, package=False)
    assert (code, len(told.splitlines())) == (1, 1)
    assert "put its wheel into wheels/" in output


@pytest.mark.skipif(sys.platform != "linux", reason="there are hashes of the engine for Linux")
def test_engine_that_is_not_the_one_of_the_hash_is_not_installed(tmp_path: Path) -> None:
    """A download that somebody has changed ends the job before anything of it runs."""
    code, output, _ = set_up(tmp_path, curl='while [ "$1" != --output ]; do shift; done; echo changed >"$2"')
    assert code != 0
    assert "FAILED" in output
    assert not (tmp_path / "home").exists()


def test_own_workflows_run_commands_of_this_project() -> None:
    """Each `make` of a workflow names a command that the Makefile has."""
    commands = set(re.findall(r"^([a-z-]+):.*##", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    texts = "".join(file.read_text() for file in WORKFLOWS)
    used = set(re.findall(r"\bmake (?:-C \S+ )?(?:PYTHON=\S+ )?(\S+)", re.sub("#.*", "", texts)))
    assert used
    assert used <= commands
