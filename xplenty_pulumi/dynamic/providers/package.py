"""The dynamic provider of packages.

What only the provider process needs is loaded where it is used; see `base`.
"""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from xplenty_pulumi.core.kinds.compare import ChangePlan
from xplenty_pulumi.core.kinds.flows.document import digest_of
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.dynamic import PUBLIC_MODULE, bridge, flows
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.properties import key_of
from xplenty_pulumi.dynamic.providers.definition import DefinitionProvider
from xplenty_pulumi.dynamic.state import OWED, OWNER, Properties

if TYPE_CHECKING:
    from xplenty_pulumi.core.preview.flows import FlowNews
    from xplenty_pulumi.core.reconcile import DesiredDefinition, Observation
    from xplenty_pulumi.core.reconcile.intent import Intent


@lru_cache(maxsize=1)
def told_edits() -> set[tuple[str, str, object]]:
    """Return the edits that this process has told: the id of the package, and the digests before and after."""
    return set()


class PackageProvider(DefinitionProvider):
    """Creates, changes, reads and archives packages."""

    kind = PACKAGE
    removed = "archived"

    def planned(self, found: ChangePlan, id_: str, olds: Properties, news: Properties) -> None:
        """Tell what changes inside the flow; refuse a change of one that was edited in the service as well.

        The service is asked only where the program declares another flow than the state has.
        """
        call, wanted = self.call(), news.get("flow")
        before = call.old_inputs or olds
        if found.replaces or not isinstance(wanted, str) or wanted == before.get("flow"):
            return
        if (id_, wanted, before.get("flow")) in told_edits():  # the engine asks in a refresh as well
            return
        from xplenty_pulumi.core.preview.flows import CHANGES, listed  # noqa: PLC0415 - see above

        flow = self._flow_news(id_, _seen(call, olds), wanted, str(olds.get("source", "")))
        if flow.conflict and news.get("on_edit") != "overwrite":
            raise flow.conflict
        if flow.changes:
            bridge.note(call, listed(f"package {id_}: {CHANGES}", flow.changes))
        if flow.is_there and [one.field for one in found.updates] == ["flow"]:
            does = "validates it" if news.get("validate", True) else "sends nothing"
            bridge.say(call, f"the service has this flow already, so the update only {does}")

    def intent(self, call: EngineCall, olds: Properties, news: Properties, *, owed: list[str]) -> "Intent":
        """Return what an update is to bring about, and of which flows its preview knew."""
        return replace(super().intent(call, olds, news, owed=owed), seen=frozenset(_seen(call, olds)))

    def observe(self, call: EngineCall, number: int, props: Properties) -> "Observation[Any]":
        """Return what the service shows; tell what was changed inside the flow since the state last saw it."""
        found = super().observe(call, number, props)
        known = call.old_inputs or props
        flow, last = getattr(found.record, "data_flow_json", None), str(known.get("flow") or "")
        if OWNER in props and flow is not None and last and digest_of(flow) != last:
            from xplenty_pulumi.core.kinds.flows.changes import edit_lines  # noqa: PLC0415 - see above
            from xplenty_pulumi.core.preview.flows import listed  # noqa: PLC0415 - see above

            told_edits().add((str(number), last, digest_of(flow)))
            changes = edit_lines(last, flow, flows.kept(last, source=str(props.get("source", ""))))
            bridge.warn(call, listed(f"package {number}: its flow was changed in the service", changes))
        return found

    def desired(self, call: EngineCall, props: Properties) -> "DesiredDefinition":
        """Return the package as the program declares it, with its flow as far as it is on this machine."""
        found = super().desired(call, props)
        flow = flows.kept(str(found.inputs.get("flow", "")), source=str(found.inputs.get("source", "")))
        return replace(found, contents={} if flow is None else {"flow": flow})

    def _flow_news(self, id_: str, seen: list[str], wanted: str, source: str) -> "FlowNews":
        from xplenty_pulumi.core.preview.flows import flow_news  # noqa: PLC0415 - see above

        last = next((text for one in seen if (text := flows.kept(one, source=source)) is not None), None)
        client, number = self.session().client, key_of(id_, PACKAGE)
        return flow_news(client, number, seen=seen, last=last, wanted=wanted, content=flows.kept(wanted))


def _seen(call: EngineCall, olds: Properties) -> list[str]:
    """The digests of the flows in the state; what a failed update has sent was seen by its outputs alone."""
    before = call.old_inputs or olds
    seen = [before.get("flow"), *([olds.get("flow")] if OWED in olds else [])]
    return [one for one in seen if isinstance(one, str) and one]


PackageProvider.__module__ = PUBLIC_MODULE
