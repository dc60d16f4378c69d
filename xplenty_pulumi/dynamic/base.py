"""What both providers have in common: settings, the session, and what becomes of what was seen.

A program only declares, so the client and the reconciler, which take half a second to load, are loaded where the
provider process first uses them.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CheckResult, ConfigureRequest, DiffResult, ReadResult, ResourceProvider

from xplenty_pulumi.core import fields
from xplenty_pulumi.core.kinds import Kind, Phase
from xplenty_pulumi.core.plan import Plan, plan
from xplenty_pulumi.dynamic import bridge, sessions, settings
from xplenty_pulumi.dynamic.answered import answered, arguments_answered, name_answered
from xplenty_pulumi.dynamic.bridge import Call
from xplenty_pulumi.dynamic.checking import check
from xplenty_pulumi.dynamic.crowd import crowd
from xplenty_pulumi.dynamic.inputs import ACCOUNT, DECLARED, NONCES, OWED, OWNER, Inputs
from xplenty_pulumi.dynamic.layout import OBSERVED, stored
from xplenty_pulumi.dynamic.properties import Properties, declared, hidden_outputs, outputs, refreshed_inputs
from xplenty_pulumi.dynamic.secrets import secret_values
from xplenty_pulumi.dynamic.switches import HEARTBEAT_IN_CI, in_ci
from xplenty_pulumi.errors import ConfigError, NotFoundError, SpecError
from xplenty_pulumi.redact import scrub

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import Outcome
    from xplenty_pulumi.core.reconcile.intent import Intent
    from xplenty_pulumi.dynamic.session import Session

__all__ = ["Properties", "Provider", "answered", "declared", "number_of", "timeout_of"]


class Provider(ResourceProvider, ABC):
    """The common half of a provider.

    The object that a program hands over is empty, so all that reaches the state is the name of its class; `configure`
    gives the provider process the stack's configuration to look up settings in.
    """

    serialize_as_secret_always = False
    kind: Kind
    lies_side_by_side = False
    """Whether the state has all outputs side by side, none of them under `observed`."""
    _config: Any = None

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the configuration of this process, and set up what the host does not offer."""
        self._config = req.config
        bridge.announce()

    @answered
    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Return the inputs in canonical form, or every problem with them and with the settings, all at once."""
        if not _olds:
            crowd().expect(str(news.get(OWNER, "")))
        return check(self, _olds, news)

    @answered
    def diff(self, _id: str, olds: Properties, news: Properties) -> DiffResult:
        """Return what needs a new resource; what differs at all the engine finds out itself, property by property."""
        self.hold(_id)
        found = self.plan(olds, news)
        spent = "status" in found.replaces
        if "rerun" in found.replaces:
            bridge.say(self.call(), "runs anew with every `pulumi up`, as rerun asks")
        elif spent:
            bridge.say(self.call(), f"{self.kind.name} {_id} is {olds['status']}, so a new one is planned")
        elif found.replaces and {*found.replaces} <= Inputs.of(news).unknown:
            names = ", ".join(found.replaces)
            bridge.say(self.call(), f"replaced only if the value of {names}, which the `up` will know, is another one")
        self.planned(found, news)
        return DiffResult(
            changes=True if {"status", "rerun"} & {*found.replaces} or self._is_outdated() else None,
            replaces=list(found.replaces),
            delete_before_replace=True,
        )

    def planned(self, found: Plan, news: Properties) -> None:
        """Say what the plan needs that is not there any more; where nothing can be missing, nothing."""

    @abstractmethod
    def view(self, record: Any) -> dict[str, object]:
        """Return a record of this kind as plain values."""

    def call(self) -> Call:
        """Return the engine's request that is being answered; only a name where the bridge is switched off."""
        found = bridge.current_call() if settings.bridge_enabled(os.environ) else Call()
        heartbeat = HEARTBEAT_IN_CI if in_ci(os.environ) else found.heartbeat
        scrub = partial(self._scrubbed_of, arguments_answered())
        return replace(found, name=name_answered(), heartbeat=heartbeat, scrub=scrub)

    def hold(self, _id: str) -> None:
        """Note that the state holds what has this id, so that it is never taken for something lost."""
        try:
            sessions.hold(self.settings(), self.kind, int(_id))
        except ConfigError:
            return  # without settings nothing will be created either

    def plan(self, olds: Properties, news: Properties) -> Plan:
        """Return the core's plan from the outputs in the state to the new inputs."""
        inputs = Inputs.of(news)
        given = {name: value for name, value in inputs.checked(self.kind).inputs.items() if name in inputs.known}
        return plan(self.kind, self.kind.completed(given, olds), olds, unknown=inputs.unknown)

    def settings(self) -> settings.Settings:
        """Return the settings of this process.

        Raises:
            ConfigError: one is missing, malformed or unsafe.
        """
        return settings.load(os.environ, self.configuration)

    def configuration(self, key: str) -> object:
        """Return what the stack's configuration has under a key such as ``xplenty:apiKey``, or None."""
        return None if self._config is None else self._config.get(key)

    def configured_names(self) -> tuple[str, ...]:
        """Return all names under `xplenty:` in the stack's configuration."""
        return settings.names_in(self._config)

    def session(self) -> "Session":
        """Return what this process shares with all resources of the same account."""
        return sessions.session_for(self.settings())

    def achieved(self, call: Call, outcome: "Outcome[Any]", props: Properties) -> Properties:
        """Return the outputs of what was brought about; where there is a problem, fail so that the state keeps it."""
        seen = self.outputs(props, self.view(outcome.record))
        if outcome.nonces:
            seen[NONCES] = " ".join(dict.fromkeys(outcome.nonces))
        if outcome.problem is not None:
            text = self.scrubbed(str(outcome.problem), seen)
            outputs = self.stored(seen)
            raise bridge.fail_partially(call, text, resource_id=str(outcome.record.id), outputs=outputs) from None
        bridge.say(call, self.headline(seen))
        seen.pop(OWED, None)
        return self.stored(seen)

    def stored(self, seen: Properties) -> Properties:
        """Return outputs that lie side by side as they are to lie in the state."""
        if self.lies_side_by_side:
            return {name: value for name, value in seen.items() if name != OBSERVED}
        return stored(seen)

    def _is_outdated(self) -> bool:
        """Whether a version before 0.2 laid out the state that is being compared, so that it is to be written anew."""
        given = [one for one in arguments_answered() if isinstance(one, dict)]
        return not self.lies_side_by_side and any(DECLARED in one for one in given)

    def headline(self, seen: Properties) -> str:
        """Return what the row of a resource says in the end."""
        return str(seen["status"])

    def sighted(self, call: Call, record: Any, remark: str, props: Properties) -> ReadResult:
        """Return what was read; what is not as it should be is said in the way that keeps it in the state."""
        id_, managed = str(record.id), DECLARED in props
        seen = self.outputs(props, self.view(record))
        if not remark:
            seen.pop(OWED, None)
        inputs = refreshed_inputs(seen) if managed else None
        if remark and managed and call.keeps_state:
            text = self.scrubbed(f"{self.kind.name} {id_}: {remark}", seen)
            raise bridge.fail_partially(call, text, resource_id=id_, outputs=self.stored(seen), inputs=inputs) from None
        return ReadResult(id_, self.stored(seen), inputs)

    def remembered(self, call: Call, id_: str, remark: str, props: Properties) -> ReadResult:
        """Return what the state holds of something that the service has forgotten, with what is wrong with it."""
        if remark and DECLARED in props and call.keeps_state:
            text = self.scrubbed(f"{self.kind.name} {id_}: {remark}", props)
            inputs = refreshed_inputs(props)
            outputs = self.stored(props)
            raise bridge.fail_partially(call, text, resource_id=id_, outputs=outputs, inputs=inputs) from None
        return ReadResult(id_, self.stored(props))

    def gone(self, call: Call, id_: str, remark: str, props: Properties) -> ReadResult:
        """Return that it is gone, for what a stack manages; what a program only looks up by its id must be there."""
        resource = f"{self.kind.name} {id_}"
        if DECLARED not in props:
            advice = "Correct the id that the program looks up"
            raise NotFoundError(remark, status=404, resource=resource, advice=advice)
        bridge.warn(call, f"{resource}: {remark}")
        return ReadResult(None, {})

    def outputs(self, props: Properties, view: Mapping[str, object]) -> Properties:
        """Return all outputs of a record, the API key masked like every secret variable."""
        settings = self.settings()
        return {**outputs(props, view, self.kind, secrets=[settings.api_key]), ACCOUNT: settings.account_id}

    def intent(self, call: Call, olds: Properties, news: Properties) -> "Intent":
        """Return what an update is to bring about: what the engine has shown, and what a create still owes."""
        from xplenty_pulumi.core.reconcile.intent import intent_of  # noqa: PLC0415 - see above

        before = call.old_inputs or {**declared(olds, self.kind), OWNER: olds.get(OWNER)}
        return intent_of(
            self.kind,
            Inputs.of(before).known,
            Inputs.of(news).known,
            owed=str(olds.get(OWED, "")).split(),
            is_ready=self.kind.phase(str(olds.get("status", ""))) is Phase.READY,
            signs=before.get(OWNER) != news.get(OWNER),
        )

    def owing(self, olds: Properties, intent: "Intent") -> Properties:
        """Return the hidden outputs that an update keeps, with what it owes until it has come to its end."""
        sent = [name for name in self.kind.by_name if name in intent.fields]
        owed = str(olds.get(OWED, "")).split()
        return {**hidden_outputs(olds), OWED: " ".join(dict.fromkeys([*owed, *sent]))}

    def require_account(self, props: Mapping[str, object]) -> None:
        """Return if the settings name the account that `props` are from.

        Raises:
            ConfigError: they name another one, in which the same id is unknown or means something else.
        """
        self.settings().require_account(props.get(ACCOUNT))

    def _scrubbed_of(self, arguments: tuple[object, ...], text: str) -> str:
        return self.scrubbed(text, *arguments)

    def scrubbed(self, text: str, *arguments: object) -> str:
        """Return `text` without the API key and without the secret variables in any properties among `arguments`."""
        secrets = [value for one in arguments if isinstance(one, dict) for value in secret_values(one)]
        try:
            return scrub(text, [self.settings().api_key, *secrets])
        except ConfigError:
            return scrub(text, secrets)


def number_of(id_: str, kind: Kind) -> int:
    """Return the id as the service counts it.

    Raises:
        SpecError: it is none, which only a program that looks something up can bring about.
    """
    try:
        return int(str(fields.identifier(id_)))
    except ValueError as problem:
        raise SpecError(f"the id of a {kind.name} {problem}", field="id") from None


def timeout_of(call: Call, inputs: Mapping[str, object], name: str, kind: Kind) -> float:
    """Return the seconds an operation may take: the resource option `custom_timeouts`, the input, the default."""
    value = call.timeout or inputs.get(name) or kind.by_name[name].default
    return float(str(value))
