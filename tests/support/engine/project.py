"""A git repository with a remote and a Pulumi project in it, and the commands of a team that works on branches."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.engine.process import EngineProcess, beside
from tests.support.engine.ran import Ran
from tests.support.engine.workspace import Workspace, own_command
from xplenty_pulumi.cli.commands.branch.stacks import records_in
from xplenty_pulumi.emulator import Emulator

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "branch_environments"
QUICK = ("--", "--skip-preview")
_OWN = {
    **{f"GIT_{role}_NAME": "ann" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ann@example.com" for role in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_KEY_0": "user.name",
    "GIT_CONFIG_VALUE_0": "ann",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
    "XPLENTY_BRIDGE": "on",
}
_CI = ("CI", "GITHUB_", "GITLAB_", "BUILDKITE", "BITBUCKET_", "CIRCLE", "BRANCH_NAME", "CHANGE_BRANCH")


def small_project(folder: Path, account: Emulator, program: str = "") -> "Project":
    """Return a project with this program and a template stack."""
    source = folder / "source"
    source.mkdir()
    (source / "Pulumi.yaml").write_text("name: tests\nruntime: python\n")
    (source / "__main__.py").write_text(program)
    made = Project(folder, account, source=source)
    made.pulumi("stack", "init", "dev").succeeded()
    return made


class Project(Workspace):
    """A clone of a repository in the folder `work`, with a backend beside it and the settings of an account."""

    def __init__(self, folder: Path, account: Emulator | None, *, source: Path = EXAMPLE) -> None:
        super().__init__(folder, account, folder=folder / "work", without=("GIT_", *_CI), environment=_OWN)
        ignored = shutil.ignore_patterns("Pulumi.*.yaml", "__pycache__")
        shutil.copytree(source, self.folder, ignore=ignored)
        self.line("git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder / "remote.git"))
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
        return self.line("git", *arguments).succeeded().output

    def push(self, *branches: str) -> None:
        """Put these branches on the remote, as they are here."""
        self.git("push", "--quiet", "origin", *(f"main:refs/heads/{name}" for name in branches))

    def delete(self, *branches: str) -> None:
        """Delete these branches from the remote, merged or not."""
        self.git("push", "--quiet", "--force", "origin", *(f":refs/heads/{name}" for name in branches))

    def run(self, *arguments: str, **environment: str) -> Ran:
        """Run `xplenty-pulumi branch`; nothing that it prints is a traceback."""
        ran = self.command("branch", *arguments, **environment)
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
        with beside(self, own_command("branch", *arguments)) as running:
            yield running
