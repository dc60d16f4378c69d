"""Where the account and its key come from: the environment first, the stack's configuration second."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial

from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret, keep_out
from xplenty_pulumi.setting_names import (
    ENDINGS,
    OF_ACCOUNT,
    ONLY_CONFIGURED,
    OTHER_VARIABLES,
    PREFIX,
    SHARED,
    VARIABLES,
    SettingNames,
    problem_of,
    setting_of,
    variable_of,
)

DEFAULT_URL = "https://api.xplenty.com"


@dataclass(frozen=True)
class Settings:
    """How to reach an account.

    `poll_seconds` is the fixed pause between two polls, None for one that grows; `former_account_id` the name that the
    account had before it was renamed; `credit_share` the part of the hourly calls that a process may spend; `name` that
    of the set of settings, empty for the stack's own. Two sets that say the same are one. Those of the environment
    alone are not `configurable`.
    """

    api_key: Secret
    account_id: str
    api_url: str = DEFAULT_URL
    poll_seconds: float | None = None
    former_account_id: str = ""
    credit_share: float = 0.5
    name: str = field(default="", compare=False)
    configurable: bool = field(default=True, compare=False)

    @property
    def names(self) -> SettingNames:
        """What these settings are called."""
        return SettingNames(self.name, self.configurable)

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


Lookup = Callable[[str], object]
"""Returns what the stack's configuration has under a key such as ``xplenty:apiKey``, None where it has nothing."""


def nothing(_key: str) -> None:
    """Look up a key where no stack's configuration counts, but the environment alone."""


def load(environment: Mapping[str, str], config: Lookup, account: str = "") -> Settings:
    """Return the settings; `config` looks up a key of the stack's configuration.

    `account` names a set of them besides the stack's own.

    The environment comes first because Pulumi keeps a copy of the configuration in the state and goes on using it in
    `refresh` and `destroy`, so a key that was rotated would still be the old one there.
    All keys that are set, those of other sets as well, are masked in the texts of this process from then on.

    Raises:
        ConfigError: something is missing or malformed; the text names the places where it can be set. Or `account` is
            a name that no set can have.
    """
    if problem := problem_of(account):
        raise ConfigError(f"account {problem}, got {account[:40]!r}", setting="account", advice="Choose another name")
    number = partial(_number, environment, config, account=account)
    others = (environment[name] for name in environment if name.startswith(PREFIX) and name.endswith("_API_KEY"))
    keep_out([*others, *(look_up(environment, config, "apiKey", account=name) for name in ("", account))])
    return Settings(
        api_key=Secret(_required(environment, config, "apiKey", account=account)),
        account_id=_required(environment, config, "accountId", account=account),
        api_url=look_up(environment, config, "apiUrl", account=account) or DEFAULT_URL,
        poll_seconds=number("pollSeconds", unit=" of seconds", lowest=0.05, highest=300),
        former_account_id=look_up(environment, config, "formerAccountId", account=account),
        credit_share=number("creditShare", lowest=0.01, highest=1) or Settings.credit_share,
        name=account,
        configurable=config is not nothing,
    )


def project_of(config: object) -> str:
    """Return the name of the project whose configuration the SDK's host hands over; empty where it hides that."""
    return str(getattr(config, "_project_name", ""))


def names_in(config: object, namespace: str = "xplenty") -> tuple[str, ...]:
    """Return the names in a namespace of the configuration that the SDK's host hands over; none where it hides them."""
    found, prefix = getattr(config, "_props", None), f"{namespace}:"
    names = map(str, found) if isinstance(found, Mapping) else ()
    return tuple(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def require_known_in(config: object, account: str = "") -> None:
    """Return as `require_known` does, or in a project that is itself named `xplenty`, or `xplenty-eu`.

    The program of such a project has names of its own under that prefix.
    """
    namespace = setting_of("", account).removesuffix(":")
    if project_of(config) != namespace:
        require_known(names_in(config, namespace), account)


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
    known = {name.removeprefix(PREFIX) for name in (*VARIABLES.values(), *OTHER_VARIABLES)}
    ours = (one.removeprefix(PREFIX) for one in environment if one.startswith(PREFIX) and not one.endswith(ENDINGS))
    return [
        f"{PREFIX}{name} is no variable of xplenty_pulumi, so it has no effect{_nearest(name, known, prefix=PREFIX)}"
        for name in sorted({*ours} - known)
    ]


def _nearest(name: str, known: Iterable[str], *, prefix: str) -> str:
    """The known name that is most like this one; any case counts as the same."""
    by_case = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), by_case, n=1)
    return f"; the nearest is {prefix}{by_case[found[0]]}" if found else ""


def _required(environment: Mapping[str, str], config: Lookup, key: str, *, account: str) -> str:
    if value := look_up(environment, config, key, account=account):
        return value
    variable, name = variable_of(key, account), setting_of(key, account)
    command = f"pulumi config set{' --secret' if key == 'apiKey' else ''} {name} VALUE"
    state = "is empty" if variable in environment or config(name) is not None else "is not set"
    if config is nothing:
        text = f"{variable} {state}, and no stack's configuration is read"
        raise ConfigError(text, setting=key, advice="Set the environment variable")
    advice = f"Set the environment variable {variable}, or run `{command}`"
    raise ConfigError(f"{name} {state}", setting=key, advice=advice)


def look_up(environment: Mapping[str, str], config: Lookup, key: str, *, account: str = "") -> str:
    """Return what is set, without blanks around it: the variable where it is there, else the configured key."""
    account = _holder(environment, config, key, account=account)
    variable = variable_of(key, account)
    value = environment[variable] if variable in environment else config(setting_of(key, account))
    return "" if value is None else str(value).strip()


def _holder(environment: Mapping[str, str], config: Lookup, key: str, *, account: str) -> str:
    """The account whose setting counts: the stack's own where another one leaves out what it may share."""
    is_set_here = variable_of(key, account) in environment or config(setting_of(key, account)) is not None
    return "" if key in SHARED and not is_set_here else account


def _number(
    environment: Mapping[str, str],
    config: Lookup,
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
    holder = _holder(environment, config, key, account=account)
    meant = f"a number{unit} from {lowest:g} to {highest:g}"
    raise malformed(key, f"must be {meant}, got {value[:40]!r}", account=holder)


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
