"""The account that the environments of branches are in, and the proof that a command reads the right one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from xplenty_pulumi import settings
from xplenty_pulumi.cli.commands.branch.stacks import ACCOUNT, NO_ACCOUNT, ProjectStacks
from xplenty_pulumi.cli.ui.account import CommandAccount, opened, settings_of
from xplenty_pulumi.core.preview.plan_limits import PlanLimits, limits_of
from xplenty_pulumi.core.preview.questions import LONGEST_CALL
from xplenty_pulumi.core.reports.branches import BranchStack
from xplenty_pulumi.errors import RefusedError, XplentyError

_ENOUGH = frozenset({"XPLENTY_API_KEY", "XPLENTY_ACCOUNT_ID"})


@contextmanager
def account_of(stacks: ProjectStacks) -> Iterator[CommandAccount]:
    """Give the account of the environment; what is not set there is read from the template's configuration.

    Raises:
        ConfigError: a setting is missing or malformed.
    """
    found = None
    if not os.environ.keys() >= _ENOUGH and (keepers := stacks.keepers()):
        template = keepers[min(keepers)].full_name
        if config := stacks.snapshot.configuration(template):
            found = settings_of(template, config)
    with opened(found) as account:
        yield account


def plan_limits(config: Callable[[str], object]) -> PlanLimits:
    """Return what the plan of the account allows; nothing is limited where that cannot be asked."""
    try:
        with opened(settings.load(os.environ, config)) as account:
            plans = account.client.within(LONGEST_CALL).plans
            return limits_of(plans.subscription(), plans.list())
    except XplentyError:
        return PlanLimits()


def place_of(config: Callable[[str], object]) -> str:
    """Return which account a stack with this configuration is in, such as `acme at api.xplenty.com`; empty: unknown."""
    account_id = os.environ.get("XPLENTY_ACCOUNT_ID") or config("xplenty:accountId") or ""
    url = os.environ.get("XPLENTY_API_URL") or config("xplenty:apiUrl") or settings.DEFAULT_URL
    return _place(str(account_id).strip(), str(url)) if account_id else ""


def require_same(stack: BranchStack, account: CommandAccount) -> None:
    """Return if the stack was brought up in this account, or does not say where.

    Raises:
        RefusedError: it is in another one, so that nothing of it can be seen in this one.
    """
    here = account.settings
    names = [name for name in (here.account_id, here.former_account_id) if name]
    if stack.account in ("", NO_ACCOUNT, *(_place(name, here.api_url) for name in names)):
        return
    raise RefusedError(
        f"it was brought up in account {stack.account}, and the settings name {_place(here.account_id, here.api_url)}, "
        "in which nothing of it can be seen; nothing was changed",
        resource=f"stack {stack.name}",
        advice="Correct XPLENTY_ACCOUNT_ID and XPLENTY_API_URL; where that account is no more, run "
        f"`pulumi stack tag set {ACCOUNT} {NO_ACCOUNT} --stack {stack.name}`",
    )


def _place(account_id: str, url: str) -> str:
    return f"{account_id} at {urlsplit(url.strip()).netloc.rpartition('@')[2].lower()}"
