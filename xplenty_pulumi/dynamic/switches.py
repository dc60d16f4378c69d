"""Switches in the environment, as CI systems and people spell them."""

from collections.abc import Mapping

_OFF = ("", "0", "false", "no", "off")

HEARTBEAT_IN_CI = 60.0
"""Seconds between two lines without news where each stays in a log for ever, and long silence is taken for the end."""
CI_VARIABLES = (
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "CODEBUILD_BUILD_ID",
    "BITBUCKET_BUILD_NUMBER",
    "BUILDKITE",
)
"""What CI systems set. Most set CI, but Azure Pipelines, Jenkins, TeamCity and AWS CodeBuild need not."""


def is_set(environment: Mapping[str, str], name: str) -> bool:
    """Return whether the variable is there and does not say no."""
    return environment.get(name, "").strip().lower() not in _OFF


def is_saved_at_once(environment: Mapping[str, str]) -> bool:
    """Return whether the engine writes the state after each step, rather than once at the end."""
    return not is_set(environment, "PULUMI_SKIP_CHECKPOINTS")


def in_ci(environment: Mapping[str, str]) -> bool:
    """Return whether a CI system runs this; the variable CI decides where it says anything, so CI=false says no."""
    if environment.get("CI", "").strip():
        return is_set(environment, "CI")
    return any(is_set(environment, name) for name in CI_VARIABLES)
