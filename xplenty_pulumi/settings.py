"""Where the account and its key come from: the environment first, the stack's configuration second."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType

from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret, keep_out

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
        "schedules": "XPLENTY_SCHEDULES",
        "lifetime": "XPLENTY_LIFETIME",
        "expires": "XPLENTY_EXPIRES",
    }
)
"""The variable of each setting that may stand in the environment as well as in the stack's configuration."""
OF_ACCOUNT = ("apiKey", "accountId", "apiUrl", "formerAccountId", "pollSeconds", "creditShare")
"""What a set of settings for one more account may hold."""
_SHARED = frozenset({"apiUrl", "pollSeconds", "creditShare"})
"""What is that of the stack's own account where such a set leaves it out."""
_PREFIX = "XPLENTY_"
ONLY_CONFIGURED = frozenset({"scope", "branch", "owner"})
"""What stands in the stack's configuration alone; the last two are the records of `xplenty-pulumi branch`."""
OTHER_VARIABLES = frozenset(
    {
        *("XPLENTY_BRIDGE", "XPLENTY_EVENTS", "XPLENTY_SHOW_CREDITS", "XPLENTY_HOOK_SALT"),
        *("XPLENTY_EVENT", "XPLENTY_EVENT_ID", "XPLENTY_EVENT_KIND", "XPLENTY_EVENT_STATUS", "XPLENTY_HOOK_ID"),
        *("XPLENTY_ENGINE_CACHE", "XPLENTY_SCOREBOARD"),
    }
)
"""Switches, what `listen` hands to a command, and what the tools and tests of a checkout read."""


@dataclass(frozen=True)
class Settings:
    """How to reach an account.

    `poll_seconds` is the fixed pause between two polls, or None for one that grows. `former_account_id` is the name
    that the account had before it was renamed. `credit_share` is the part of the hourly calls that a process may spend.
    `name` is that of the set of settings, empty for the stack's own; two sets that say the same are one.
    """

    api_key: Secret
    account_id: str
    api_url: str = DEFAULT_URL
    poll_seconds: float | None = None
    former_account_id: str = ""
    credit_share: float = 0.5
    name: str = field(default="", compare=False)

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
            advice=f"Correct {variable_of('accountId', self.name)}; if the account was renamed, set "
            f"{variable_of('formerAccountId', self.name)}={there}",
        )


def variable_of(key: str, account: str = "") -> str:
    """Return the variable of a setting, such as ``XPLENTY_EU_API_KEY`` in the set that is named `eu`."""
    name = f"{account.upper().replace('-', '_')}_" if account else ""
    return f"{_PREFIX}{name}{VARIABLES[key].removeprefix(_PREFIX)}"


def setting_of(key: str, account: str = "") -> str:
    """Return the key of a setting in the stack's configuration, such as ``xplenty-eu:apiKey`` in the set `eu`."""
    return f"xplenty-{account}:{key}" if account else f"xplenty:{key}"


def load(environment: Mapping[str, str], config: Callable[[str], object], account: str = "") -> Settings:
    """Return the settings; `config` looks up a stack configuration key such as ``xplenty:apiKey``.

    `account` names a set of them besides the stack's own.

    The environment comes first because Pulumi keeps a copy of the configuration in the state and goes on using it in
    `refresh` and `destroy`, so a key that was rotated would still be the old one there.
    All keys that are set, those of other sets as well, are masked in the texts of this process from then on.

    Raises:
        ConfigError: something is missing or malformed; the text names both places where it can be set.
    """
    number = partial(_number, environment, config, account=account)
    others = (text for name, text in environment.items() if name.startswith(_PREFIX) and name.endswith("_API_KEY"))
    keep_out([*others, *(look_up(environment, config, "apiKey", account=name) for name in ("", account))])
    return Settings(
        api_key=Secret(_required(environment, config, "apiKey", account=account)),
        account_id=_required(environment, config, "accountId", account=account),
        api_url=look_up(environment, config, "apiUrl", account=account) or DEFAULT_URL,
        poll_seconds=number("pollSeconds", unit=" of seconds", lowest=0.05, highest=300),
        former_account_id=look_up(environment, config, "formerAccountId", account=account),
        credit_share=number("creditShare", lowest=0.01, highest=1) or Settings.credit_share,
        name=account,
    )


def project_of(config: object) -> str:
    """Return the name of the project whose configuration the SDK's host hands over; empty where it hides that."""
    return str(getattr(config, "_project_name", ""))


def names_in(config: object, namespace: str = "xplenty") -> tuple[str, ...]:
    """Return the names in a namespace of the configuration that the SDK's host hands over; none where it hides them.

    None either in a project that is itself named `xplenty`, whose program has names of its own under that prefix.
    """
    found = getattr(config, "_props", None)
    if project_of(config) == "xplenty" or not isinstance(found, Mapping):
        return ()
    prefix = f"{namespace}:"
    return tuple(str(key).removeprefix(prefix) for key in found if str(key).startswith(prefix))


def require_known(names: Iterable[str], account: str = "") -> None:
    """Return where the stack's configuration has only settings under `xplenty:`, or under `xplenty-eu:`.

    Raises:
        ConfigError: one is none, so what it was meant to set is not set.
    """
    known = {*OF_ACCOUNT} if account else {*VARIABLES, *ONLY_CONFIGURED}
    strange = sorted({*names} - known)
    if not strange:
        return
    prefix = setting_of("", account)
    keys = ", ".join(f"{prefix}{name}" for name in strange)
    raise ConfigError(
        f"{keys} is no setting, so it has no effect{_nearest(strange[0], known, prefix=prefix)}",
        setting=strange[0],
        advice=f"Remove it with `pulumi config rm {prefix}{strange[0]}`, and set the right one",
    )


def strange_variables(environment: Iterable[str]) -> list[str]:
    """Return a line for each variable of the environment that begins like a setting and is none of any account."""
    known = {name.removeprefix(_PREFIX) for name in (*VARIABLES.values(), *OTHER_VARIABLES)}
    endings = tuple(f"_{VARIABLES[key].removeprefix(_PREFIX)}" for key in OF_ACCOUNT)
    ours = (one.removeprefix(_PREFIX) for one in environment if one.startswith(_PREFIX) and not one.endswith(endings))
    return [
        f"{_PREFIX}{name} is no variable of xplenty_pulumi, so it has no effect{_nearest(name, known, prefix=_PREFIX)}"
        for name in sorted({*ours} - known)
    ]


def _nearest(name: str, known: Iterable[str], *, prefix: str) -> str:
    """The known name that is most like this one; any case counts as the same."""
    by_case = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), by_case, n=1)
    return f"; the nearest is {prefix}{by_case[found[0]]}" if found else ""


def _required(environment: Mapping[str, str], config: Callable[[str], object], key: str, *, account: str) -> str:
    if value := look_up(environment, config, key, account=account):
        return value
    variable, name = variable_of(key, account), setting_of(key, account)
    command = f"pulumi config set{' --secret' if key == 'apiKey' else ''} {name} VALUE"
    state = "is empty" if variable in environment or config(name) is not None else "is not set"
    raise ConfigError(
        f"{name} {state}", setting=key, advice=f"Set the environment variable {variable}, or run `{command}`"
    )


def look_up(environment: Mapping[str, str], config: Callable[[str], object], key: str, *, account: str = "") -> str:
    """Return what is set, without blanks around it: the variable where it is there, else the configured key."""
    variable = variable_of(key, account)
    value = environment[variable] if variable in environment else config(setting_of(key, account))
    if value is None and account and key in _SHARED:
        return look_up(environment, config, key)
    return "" if value is None else str(value).strip()


def _number(
    environment: Mapping[str, str],
    config: Callable[[str], object],
    key: str,
    *,
    lowest: float,
    highest: float,
    unit: str = "",
    account: str = "",
) -> float | None:
    """The number that is set, None for none."""
    value = look_up(environment, config, key, account=account)
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = lowest - 1
    if lowest <= number <= highest:
        return number
    meant = f"a number{unit} from {lowest:g} to {highest:g}"
    raise malformed(key, f"must be {meant}, got {value[:40]!r}", account=account)


def malformed(key: str, problem: str, *, account: str = "") -> ConfigError:
    """Return the error for a setting with a value that it cannot have; `problem` completes the sentence."""
    advice = f"Correct {variable_of(key, account)} or the stack's configuration, or remove it"
    return ConfigError(f"{setting_of(key, account)} {problem}", setting=key, advice=advice)


def bridge_enabled(environment: Mapping[str, str]) -> bool:
    """Return whether the provider may use details of its host; ``XPLENTY_BRIDGE=off`` says no."""
    return environment.get("XPLENTY_BRIDGE", "on").strip().lower() != "off"


HEARTBEAT_IN_CI = 60.0
"""Seconds between two lines without news where each stays in a log, and a job that is silent for long is ended."""
CI_VARIABLES = (
    *("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"),
    *("CODEBUILD_BUILD_ID", "BITBUCKET_BUILD_NUMBER", "BUILDKITE"),
)
"""What CI systems set. Most set CI, but Azure Pipelines, Jenkins, TeamCity and AWS CodeBuild need not."""


def is_set(environment: Mapping[str, str], name: str) -> bool:
    """Return whether the variable is there and does not say no."""
    return environment.get(name, "").strip().lower() not in ("", "0", "false", "no", "off")


def is_saved_at_once(environment: Mapping[str, str]) -> bool:
    """Return whether the engine writes the state after each step, rather than once at the end."""
    return not is_set(environment, "PULUMI_SKIP_CHECKPOINTS")


def in_ci(environment: Mapping[str, str]) -> bool:
    """Return whether a CI system runs this; the variable CI decides where it says anything, so CI=false says no."""
    if environment.get("CI", "").strip():
        return is_set(environment, "CI")
    return any(is_set(environment, name) for name in CI_VARIABLES)
