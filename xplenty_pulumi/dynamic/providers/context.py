"""What a provider method knows of its process: the settings, the session, and the request that is being answered."""

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from operator import is_
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import ResourceProvider

from xplenty_pulumi import settings
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic import bridge, sessions
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.providers.answered import arguments_answered, name_answered, once
from xplenty_pulumi.dynamic.secrets import secret_values
from xplenty_pulumi.dynamic.state import ACCOUNT, OWNER, Properties, owner_of
from xplenty_pulumi.errors import ConfigError
from xplenty_pulumi.redact import Secret, scrub
from xplenty_pulumi.settings import HEARTBEAT_IN_CI, in_ci

if TYPE_CHECKING:
    from xplenty_pulumi.dynamic.session import Session


class ProviderContext(ResourceProvider):
    """The side of a provider that is about its process and not about one resource."""

    kind: Kind
    _config: Any = None

    def call(self) -> EngineCall:
        """Return the engine's request that is being answered; only a name where the bridge is switched off."""
        found = bridge.current_call() if settings.bridge_enabled(os.environ) else EngineCall()
        heartbeat = HEARTBEAT_IN_CI if in_ci(os.environ) else found.heartbeat
        scrub = partial(self._scrubbed_of, arguments_answered())
        return replace(found, name=name_answered(), heartbeat=heartbeat, scrub=scrub)

    def hold(self, _id: str, olds: Properties) -> None:
        """Note that the state holds what has this id, so that it is never taken for something lost."""
        try:
            owner = owner_of(olds) if OWNER in olds else None
            sessions.hold(self.settings(), self.kind, int(_id), owner)
        except ConfigError:
            return  # without settings nothing will be created either

    def settings(self) -> settings.Settings:
        """Return the settings of this process, read once in a call of the engine.

        Raises:
            ConfigError: one is missing, malformed or unsafe.
        """
        return once("settings", lambda: settings.load(os.environ, self.configuration))

    def configuration(self, key: str) -> object:
        """Return what the stack's configuration has under a key such as ``xplenty:apiKey``, or None."""
        return None if self._config is None else self._config.get(key)

    def configured_names(self) -> tuple[str, ...]:
        """Return all names under `xplenty:` in the stack's configuration."""
        return settings.names_in(self._config)

    def session(self) -> "Session":
        """Return what this process shares with all resources of the same account."""
        return sessions.session_for(self.settings())

    def require_account(self, props: Mapping[str, object]) -> None:
        """Return if the settings name the account that `props` are from.

        Raises:
            ConfigError: they name another one, in which the same id is unknown or means something else.
        """
        self.settings().require_account(props.get(ACCOUNT))

    def _scrubbed_of(self, arguments: tuple[object, ...], text: str) -> str:
        return self.scrubbed(text, *arguments)

    def scrubbed(self, text: str, *arguments: object) -> str:
        """Return `text` without the API key and without the secrets in any properties among `arguments`."""
        given = arguments_answered()
        if len(arguments) == len(given) and all(map(is_, arguments, given)):
            return scrub(text, once("secrets", lambda: self.secrets_in(arguments)))
        return scrub(text, self.secrets_in(arguments))

    def secrets_in(self, arguments: tuple[object, ...]) -> list[Secret | str]:
        """Return the API key, and every spelling of what is secret in any properties among `arguments`."""
        properties = [one for one in arguments if isinstance(one, dict)]
        shown = [one.get(name) for one in properties for name in self.kind.secret_outputs]
        found = [value for one in properties for value in secret_values(one)]
        found += [value for value in shown if isinstance(value, str)]
        try:
            return [self.settings().api_key, *found]
        except ConfigError:
            return [*found]
