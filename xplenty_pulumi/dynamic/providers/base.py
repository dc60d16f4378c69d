"""What both providers have in common: settings, the session, and what becomes of what was seen.

A program only declares, so the client and the reconciler, which take half a second to load, are loaded where the
provider process first uses them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CheckResult, ConfigureRequest, DiffResult, ReadResult

from xplenty_pulumi.core.kinds import inputs
from xplenty_pulumi.core.kinds.compare import ChangePlan, plan
from xplenty_pulumi.core.kinds.kind import Kind, Phase
from xplenty_pulumi.dynamic import bridge
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.crowd import crowd
from xplenty_pulumi.dynamic.inputs import Inputs
from xplenty_pulumi.dynamic.properties import declared, hidden_outputs, outputs, refreshed_inputs
from xplenty_pulumi.dynamic.providers.answered import answered, arguments_answered
from xplenty_pulumi.dynamic.providers.checking import check
from xplenty_pulumi.dynamic.providers.context import ProviderContext
from xplenty_pulumi.dynamic.state import ACCOUNT, DECLARED, NONCES, OBSERVED, OWED, OWNER, Properties, stored
from xplenty_pulumi.errors import NotFoundError, SpecError

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import Outcome
    from xplenty_pulumi.core.reconcile.intent import Intent

__all__ = ["Properties", "Provider", "answered", "declared", "number_of", "timeout_of"]


class Provider(ProviderContext):
    """The common half of a provider.

    The object that a program hands over is empty, so all that reaches the state is the name of its class; `configure`
    gives the provider process the stack's configuration to look up settings in.
    """

    serialize_as_secret_always = False

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
        self.hold(_id, olds)
        found = self.plan(olds, news)
        label, unknown = f"{self.kind.name} {_id}", Inputs.of(news).unknown
        if remark := found.remark(label, olds.get("status"), unknown=unknown):
            bridge.say(self.call(), remark)
        self.planned(found, news)
        return DiffResult(
            changes=True if found.is_anew or self._is_outdated() else None,
            replaces=list(found.replaces),
            delete_before_replace=True,
        )

    def planned(self, found: ChangePlan, news: Properties) -> None:
        """Say what the plan needs that is not there any more; where nothing can be missing, nothing."""

    def plan(self, olds: Properties, news: Properties) -> ChangePlan:
        """Return the core's plan from the outputs in the state to the new inputs."""
        inputs = Inputs.of(news)
        given = {name: value for name, value in inputs.checked(self.kind).inputs.items() if name in inputs.known}
        return plan(self.kind, self.kind.completed(given, olds), olds, unknown=inputs.unknown)

    def achieved(self, call: EngineCall, outcome: "Outcome[Any]", props: Properties) -> Properties:
        """Return the outputs of what was brought about; where there is a problem, fail so that the state keeps it."""
        seen = self.outputs(props, outcome.record)
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
        """Return outputs that lie side by side as they are to lie in the state.

        Secret outputs stay where they are, since one below `observed` would make a secret of all that is there.
        """
        if self.kind.secret_outputs:
            return {name: value for name, value in seen.items() if name != OBSERVED}
        return stored(seen)

    def _is_outdated(self) -> bool:
        """Whether a version before 0.2 laid out the state that is being compared, so that it is to be written anew."""
        given = [one for one in arguments_answered() if isinstance(one, dict)]
        return not self.kind.secret_outputs and any(DECLARED in one for one in given)

    def headline(self, seen: Properties) -> str:
        """Return what the row of a resource says in the end."""
        return str(seen["status"])

    def sighted(self, call: EngineCall, record: Any, remark: str, props: Properties) -> ReadResult:
        """Return what was read; what is not as it should be is said in the way that keeps it in the state."""
        id_, managed = str(record.id), DECLARED in props
        seen = self.outputs(props, record)
        if not remark:
            seen.pop(OWED, None)
        inputs = refreshed_inputs(seen) if managed else None
        if remark and managed and call.keeps_state:
            text = self.scrubbed(f"{self.kind.name} {id_}: {remark}", seen)
            raise bridge.fail_partially(call, text, resource_id=id_, outputs=self.stored(seen), inputs=inputs) from None
        return ReadResult(id_, self.stored(seen), inputs)

    def remembered(self, call: EngineCall, id_: str, remark: str, props: Properties) -> ReadResult:
        """Return what the state holds of something that the service has forgotten, with what is wrong with it."""
        if remark and DECLARED in props and call.keeps_state:
            text = self.scrubbed(f"{self.kind.name} {id_}: {remark}", props)
            inputs = refreshed_inputs(props)
            outputs = self.stored(props)
            raise bridge.fail_partially(call, text, resource_id=id_, outputs=outputs, inputs=inputs) from None
        return ReadResult(id_, self.stored(props))

    def gone(self, call: EngineCall, id_: str, remark: str, props: Properties) -> ReadResult:
        """Return that it is gone, for what a stack manages; what a program only looks up by its id must be there."""
        resource = f"{self.kind.name} {id_}"
        if DECLARED not in props:
            advice = "Correct the id that the program looks up"
            raise NotFoundError(remark, status=404, resource=resource, advice=advice)
        bridge.warn(call, f"{resource}: {remark}")
        return ReadResult(None, {})

    def outputs(self, props: Properties, record: object) -> Properties:
        """Return all outputs of a record, the API key masked like every secret variable."""
        settings, view = self.settings(), self.kind.view(record, declared(props, self.kind))
        return {**outputs(props, view, self.kind, secrets=[settings.api_key]), ACCOUNT: settings.account_id}

    def intent(self, call: EngineCall, olds: Properties, news: Properties) -> "Intent":
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

    def due(self, call: EngineCall, olds: Properties, news: Properties) -> "tuple[Intent, Properties]":
        """Return what an update is to bring about, and the new properties with what they owe until it has."""
        intent = self.intent(call, olds, news)
        return intent, {**news, **self.owing(olds, intent)}

    def owing(self, olds: Properties, intent: "Intent") -> Properties:
        """Return the hidden outputs that an update keeps, with what it owes until it has come to its end."""
        sent = [name for name in self.kind.by_name if name in intent.fields]
        owed = str(olds.get(OWED, "")).split()
        return {**hidden_outputs(olds), OWED: " ".join(dict.fromkeys([*owed, *sent]))}


def number_of(id_: str, kind: Kind) -> int:
    """Return the id as the service counts it.

    Raises:
        SpecError: it is none, which only a program that looks something up can bring about.
    """
    try:
        return int(str(inputs.identifier(id_)))
    except ValueError as problem:
        raise SpecError(f"the id of a {kind.name} {problem}", field="id") from None


def timeout_of(call: EngineCall, inputs: Mapping[str, object], name: str, kind: Kind) -> float:
    """Return the seconds an operation may take: the resource option `custom_timeouts`, the input, the default."""
    return float(call.timeout or setting_of(inputs, name, kind))


def setting_of(inputs: Mapping[str, object], name: str, kind: Kind) -> str:
    """Return the input as a text, its default where there is none."""
    return str(inputs.get(name) or kind.by_name[name].default)


def with_notify(props: Properties, told: bool | None) -> Properties:
    """The properties with who is told as it is seen to be, where that was looked at."""
    return props if told is None else {**props, "notify": told}
