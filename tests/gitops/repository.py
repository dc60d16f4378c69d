"""A copy of `examples/gitops` with a stack, an account and a forge, on which CI jobs run as on a CI machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.gitops.forge import GITHUB, TOKEN, Forge
from tests.gitops.workflows import EXAMPLE, Step, github_steps, gitlab_steps
from tests.support.engine.ran import LONGEST, Ran
from tests.support.engine.workspace import environment_without
from xplenty_pulumi.emulator import Emulator

PULL_REQUEST = 7


@dataclass(frozen=True)
class Repository:
    """The copy in `folder`, and what its CI system holds for it."""

    folder: Path
    account: Emulator
    forge: Forge

    def begin(self) -> "Repository":
        """Copy the example, and make its stack as the README says."""
        shutil.copytree(EXAMPLE, self.folder / "work", ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "state").mkdir()
        (self.folder / "bin").mkdir()
        # What is to be installed is here already.
        pip = self.folder / "bin" / "pip"
        pip.write_text(f'#!/bin/sh\necho "$@" >>{self.folder}/installed\n')
        pip.chmod(0o755)
        self.run("pulumi stack init prod", self._secrets()).succeeded()
        return self

    def push(self, *, nodes: int) -> None:
        """Change the number of nodes that the repository asks for."""
        (self.folder / "work" / "Pulumi.prod.yaml").write_text(f'config:\n  gitops:nodes: "{nodes}"\n')

    def workflow(self, name: str) -> Ran:
        """Run every step of a workflow of GitHub, and after one that fails only those that always run."""
        return self._steps(github_steps(name), {})

    def job_of_gitlab(self, name: str) -> Ran:
        """Run every command of a job of GitLab, which fills in `$NAME` itself and gives the project's variables."""
        project = {"XPLENTY_ACCOUNT_ID": self.account.account_id, "GITLAB_TOKEN": TOKEN, **self._secrets()}
        return self._steps(gitlab_steps(name), project)

    def _steps(self, steps: Sequence[Step], environment: Mapping[str, str]) -> Ran:
        code, output = 0, ""
        for step in steps:
            if code == 0 or step.always:
                ran = self.run(step.command, {**step.filled_in(self._values()), **environment})
                code, output = code or ran.code, output + ran.output
        return Ran(code, output)

    def run(self, command: str, environment: Mapping[str, str]) -> Ran:
        """Run a command to its end."""
        process = self.started(command, environment)
        output, _ = process.communicate(timeout=LONGEST)
        return Ran(process.returncode, output)

    def started(self, command: str, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
        """Run a command as the CI machine does, in a shell that ends with the first failure, in a group of its own."""
        return subprocess.Popen(
            ["bash", "-e", "-c", command],
            cwd=self.folder / "work",
            env={**self._machine(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def up_step(self) -> tuple[str, dict[str, str]]:
        """Return the command of the workflow `deploy` that runs `up`, with its environment."""
        step: Step = github_steps("deploy")[-1]
        return step.command, step.filled_in(self._values())

    def _machine(self) -> dict[str, str]:
        path = [str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        return {
            **environment_without("GITHUB"),
            "CI": "true",
            **self._forge(),
            "HOME": str(self.folder),
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "XPLENTY_API_URL": self.account.url,
            "XPLENTY_POLL_SECONDS": "0.1",
            "LOCK_PAUSE": "0.2",
        }

    def _forge(self) -> dict[str, str]:
        if self.forge.dialect is GITHUB:
            return {"GITHUB_REPOSITORY": "acme/loads", "GITHUB_API_URL": self.forge.url}
        return {"CI_PROJECT_ID": "12", "CI_API_V4_URL": self.forge.url, "CI_MERGE_REQUEST_IID": str(PULL_REQUEST)}

    def _secrets(self) -> dict[str, str]:
        return {
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
            "XPLENTY_API_KEY": self.account.api_key,
        }

    def _values(self) -> dict[str, str]:
        return {
            **{f"secrets.{name}": value for name, value in self._secrets().items()},
            "vars.XPLENTY_ACCOUNT_ID": self.account.account_id,
            "github.token": TOKEN,
            "github.event.pull_request.head.sha": "0123456789abcdef0123",
            "github.event.pull_request.number": str(PULL_REQUEST),
            "github.server_url": "https://forge.example",
            "github.repository": "acme/loads",
            "github.run_id": "42",
        }
