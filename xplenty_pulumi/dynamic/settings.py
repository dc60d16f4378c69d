"""Where the account and its key come from: the environment first, the stack's configuration second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from xplenty_pulumi.core import fields
from xplenty_pulumi.core.stack_rules import AS_DECLARED, SANDBOX, SMALLEST, StackRules, read_moment, read_types
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret

Value = TypeVar("Value")

DEFAULT_URL = "https://api.xplenty.com"


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
        api_url=_optional(environment, config, "XPLENTY_API_URL", "apiUrl") or DEFAULT_URL,
        poll_seconds=_poll_seconds(_optional(environment, config, "XPLENTY_POLL_SECONDS", "pollSeconds")),
        former_account_id=_optional(environment, config, "XPLENTY_FORMER_ACCOUNT_ID", "formerAccountId"),
        credit_share=_credit_share(_optional(environment, config, "XPLENTY_CREDIT_SHARE", "creditShare")),
    )


def load_rules(environment: Mapping[str, str], config: Callable[[str], object]) -> StackRules:
    """Return what the stack says about everything declared in it, by default nothing; looked up like the settings.

    Raises:
        ConfigError: one is malformed.
    """
    return StackRules(
        allowed_types=_ruled(environment, config, "XPLENTY_ALLOWED_TYPES", "allowedTypes", read=read_types) or (),
        max_node_hours=_ruled(environment, config, "XPLENTY_MAX_NODE_HOURS", "maxNodeHours", read=_node_hours),
        sizing=_ruled(environment, config, "XPLENTY_SIZING", "sizing", read=_sizing) or AS_DECLARED,
        lifetime=_ruled(environment, config, "XPLENTY_LIFETIME", "lifetime", read=fields.duration),
        expires=_ruled(environment, config, "XPLENTY_EXPIRES", "expires", read=read_moment),
    )


def _ruled(
    environment: Mapping[str, str],
    config: Callable[[str], object],
    variable: str,
    key: str,
    *,
    read: Callable[[object], Value],
) -> Value | None:
    """The rule in canonical form, None where it is not set; `read` says in words what is wrong with it."""
    text = _optional(environment, config, variable, key)
    try:
        return read(text) if text else None
    except ValueError as problem:
        advice = f"Correct {variable} or the stack's configuration, or remove it"
        raise ConfigError(f"xplenty:{key} {problem}", setting=key, advice=advice) from None


def _node_hours(value: object) -> float:
    return float(str(fields.number(lowest=0)(value)))


def _sizing(value: object) -> str:
    return str(fields.choice(AS_DECLARED, SANDBOX, SMALLEST)(value))


def _required(
    environment: Mapping[str, str], config: Callable[[str], object], variable: str, key: str, *, secret: bool = False
) -> str:
    value = _optional(environment, config, variable, key)
    if value:
        return value
    command = f"pulumi config set{' --secret' if secret else ''} xplenty:{key} VALUE"
    state = "is empty" if variable in environment or config(f"xplenty:{key}") is not None else "is not set"
    raise ConfigError(
        f"xplenty:{key} {state}",
        setting=key,
        advice=f"Set the environment variable {variable}, or run `{command}`",
    )


def _optional(environment: Mapping[str, str], config: Callable[[str], object], variable: str, key: str) -> str:
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
