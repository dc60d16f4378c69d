"""What the settings are called: each one's variable and key, for the stack's own account and for any other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
SHARED = frozenset({"apiUrl", "pollSeconds", "creditShare"})
"""What is that of the stack's own account where such a set leaves it out."""
PREFIX = "XPLENTY_"
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
_ENDINGS: Mapping[str, str] = MappingProxyType({key: f"_{VARIABLES[key].removeprefix(PREFIX)}" for key in OF_ACCOUNT})
ENDINGS = tuple(_ENDINGS.values())
"""How the variables of such a set end, such as `_API_KEY`."""
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def variable_of(key: str, account: str = "") -> str:
    """Return the variable of a setting, such as ``XPLENTY_EU_API_KEY`` in the set that is named `eu`."""
    name = f"{account.upper().replace('-', '_')}_" if account else ""
    return f"{PREFIX}{name}{VARIABLES[key].removeprefix(PREFIX)}"


def setting_of(key: str, account: str = "") -> str:
    """Return the key of a setting in the stack's configuration, such as ``xplenty-eu:apiKey`` in the set `eu`."""
    return f"xplenty-{account}:{key}" if account else f"xplenty:{key}"


@dataclass(frozen=True)
class SettingNames:
    """How texts name the settings of one account; `account` is the name of the set, empty for the stack's own.

    Not `configurable` are those of a command that reads no stack's configuration: only the variable is named.
    """

    account: str = ""
    configurable: bool = True

    def variable(self, key: str) -> str:
        """Return the variable of a setting."""
        return variable_of(key, self.account)

    def both(self, key: str) -> str:
        """Return where a setting may stand, such as ``XPLENTY_EU_API_KEY (or xplenty-eu:apiKey)``."""
        if not self.configurable:
            return self.variable(key)
        own = f", or else {variable_of(key)} or {setting_of(key)}" if self.account and key in SHARED else ""
        return f"{self.variable(key)} (or {setting_of(key, self.account)}{own})"


OWN = SettingNames()


def problem_of(account: object) -> str:
    """Return why no set of settings can have this name, empty where one can; it completes "`account` ...".

    A name is refused as well if one of its variables is that of another setting: with a set `eu-former`, the former
    name of `eu` would be the account of that set, so what is in the one would pass for what is in the other.
    """
    if account == "":
        return ""
    if not isinstance(account, str) or not _NAME.fullmatch(account):
        return "must be small letters, digits and single hyphens, such as 'eu'"
    taken = next((key for key in OF_ACCOUNT if _is_taken(variable_of(key, account), key)), "")
    if not taken:
        return ""
    variable = variable_of(taken, account)
    return f"must be another name, because its {taken} would be {variable}, which is the variable of another setting"


def _is_taken(variable: str, key: str) -> bool:
    """Whether the variable of this setting is one without a name too, or of a longer setting with a shorter name."""
    ending = _ENDINGS[key]
    longer = tuple(one for one in ENDINGS if one != ending and one.endswith(ending))
    return variable in {*VARIABLES.values(), *OTHER_VARIABLES} or variable.endswith(longer)
