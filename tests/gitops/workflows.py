"""The workflows of `examples/gitops`, as steps with the environment that the CI system gives them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "gitops"
_EXPRESSION = re.compile(r"\$\{\{ ([\w.]+) \}\}")


@dataclass(frozen=True)
class Step:
    """A command with its environment, whose expressions such as `${{ secrets.NAME }}` are not filled in yet.

    What `always` runs does so after a step that failed as well.
    """

    command: str
    environment: Mapping[str, str]
    always: bool = False

    def filled_in(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with the values of its expressions."""
        filled = {}
        for name, text in self.environment.items():
            filled[name] = _EXPRESSION.sub(lambda found: values[found[1]], text)
        return filled


def github(name: str) -> dict[str, Any]:
    """Return a workflow of GitHub by its file's name; its triggers are under `on`."""
    text = (EXAMPLE / ".github" / "workflows" / f"{name}.yml").read_text()
    document: dict[Any, Any] = yaml.safe_load(text)
    document["on"] = document.pop(True)  # YAML 1.1 takes this word for a switch
    return document


def github_steps(name: str) -> list[Step]:
    """Return the commands of the only job of a workflow of GitHub."""
    (job,) = github(name)["jobs"].values()
    return [
        Step(one["run"], {**job["env"], **one.get("env", {})}, always=one.get("if") == "${{ !cancelled() }}")
        for one in job["steps"]
        if "run" in one
    ]


def gitlab() -> dict[str, Any]:
    """Return the pipeline of GitLab."""
    document: dict[str, Any] = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text())
    return document


def gitlab_steps(name: str) -> list[Step]:
    """Return the commands of a job of GitLab."""
    document = gitlab()
    job = document[name]
    environment = {**document["variables"], **job.get("variables", {})}
    lines = [*document["default"]["before_script"], *job["script"]]
    last = [Step(line, environment, always=True) for line in job.get("after_script", [])]
    return [*(Step(line, environment) for line in lines), *last]


GITHUB = ("pull-request", "deploy", "drift")
GITLAB = ("preview", "up", "drift")
