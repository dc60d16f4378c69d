"""A git repository with a remote and a Pulumi project in it, and the commands of a team that works on branches."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.engine_process import EngineProcess
from tests.support.stack import LONGEST, NO_ENGINE, Ran
from xplenty_pulumi.cli.branch.stacks import records_in
from xplenty_pulumi.emulator import Emulator

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "branch_environments"
QUICK = ("--", "--skip-preview")
_CI = ("CI", "GITHUB_", "GITLAB_", "BUILDKITE", "BITBUCKET_", "CIRCLE", "BRANCH_NAME", "CHANGE_BRANCH")


class Project:
    """A clone of a repository in `folder`, with a backend beside it and the settings of an account."""

    def __init__(self, folder: Path, account: Emulator | None, *, source: Path = EXAMPLE) -> None:
        self.top = folder
        self.folder = folder / "work"
        self.environment = _environment(folder, account)
        (folder / "state").mkdir(parents=True)
        ignored = shutil.ignore_patterns("Pulumi.*.yaml", "__pycache__")
        shutil.copytree(source, self.folder, ignore=ignored)
        self._run("git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder / "remote.git"))
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", str(folder / "remote.git"))
        self.git("add", ".")
        self.git("commit", "--quiet", "--message=first")
        self.git("push", "--quiet", "origin", "main")

    def with_template(self) -> "Project":
        """Make the stack `dev` whose configuration branches copy: with a secret, and a scope of its own."""
        self.pulumi("stack", "init", "dev").succeeded()
        self.pulumi("config", "set", "--secret", "password", "hush", "--stack", "dev").succeeded()
        self.pulumi("config", "set", "xplenty:scope", "production", "--stack", "dev").succeeded()
        return self

    def git(self, *arguments: str) -> str:
        """Run git in the clone."""
        return self._run("git", *arguments).succeeded().output

    def push(self, *branches: str) -> None:
        """Put these branches on the remote, as they are here."""
        self.git("push", "--quiet", "origin", *(f"main:refs/heads/{name}" for name in branches))

    def delete(self, *branches: str) -> None:
        """Delete these branches from the remote, merged or not."""
        self.git("push", "--quiet", "--force", "origin", *(f":refs/heads/{name}" for name in branches))

    def pulumi(self, *arguments: str, **environment: str) -> Ran:
        """Run the engine."""
        return self._run("pulumi", *arguments, "--non-interactive", "--color", "never", **environment)

    def run(self, *arguments: str, **environment: str) -> Ran:
        """Run `xplenty-pulumi branch`; nothing that it prints is a traceback."""
        ran = self._run(*_command(arguments), **environment)
        assert "Traceback" not in ran.output, ran.output
        return ran

    def expire(self, stack: str) -> None:
        """Let the lifetime of a stack be over."""
        self.pulumi("stack", "tag", "set", "xplenty:expires", "2026-01-01T00:00:00Z", "--stack", stack).succeeded()

    def records(self, stack: str) -> dict[str, str]:
        """Return what a stack says about itself in its tags."""
        told = self.pulumi("stack", "tag", "ls", "--json", "--stack", stack).succeeded().output
        return records_in(json.loads(told))

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Give a list that holds, afterwards, the words of each process of the engine that was begun meanwhile."""
        begun: list[str] = []
        folder = Path(tempfile.mkdtemp(dir=self.top))
        log, counting = folder / "begun", folder / "pulumi"
        log.touch()
        counting.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{log}"\nexec "{shutil.which("pulumi")}" "$@"\n')
        counting.chmod(0o755)
        path = self.environment["PATH"]
        self.environment["PATH"] = f"{folder}{os.pathsep}{path}"
        try:
            yield begun
        finally:
            self.environment["PATH"] = path
            begun += log.read_text().splitlines()

    def stacks(self) -> list[str]:
        """Return the names of all stacks of branches."""
        listed = self.pulumi("stack", "ls").succeeded().output.splitlines()[1:]
        return [words[0] for line in listed if (words := line.split()) and words[0].startswith("br-")]

    @contextmanager
    def begun(self, *arguments: str) -> Iterator[EngineProcess]:
        """Run `xplenty-pulumi branch` beside the test, and leave no process of it behind."""
        output = self.top / f"output-{len(list(self.top.iterdir()))}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                _command(arguments),
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running = EngineProcess(process, output)
        try:
            yield running
        finally:
            running.clean_up()

    def _run(self, *command: str, **environment: str) -> Ran:
        done = subprocess.run(
            command,
            cwd=self.folder if self.folder.exists() else self.top,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        return Ran(done.returncode, done.stdout)


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "xplenty_pulumi.cli", "branch", *arguments]


def _environment(folder: Path, account: Emulator | None) -> dict[str, str]:
    assert shutil.which("pulumi"), NO_ENGINE
    foreign = ("PULUMI", "XPLENTY", "GIT_", *_CI)
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    people = {f"GIT_{role}_{what}": f"ann{at}" for role in ("AUTHOR", "COMMITTER") for what, at in _PERSON.items()}
    settings = {"GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "ann", "GIT_CONFIG_COUNT": "1"}
    return {
        **own,
        **people,
        **settings,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "COLUMNS": "160",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_PYTHON_CMD": sys.executable,
        "XPLENTY_POLL_SECONDS": "0.1",
        "XPLENTY_API_URL": account.url if account else "",
        "XPLENTY_ACCOUNT_ID": account.account_id if account else "",
        "XPLENTY_API_KEY": account.api_key if account else "",
    }


_PERSON = {"NAME": "", "EMAIL": "@example.com"}
