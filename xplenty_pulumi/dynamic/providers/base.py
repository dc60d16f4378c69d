"""What all providers have in common: create, update and read, and what becomes of what the service shows.

A program only declares, so the client and the reconciler, which take half a second to load, are loaded where the
provider process first uses them.
"""

from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CheckResult, ConfigureRequest, CreateResult, DiffResult, ReadResult, UpdateResult

from xplenty_pulumi.core.kinds.compare import ChangePlan, plan
from xplenty_pulumi.core.kinds.kind import EVERYTHING
from xplenty_pulumi.core.kinds.marker import Marker, marker_of
from xplenty_pulumi.core.kinds.ownership import adopted_elsewhere
from xplenty_pulumi.dynamic import bridge, state
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.operations import open_operations
from xplenty_pulumi.dynamic.properties import Inputs, declared, hidden_outputs, key_of, outputs, refreshed_inputs
from xplenty_pulumi.dynamic.providers import owing
from xplenty_pulumi.dynamic.providers.checking import check
from xplenty_pulumi.dynamic.providers.context import ProviderContext, answered
from xplenty_pulumi.dynamic.providers.remarks import told, told_once, warn_once
from xplenty_pulumi.dynamic.providers.reporting import report_to_engine
from xplenty_pulumi.dynamic.secrets import without_former_secrets
from xplenty_pulumi.dynamic.state import ACCOUNT, DECLARED, NONCES, OBSERVED, OWED, OWNER, Properties, owner_of, stored
from xplenty_pulumi.errors import ApiError, ConfigError, NotFoundError, RefusedError

if TYPE_CHECKING:
    from xplenty_pulumi.core.reconcile import Observation, Outcome
    from xplenty_pulumi.core.reconcile.intent import Intent


class Provider(ProviderContext, ABC):
    """The common half of a provider.

    The object that a program hands over is empty, so all that reaches the state is the name of its class; `configure`
    gives the provider process the stack's configuration to look up settings in.
    """

    serialize_as_secret_always = False

    @abstractmethod
    def reconciler(self, call: EngineCall) -> Any:
        """Return what creates, updates and deletes things of this kind."""

    @abstractmethod
    def desired(self, call: EngineCall, props: Properties) -> Any:
        """Return what the program declares, as the reconciler takes it."""

    @abstractmethod
    def observe(self, call: EngineCall, key: Any, props: Properties) -> "Observation[Any]":
        """Return what the service shows of the thing with this key."""

    @abstractmethod
    def end(self, call: EngineCall, key: Any, props: Properties) -> str:
        """Return how the thing with this key was seen, in words for its row, once it is at its end."""

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the configuration of this process, and set up what the host does not offer."""
        self.keep_configuration(req.config)
        bridge.announce()
        report_to_engine()

    @answered
    def check(self, olds: Properties, news: Properties) -> CheckResult:
        """Return the inputs in canonical form, or every problem with them and with the settings, all at once."""
        self.declared_owners().add(str(news.get(OWNER)))
        if not olds:
            open_operations().expect(str(news.get(OWNER, "")))
        return check(self, olds, news)

    @answered
    def diff(self, id_: str, olds: Properties, news: Properties) -> DiffResult:
        """Return what needs a new resource; what differs at all the engine finds out itself, property by property."""
        self.hold(id_, olds)
        found = self.settled(id_, self.plan(olds, news), news)
        label, unknown = f"{self.kind.name} {id_}", Inputs.of(news).unknown
        due = owing.makes_up(self.kind, label, owed=state.owed_in(olds), news=news)
        remark = found.remark(label, olds.get("status"), unknown=unknown)
        rewritten = owing.rewrites(self.kind, before=self.call().old_inputs, news=news)
        if text := remark or due or rewritten:
            bridge.say(self.call(), text)
        self.planned(found, id_, olds, news)
        is_due = bool(due or rewritten) or owing.changes_inputs(self.call().old_inputs, news)
        with suppress(ApiError, ConfigError):  # a plan needs no settings
            warn_once(self.call(), self._refusal(found, id_, olds, news, is_due=is_due))
        # What a version before 0.2 has laid out is written anew.
        old = [one for one in self.arguments if isinstance(one, dict) and DECLARED in one]
        return DiffResult(
            changes=True if found.is_anew or due or rewritten or (old and not self.kind.secret_outputs) else None,
            replaces=list(found.replaces),
            delete_before_replace=True,
        )

    def _refusal(self, found: ChangePlan, id_: str, olds: Properties, news: Properties, *, is_due: bool) -> str:
        """Return why an `up` will refuse the plan, as far as it is known; nothing is asked where nothing is planned."""
        if not self.kind.signed or not (found.replaces or is_due):
            return ""
        reconciler, key = self.reconciler(self.call()), key_of(id_, self.kind)
        shown, made = self.session().questions.shown(self.kind, key), state.origin_of(olds, now=owner_of(news))
        if found.replaces:
            refused = reconciler.plan_replacement(key, marker_of(owner_of(news)))
            return str(refused or (shown and adopted_elsewhere(*shown, made)) or "")
        return str((shown and reconciler.refusal_of_update(key, *shown, made=made)) or "")

    def settled(self, _id: str, found: ChangePlan, _news: Properties) -> ChangePlan:
        """Return the plan once it is known what the thing with this id still lets change in place."""
        return found

    def planned(self, found: ChangePlan, _id: str, _olds: Properties, _news: Properties) -> None:
        """Tell what a plan is about that its inputs do not show; raises XplentyError for one that is refused."""

    def plan(self, olds: Properties, news: Properties) -> ChangePlan:
        """Return the core's plan from the outputs in the state to the new inputs."""
        inputs = Inputs.of(news)
        given = {name: value for name, value in inputs.checked(self.kind).inputs.items() if name in inputs.known}
        return plan(self.kind, self.kind.completed(given, olds), olds, unknown=inputs.unknown)

    @answered
    def create(self, props: Properties) -> CreateResult:
        """Return the id and the outputs once what is declared is there, and as declared."""
        call = self.call()
        bridge.say_instead(call, "looking for an earlier attempt")
        outcome = self.reconciler(call).create(self.desired(call, props))
        owed = {OWED: EVERYTHING} if self.kind.signed else {}
        return CreateResult(str(outcome.record.key), self.achieved(call, outcome, {**props, **owed}))

    @answered
    def update(self, id_: str, olds: Properties, news: Properties) -> UpdateResult:
        """Return the outputs once it is as declared."""
        self.settings().require_account(olds.get(ACCOUNT))
        call, owed = self.call(), state.owed_in(olds)
        if text := owing.goes_on(f"{self.kind.name} {id_}", owed):
            bridge.say(call, text)
        intent = self.intent(call, olds, news, owed=owed)
        made = state.origin_of(olds, now=owner_of(news))
        props = {**news, **hidden_outputs(olds), OWED: " ".join(owing.owed_of(owed, intent, self.kind, made=made))}
        desired = replace(self.desired(call, props), intent=intent, is_saved_at_once=True, made=made)
        outcome = self.reconciler(call).update(key_of(id_, self.kind), desired)
        return UpdateResult(self.achieved(call, outcome, props))

    def intent(self, call: EngineCall, olds: Properties, news: Properties, *, owed: list[str]) -> "Intent":
        """Return what an update is to bring about: what the engine has shown, and what a create still owes."""
        from xplenty_pulumi.core.reconcile.intent import intent_of  # noqa: PLC0415 - see above

        before = call.old_inputs or {**declared(olds, self.kind), OWNER: olds.get(OWNER)}
        return intent_of(
            self.kind,
            Inputs.of(before).known,
            Inputs.of(news).known,
            owed=owed,
            status=str(olds.get("status", "")),
            signs=bool(state.former_scopes(owed)) or before.get(OWNER) != news.get(OWNER),
        )

    def achieved(self, call: EngineCall, outcome: "Outcome[Any]", props: Properties) -> Properties:
        """Return the outputs of what was brought about; where there is a problem, fail so that the state keeps it."""
        if outcome.is_notify_due:  # what is not in the state is brought about by the next update
            props = {name: value for name, value in props.items() if name != "notify"}
        shown = self.outputs(props, outcome.record, is_as_desired=outcome.problem is None)
        if outcome.nonces:
            shown[NONCES] = " ".join(dict.fromkeys(outcome.nonces))
        if outcome.owed:
            shown[OWED] = " ".join(outcome.owed)
        if outcome.problem is not None:
            text = told(call, outcome.problem)
            raise self._kept(call, str(outcome.record.key), text, shown).of(outcome.problem) from None
        bridge.say(call, self.headline(shown))
        shown.pop(OWED, None)
        return self.stored(shown)

    def headline(self, shown: Properties) -> str:
        """Return what the row of a resource says in the end."""
        return str(shown["status"])

    @answered
    def read(self, id_: str, props: Properties) -> ReadResult:
        """Return it as it is now, as gone, or as unfinished, failed or unhealthy with the reason."""
        self.settings().require_account(props.get(ACCOUNT))
        call = self.call()
        found = self.observe(call, key_of(id_, self.kind), props)
        self.session().questions.note_read(self.kind, key_of(id_, self.kind))
        if found.gone:
            return self._gone(call, id_, found.remark, props)
        shown = props
        if found.record is not None:
            watched = {} if found.notified is None else {"notify": found.notified}
            id_, shown = str(found.record.key), self.outputs({**props, **watched}, found.record)
            if not found.remark:
                shown = owing.refreshed(self.kind, props, shown, record=found.record)
        refreshed = refreshed_inputs(shown) if DECLARED in props else None
        if found.remark and refreshed is not None and call.keeps_state:
            raise self._kept(call, id_, f"{self.kind.name} {id_}: {found.remark}", shown, inputs=refreshed) from None
        return ReadResult(id_, self.stored(shown), None if found.record is None else refreshed)

    @answered
    def delete(self, id_: str, props: Properties) -> None:
        """Return once it is seen to be at its end, or is left alone."""
        self.settings().require_account(props.get(ACCOUNT))
        call = self.call()
        is_replaced = props.get(OWNER) in self.declared_owners()  # the program declares it
        if self.kind.signed and is_replaced:
            self.reconciler(call).plan_replacement(key_of(id_, self.kind), marker_of(owner_of(props)))
        try:
            text = self.end(call, key_of(id_, self.kind), props)
        except RefusedError as refused:
            raise told_once(call, refused) from None
        if text:  # with what it is about, since the row of one that is replaced shows it until its successor has news
            bridge.say(call, f"{self.kind.name} {id_} {text}{' and is replaced' if is_replaced else ''}")

    def _gone(self, call: EngineCall, id_: str, remark: str, props: Properties) -> ReadResult:
        """Return that it is gone, for what a stack manages; what a program only looks up by its id must be there."""
        resource = f"{self.kind.name} {id_}"
        if DECLARED not in props:
            advice = "Correct the id that the program looks up"
            raise NotFoundError(remark, status=404, resource=resource, advice=advice)
        bridge.warn(call, f"{resource}: {remark}{self.doubt_of(remark, props)}")
        return ReadResult(None, {})

    def _kept(
        self, call: EngineCall, id_: str, text: str, shown: Properties, *, inputs: Properties | None = None
    ) -> bridge.ProviderFailure:
        """The failure with which the state keeps the resource as it is shown."""
        outputs = self.stored(shown)
        return bridge.fail_partially(call, self.scrubbed(text, shown), resource_id=id_, outputs=outputs, inputs=inputs)

    def outputs(self, props: Properties, record: object, *, is_as_desired: bool = True) -> Properties:
        """Return all outputs of a record, the API key masked like every secret variable."""
        settings, view = self.settings(), self.kind.view(record, declared(props, self.kind))
        if not is_as_desired:
            view = without_former_secrets(view, self.arguments, now=props)
        return {**outputs(props, view, self.kind, secrets=[settings.api_key]), ACCOUNT: settings.account_id}

    def stored(self, shown: Properties) -> Properties:
        """Return outputs that lie side by side as they are to lie in the state.

        Secret outputs stay where they are, since one below `observed` would make a secret of all that is there.
        """
        if self.kind.secret_outputs:
            return {name: value for name, value in shown.items() if name != OBSERVED}
        return stored(shown)

    def owner(self, props: Properties) -> Marker | None:
        """Return whose marker it carries, None for what a program only looks up."""
        return marker_of(owner_of(props)) if OWNER in props else None
