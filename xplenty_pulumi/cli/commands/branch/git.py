"""What git and the CI system say about branches and about who is at work."""

import getpass
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from xplenty_pulumi.cli.commands.branch.jobs import branch_of_job, deleted_by_job
from xplenty_pulumi.core.reports.branches import Heads
from xplenty_pulumi.errors import ConfigError, RefusedError
from xplenty_pulumi.settings import in_ci
from xplenty_pulumi.text import one_line

_OWNER_VARIABLES = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR", "CIRCLE_USERNAME")
_HEAD, _SYMBOLIC = "refs/heads/", "ref: "
_OF_SSH = re.compile(r"(?:[^@/\s]+@)?([^:/\s]{2,}):(.+)")
_LONGEST_NAME = 200
_LONGEST = 60
_LONGEST_OWNER = 100


def repository_name(url: str) -> str:
    """Return what all clones call the repository at `url`: host and path, without the way there, a user or `.git`."""
    by_host = _OF_SSH.fullmatch(url)
    parts = urlsplit(url)
    if "://" in url:
        host, path = parts.hostname or "", parts.path
    else:
        host, path = (by_host[1], by_host[2]) if by_host else ("", url)
    name = f"{host.lower()}/{path.strip('/')}".strip("/").removesuffix(".git")
    return name if len(name) <= _LONGEST_NAME else hashlib.sha256(name.encode()).hexdigest()


@dataclass(frozen=True)
class Repository:
    """The git repository around `folder`, and the environment of a CI job if this is one."""

    folder: Path
    environment: Mapping[str, str]

    def branch(self, named: str = "") -> str:
        """Return the branch that is meant: as `named`, else the CI job's, else the one that is checked out.

        Raises:
            ConfigError: it is not known, or the CI job is about none.
        """
        # Beside a tag of that name, `symbolic-ref --short` adds `heads/`.
        found = named or branch_of_job(self.environment) or self._git("symbolic-ref", "--quiet", "HEAD")
        if not found:
            raise ConfigError("no branch is checked out here", advice="Name one with --branch", setting="--branch")
        branch = found.removeprefix(_HEAD)
        if not branch or branch.startswith("-") or branch != one_line(branch):
            raise ConfigError(f"{branch[:40]!r} is no name of a branch", setting="--branch")
        return branch

    def require_not_deleted(self, branch: str) -> None:
        """Return unless the event of this CI job is the deletion of the branch.

        Raises:
            ConfigError: it is, so the branch is to have no environment.
        """
        if deleted_by_job(self.environment) == branch:
            raise ConfigError(
                f"the event of this CI job is the deletion of branch {branch}, so nothing was brought up",
                setting="--branch",
                advice="Run `xplenty-pulumi branch down` for such events, or leave them out of the workflow",
            )

    def usual_owner(self) -> str:
        """Return whose an environment is that nobody has named an owner for: who started the CI job, or git's user."""
        started = [self.environment.get(name, "").strip() for name in _OWNER_VARIABLES if in_ci(self.environment)]
        owner = next(filter(None, started), "") or self._git("config", "user.name") or getpass.getuser()
        return one_line(owner)[:_LONGEST_OWNER]

    def remote(self, named: str = "") -> str:
        """Return the remote to ask: as `named`, else `origin`, else the only one; empty where there is none.

        Raises:
            ConfigError: there are several, or none is called so.
        """
        remotes = (self._git("remote") or "").split()
        if named in remotes or not (named or remotes):
            return named
        if not named and ("origin" in remotes or len(remotes) == 1):
            return "origin" if "origin" in remotes else remotes[0]
        problem = f"there is no remote {named!r}" if named else f"there are several remotes: {', '.join(remotes)}"
        raise ConfigError(problem, setting="--remote", advice="Name one with --remote")

    def heads(self, remote: str) -> Heads:
        """Return the branches on the remote, or where `remote` is empty, those of this clone.

        Raises:
            RefusedError: they are not known, which is no sign that they are gone.
        """
        words = ("ls-remote", "--symref", remote, "HEAD", f"{_HEAD}*") if remote else ("show-ref", "--heads")
        listed = self._git(*words)
        # A name may hold characters at which `splitlines` would break it, but neither a blank nor a line feed.
        lines = (listed or "").split("\n")
        refs = (line.replace("\t", " ", 1).partition(" ")[2] for line in lines if not line.startswith(_SYMBOLIC))
        names = frozenset(ref.removeprefix(_HEAD) for ref in refs if ref.startswith(_HEAD))
        if not names:
            where = f"of the remote {remote!r}" if remote else "of this repository"
            trouble = "it could not be asked" if listed is None else "it has none, so that is hardly the right one"
            raise RefusedError(
                f"the branches {where} are not known: {trouble}",
                advice="Nothing counts as gone because of that, and nothing was changed; correct it and run again",
            )
        symbolic = (line.removeprefix(f"{_SYMBOLIC}{_HEAD}").partition("\t") for line in lines if _SYMBOLIC in line)
        default = next((name for name, _, of in symbolic if of == "HEAD"), "")
        return Heads(names, remote, self._name_of(remote), default)

    def pushed_to(self, branch: str, remote: str = "") -> str:
        """Return the repository behind the remote if the branch is there; the event of a CI job says so too."""
        asked = self.remote(remote)
        try:
            heads = self.heads(asked)
        except RefusedError:
            with suppress(ConfigError):
                return self._name_of(asked) if branch_of_job(self.environment) == branch else ""
            return ""
        return heads.repository if branch in heads.names else ""

    def _name_of(self, remote: str) -> str:
        """What all clones call the repository behind the remote; empty where that is empty."""
        return repository_name(self._git("remote", "get-url", remote) or "") if remote else ""

    def _git(self, *arguments: str) -> str | None:
        """What a command of git prints, or None where it fails; it asks nobody for a password."""
        command = shutil.which("git")
        if command is None:
            return None
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and a name is never the first word
                [command, *arguments],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="surrogateescape",  # a name is bytes to git, whatever others have pushed
                timeout=_LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        return done.stdout.strip("\n") if done.returncode == 0 else None
