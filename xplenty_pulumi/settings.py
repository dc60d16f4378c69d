"""Where the account and its key come from: the environment first, the stack's configuration second."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret

DEFAULT_URL = "https://api.xplenty.com"
VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "apiKey": "XPLENTY_API_KEY",
        "accountId": "XPLENTY_ACCOUNT_ID",
        "apiUrl": "XPLENTY_API_URL",
        "formerAccountId": "XPLENTY_FORMER_ACCOUNT_ID",
        "pollSeconds": "XPLENTY_POLL_SECONDS",
        "creditShare": "XPLENTY_CREDIT_SHARE",
        "allowedTypes": "XPLENTY_ALLOWED_TYPES",
        "maxNodeHours": "XPLENTY_MAX_NODE_HOURS",
        "sizing": "XPLENTY_SIZING",
        "lifetime": "XPLENTY_LIFETIME",
        "expires": "XPLENTY_EXPIRES",
    }
)
"""The variable of each setting that may stand in the environment as well as in the stack's configuration."""
_PREFIX = "XPLENTY_"
ONLY_CONFIGURED = frozenset({"scope", "branch", "owner"})
"""What stands in the stack's configuration alone; the last two are the records of `xplenty-pulumi branch`."""
OTHER_VARIABLES = frozenset(
    {
        *("XPLENTY_BRIDGE", "XPLENTY_SHOW_CREDITS", "XPLENTY_HOOK_SALT"),
        *("XPLENTY_EVENT", "XPLENTY_EVENT_ID", "XPLENTY_EVENT_KIND", "XPLENTY_EVENT_STATUS", "XPLENTY_HOOK_ID"),
        *("XPLENTY_ENGINE_CACHE", "XPLENTY_SCOREBOARD"),
    }
)
"""Switches, what `listen` hands to a command, and what the tools and tests of a checkout read."""


@dataclass(frozen=True)
class Settings:
    """How to reach an account.

    `poll_seconds` is the fixed pause between two looks, or None for one that grows. `former_account_id` is the name
    that the account had before it was renamed. `credit_share` is the part of the hourly calls that a process may spend.
    """

    api_key: Secret
    account_id: str
    api_url: str = DEFAULT_URL
    poll_seconds: float | None = None
    former_account_id: str = ""
    credit_share: float = 0.5

    def require_account(self, there: object) -> None:
        """Return if a resource that is in account `there`, None where that is not known, is in this one.

        Raises:
            ConfigError: it is in another one, in which the same id is unknown or means something else.
        """
        if there in (None, self.account_id, self.former_account_id):
            return
        raise ConfigError(
            f"it is in account {there}, but the settings name account {self.account_id}, so nothing was done",
            setting="accountId",
            advice=f"Correct XPLENTY_ACCOUNT_ID; if the account was renamed, set XPLENTY_FORMER_ACCOUNT_ID={there}",
        )


def load(environment: Mapping[str, str], config: Callable[[str], object]) -> Settings:
    """Return the settings; `config` looks up a stack configuration key such as ``xplenty:apiKey``.

    The environment comes first because Pulumi keeps a copy of the configuration in the state and goes on using it in
    `refresh` and `destroy`, so a key that was rotated would still be the old one there.

    Raises:
        ConfigError: something is missing or malformed; the text names both places where it can be set.
    """
    return Settings(
        api_key=Secret(_required(environment, config, "XPLENTY_API_KEY", "apiKey", secret=True)),
        account_id=_required(environment, config, "XPLENTY_ACCOUNT_ID", "accountId"),
        api_url=look_up(environment, config, "XPLENTY_API_URL", "apiUrl") or DEFAULT_URL,
        poll_seconds=_poll_seconds(look_up(environment, config, "XPLENTY_POLL_SECONDS", "pollSeconds")),
        former_account_id=look_up(environment, config, "XPLENTY_FORMER_ACCOUNT_ID", "formerAccountId"),
        credit_share=_credit_share(look_up(environment, config, "XPLENTY_CREDIT_SHARE", "creditShare")),
    )


def names_in(config: object) -> tuple[str, ...]:
    """Return the names under `xplenty:` in the configuration that the SDK's host hands over; none where it hides them.

    None either in a project that is itself named `xplenty`, whose program has names of its own under that prefix.
    """
    found = getattr(config, "_props", None)
    if getattr(config, "_project_name", "") == "xplenty" or not isinstance(found, Mapping):
        return ()
    return tuple(str(key).partition(":")[2] for key in found if str(key).startswith("xplenty:"))


def require_known(names: Iterable[str]) -> None:
    """Return where the stack's configuration has only settings under `xplenty:`.

    Raises:
        ConfigError: one is none, so what it was meant to set is not set.
    """
    known = {*VARIABLES, *ONLY_CONFIGURED}
    strange = sorted({*names} - known)
    if not strange:
        return
    keys = ", ".join(f"xplenty:{name}" for name in strange)
    raise ConfigError(
        f"{keys} is no setting, so nothing heeds it{_nearest(strange[0], known, prefix='xplenty:')}",
        setting=strange[0],
        advice=f"Remove it with `pulumi config rm xplenty:{strange[0]}`, and set the right one",
    )


def strange_variables(environment: Iterable[str]) -> list[str]:
    """Return a line for each variable of the environment that begins like a setting and is none."""
    known = {name.removeprefix(_PREFIX) for name in (*VARIABLES.values(), *OTHER_VARIABLES)}
    ours = (name.removeprefix(_PREFIX) for name in environment if name.startswith(_PREFIX))
    return [
        f"{_PREFIX}{name} is no variable of xplenty_pulumi, so nothing heeds it{_nearest(name, known, prefix=_PREFIX)}"
        for name in sorted({*ours} - known)
    ]


def _nearest(name: str, known: Iterable[str], *, prefix: str) -> str:
    """The known name that is most like this one; any case counts as the same."""
    by_case = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), by_case, n=1)
    return f"; the nearest is {prefix}{by_case[found[0]]}" if found else ""


def _required(
    environment: Mapping[str, str], config: Callable[[str], object], variable: str, key: str, *, secret: bool = False
) -> str:
    value = look_up(environment, config, variable, key)
    if value:
        return value
    command = f"pulumi config set{' --secret' if secret else ''} xplenty:{key} VALUE"
    state = "is empty" if variable in environment or config(f"xplenty:{key}") is not None else "is not set"
    raise ConfigError(
        f"xplenty:{key} {state}",
        setting=key,
        advice=f"Set the environment variable {variable}, or run `{command}`",
    )


def look_up(environment: Mapping[str, str], config: Callable[[str], object], variable: str, key: str) -> str:
    """Return what is set, without blanks around it: the variable where it is there, else the configured key."""
    value = environment[variable] if variable in environment else config(f"xplenty:{key}")
    return "" if value is None else str(value).strip()


def _poll_seconds(value: str) -> float | None:
    meant = "a number of seconds from 0.05 to 300"
    return _number(value, meant, lowest=0.05, highest=300, names=("pollSeconds", "XPLENTY_POLL_SECONDS"))


def _credit_share(value: str) -> float:
    meant = "a number from 0.01 to 1"
    share = _number(value, meant, lowest=0.01, highest=1, names=("creditShare", "XPLENTY_CREDIT_SHARE"))
    return Settings.credit_share if share is None else share


def _number(value: str, meant: str, *, lowest: float, highest: float, names: tuple[str, str]) -> float | None:
    """The number that the text spells, None for no text; `names` are those of the setting and of its variable."""
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = lowest - 1
    if lowest <= number <= highest:
        return number
    setting, variable = names
    raise ConfigError(
        f"xplenty:{setting} must be {meant}, got {value[:40]!r}",
        setting=setting,
        advice=f"Correct {variable} or the stack's configuration, or remove it",
    )


def bridge_enabled(environment: Mapping[str, str]) -> bool:
    """Return whether the provider may lean on details of its host; ``XPLENTY_BRIDGE=off`` says no."""
    return environment.get("XPLENTY_BRIDGE", "on").strip().lower() != "off"


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
