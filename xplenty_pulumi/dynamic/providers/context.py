"""The context of a provider method: the settings, the rules and the session, and the way in and out."""

import functools
import os
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from pulumi.dynamic import ResourceProvider

from xplenty_pulumi import settings
from xplenty_pulumi.core.kinds.kind import Ending, Kind
from xplenty_pulumi.core.kinds.marker import name_in
from xplenty_pulumi.core.kinds.obstacles import NOT_KNOWN, UNKNOWN_TO_SERVICE
from xplenty_pulumi.core.kinds.ownership import UNKNOWN, Origin
from xplenty_pulumi.core.preview.stack_rules import StackRules, load_rules, misplaced_rules
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.operations import declared_owners
from xplenty_pulumi.dynamic.providers.method_call import Cache, MethodCall, current, once_in_call, under_way
from xplenty_pulumi.dynamic.providers.remarks import told, warn_of_settings
from xplenty_pulumi.dynamic.providers.reporting import reported
from xplenty_pulumi.dynamic.providers.sessions import hold_for, session_for
from xplenty_pulumi.dynamic.secrets import secret_values
from xplenty_pulumi.dynamic.state import (
    ACCOUNT,
    OWNER,
    Properties,
    account_name,
    origin_of,
    owner_by,
    owner_of,
    side_by_side,
)
from xplenty_pulumi.errors import ConfigError, XplentyError
from xplenty_pulumi.redact import Secret, scrub

if TYPE_CHECKING:
    from xplenty_pulumi.dynamic.session import Session

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
ProviderT = TypeVar("ProviderT", bound="ProviderContext")


def answered(
    method: Callable[Concatenate[ProviderT, Arguments], Result],
) -> Callable[Concatenate[ProviderT, Arguments], Result]:
    """Let a failure of a provider method reach the user as one paragraph of ours, and nothing else."""

    @functools.wraps(method)
    def answer(self: ProviderT, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        def plain() -> Result:
            flat: Any = [side_by_side(one) if isinstance(one, dict) else one for one in args]
            return method(self, *flat, **kwargs)

        with under_way(method.__name__, args), bridge.slowness_told(self.call()):
            return reported(method.__name__, self.kind, self.call(), args, lambda: _in_a_paragraph(self, plain))

    return answer


def _in_a_paragraph(provider: "ProviderContext", answer: Callable[[], Result]) -> Result:
    call = provider.call()
    try:
        return answer()
    except bridge.ProviderFailure:
        raise
    except XplentyError as problem:
        failure = bridge.fail(call, provider.scrubbed(told(call, problem))).of(problem)
    except Exception as unexpected:  # noqa: BLE001 - the host would print the traceback of whatever it is
        bridge.debug(call, traceback.format_exc())
        text = (
            f"an unexpected {type(unexpected).__name__} in this provider: {unexpected}. What exists was left as it is; "
            "run `pulumi up --debug` for the details, and report them"
        )
        failure = bridge.fail(call, provider.scrubbed(text)).of(unexpected)
    raise failure from None


class ProviderContext(ResourceProvider):
    """The side of a provider that is about its process and not about one resource."""

    kind: Kind
    _config: Any = None
    _found: Cache | None = None

    @property
    def arguments(self) -> tuple[object, ...]:
        """What the engine hands over in this thread's call: ids and properties, secrets in clear included."""
        return current().arguments

    @once_in_call
    def call(self) -> EngineCall:
        """Return the engine's request that is being answered; only a name where the bridge is switched off."""
        given = current()
        found = bridge.current_call() if settings.bridge_enabled(os.environ) else EngineCall()
        is_in_ci = self.configured.once("in CI", lambda: settings.in_ci(os.environ))
        heartbeat = settings.HEARTBEAT_IN_CI if is_in_ci else found.heartbeat
        return replace(
            found,
            name=name_in(given.owner),
            heartbeat=heartbeat,
            scrub=lambda text: scrub(text, self._secrets_of(given)),
        )

    def origin(self, call: EngineCall, props: Properties) -> Origin:
        """Return when it was created, and who may have signed it: a stack may have been renamed since its last `up`."""
        if OWNER not in props:
            return UNKNOWN
        return origin_of(props, now=owner_by(call.urn, owner_of(props), scope=self.configuration("xplenty:scope")))

    def hold(self, id_: str, olds: Properties) -> None:
        """Note that the state holds what has this id, so that it is never taken for something lost.

        Raises:
            ConfigError: it is in another account than the settings name.
        """
        try:
            found, owner = self.settings(), owner_of(olds) if OWNER in olds else None
        except ConfigError:  # without settings nothing will be created either
            return
        found.require_account(olds.get(ACCOUNT))
        hold_for(found, self.kind, self.kind.key(id_), owner, made=origin_of(olds))

    @once_in_call
    def settings(self) -> settings.Settings:
        """Return the settings of the account that the resource is in, read once in a call of the engine.

        Raises:
            ConfigError: one is missing, malformed or unsafe.
        """
        account = account_name(self.arguments)
        try:
            key = ("settings", account)
            return self.configured.once(key, lambda: settings.load(os.environ, self.configuration, account))
        except ConfigError:
            self.require_known_settings(account)  # a misspelt setting is why another one is missing
            raise

    def keep_configuration(self, config: object) -> None:
        """Keep the configuration; from now on what it and the environment say is found out once."""
        self._config, self._found = config, Cache()

    @property
    def configured(self) -> Cache:
        """What the configuration and the environment say; nothing is kept before there is a configuration."""
        return Cache() if self._found is None else self._found

    def configuration(self, key: str) -> object:
        """Return what the stack's configuration has under a key such as ``xplenty:apiKey``, or None."""
        return None if self._config is None else self._config.get(key)

    def rules(self) -> StackRules:
        """Return the rules of the stack, after a warning of each setting and each variable that has no effect.

        Raises:
            ConfigError: one of them is malformed, or the stack's configuration has what is no setting.
        """
        return self.configured.once("rules", self._load_rules)

    def _load_rules(self) -> StackRules:
        project = settings.project_of(self._config)
        names = settings.names_in(self._config, project)
        misplaced = misplaced_rules(project, names, os.environ, self.configuration)
        for text in (*settings.strange_variables(os.environ), *misplaced):
            warn_of_settings(text)
        self.require_known_settings()
        return load_rules(os.environ, self.configuration)

    def require_known_settings(self, account: str = "") -> None:
        """Raise ConfigError where the stack's configuration has what is no setting among those of an account."""
        settings.require_known_in(self._config, account)

    @once_in_call
    def session(self) -> "Session":
        """Return what this process shares with all resources of the same account."""
        found = session_for(self.settings())
        found.note(self.kind, self.arguments)
        return found

    def doubt_of(self, what: str, props: Properties) -> str:
        """Return what goes on after `what` was seen where that is nothing, and another user than the key's made it.

        No source says whether each key sees all of an account.
        """
        creator = props.get("creator")
        maker = creator.get("id") if isinstance(creator, dict) else props.get("owner_id")
        if what not in {NOT_KNOWN, UNKNOWN_TO_SERVICE} or maker is None:
            return ""
        with suppress(XplentyError):
            if (user := self.session().client.user_id()) != int(maker):
                cost = "" if self.kind.ends is Ending.REMOVED else " and may cost money"
                return (
                    f". User {int(maker)} made it, and this key is that of user {user}: if it may not see it, the "
                    f"{self.kind.name} still exists{cost}. Look with the key of user {int(maker)}"
                )
        return ""

    def declared_owners(self) -> set[str]:
        """Return whose resources the program of this process declares, as far as it has run."""
        return declared_owners()

    def scrubbed(self, text: str, *more: Mapping[str, object]) -> str:
        """Return `text` without the API key, and without the secrets in what was handed over and in `more`."""
        return scrub(text, [*self._secrets_of(current()), *self._secrets_in(more)])

    def _secrets_of(self, call: MethodCall) -> list[Secret | str]:
        """What the engine handed over in `call`, whichever thread shows a text about it."""
        return call.found.once("secrets", lambda: self._secrets_in(call.arguments))

    def _secrets_in(self, arguments: tuple[object, ...]) -> list[Secret | str]:
        """The API key, and every spelling of what is secret in any properties among `arguments`."""
        properties = [one for one in arguments if isinstance(one, dict)]
        shown = [one.get(name) for one in properties for name in self.kind.secret_outputs]
        found = [value for one in properties for value in secret_values(one)]
        found += [value for value in shown if isinstance(value, str)]
        try:
            return [self.settings().api_key, *found]
        except ConfigError:
            return [*found]
