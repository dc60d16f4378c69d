"""What differs for packages."""

from collections.abc import Mapping
from threading import Lock

from xplenty_pulumi.client import Client, Package
from xplenty_pulumi.core.kinds.flows.document import FLOW, digest_of
from xplenty_pulumi.core.kinds.kind import Key
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.kinds.ownership import marker_on
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.core.reconcile.definitions.definition import Definition, DefinitionCalls, DesiredDefinition
from xplenty_pulumi.core.reconcile.definitions.validation import flaws
from xplenty_pulumi.core.reconcile.outcome import Outcome
from xplenty_pulumi.core.reconcile.repeat import act_until, is_seen
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import NotFoundError, ReadyFailed, RefusedError, UnsureError, XplentyError

_EDITED = (
    "somebody has changed it meanwhile, so it was not put back. `xplenty-pulumi pull` fetches that change, which the "
    "next `pulumi up` overwrites"
)
_PERHAPS = "whether it was put back as it was before was not seen"
"""Then the next update owes all of this one again, as it does where an outcome names nothing of its own."""


class PackageDefinition(Definition[Package]):
    """A change of one sends the whole document, since the service may replace what it has; its removal archives it.

    The flow is an input by its digest, and a text in calls.
    """

    kind = PACKAGE
    gone = "it is archived, or the service does not know it"

    def __init__(self, client: Client, calls: DefinitionCalls[Package]) -> None:
        super().__init__(client, calls)
        self._unvalidated = Lock()

    def get(self, key: Key) -> Package:
        """Return the package with its flow."""
        return self.client.packages.get(int(key), include=PACKAGE.parts)

    def require_unedited(self, record: Package, desired: DesiredDefinition) -> None:
        """Return unless a flow that is to be changed is none that the preview has seen, and may not be overwritten."""
        shown, seen = record.data_flow_json, desired.intent.seen
        is_due = "flow" in desired.intent.fields and desired.inputs.get("on_edit") != "overwrite"
        if shown is None or not seen or not is_due or digest_of(shown) in {*seen, desired.inputs.get("flow")}:
            return
        raise RefusedError(
            "its flow was changed in the service since the preview, so nothing is sent",
            resource=self.label_of(record),
            advice="Run `pulumi preview` again, which shows that change and how to keep or overwrite it",
        )

    def sent(self, desired: DesiredDefinition, marker: Marker) -> Mapping[str, object]:
        """Return the body that creates it, as a copy of another one where that is asked for."""
        body = _spelled(super().sent(desired, marker), {}, desired)
        source = body.pop("copy_of", None)
        return body if source is None else {**body, "source_package_id": int(str(source))}

    def change(
        self, record: Package, desired: DesiredDefinition, changed: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the document with what is `changed`."""
        shown = record.data_flow_json
        kept = {} if shown is None else {digest_of(shown): shown}
        return _spelled(super().change(record, desired, changed), kept, desired)

    def follow_up(
        self, record: Package, inputs: Mapping[str, object], patience: Patience, *, before: Package | None
    ) -> Outcome[Package]:
        """Let the service validate it, where that is wanted; unless it is valid, it is put back as it was `before`.

        An edit of somebody else since then is left alone.
        """
        problem = self._checked(record, patience) if inputs.get("validate") else None
        if problem is None:
            return Outcome(record)
        owed = tuple(self.kind.follow_ups)
        if before is None or inputs.get("on_invalid") != "restore" or not self._differs(before, record):
            return Outcome(record, problem.also("the service has it as it is declared"), owed=owed)
        try:
            now = self._put_back(before, record, patience)
        except XplentyError as failed:
            return Outcome(record, problem.also(f"{_PERHAPS}: {failed.message}"))
        if not self._differs(before, now):
            return Outcome(now, problem.also("it was put back as it was before"))
        return Outcome(now, problem.also(_EDITED if self._differs(record, now) else _PERHAPS))

    def _put_back(self, before: Package, record: Package, patience: Patience) -> Package:
        """Return how it is shown: as it was `before` or as somebody has edited it, or `record` if no change is seen."""

        def is_another() -> bool:
            return self._differs(record, self.get(record.id))

        act_until(
            is_another,
            lambda: self.client.packages.update(record.id, self.signing(before, marker_on(self.get(record.id)))),
            clock=patience.clock,
            tolerate=(UnsureError, NotFoundError),
        )
        return self.get(record.id) if is_seen(is_another, clock=patience.clock) else record

    def _checked(self, record: Package, patience: Patience) -> XplentyError | None:
        """Return why it does not count as valid, None where it does or the service cannot tell."""
        try:
            wrong = flaws(self.client, record.id, patience)
        except XplentyError as failed:
            return self.no_result(record, failed)
        if wrong is None and self._unvalidated.acquire(blocking=False):  # which nobody releases: one warning is enough
            patience.warn("packages were not validated: the service does not know that call (404)")
        advice = "Correct its source, then run `pulumi up` again"
        label, text = self.label_of(record), f"it is not valid: {wrong}"
        return ReadyFailed(text, last_status=record.status, resource=label, advice=advice) if wrong else None

    def _differs(self, before: Package, record: Package) -> bool:
        """Whether there is a former document, and another one."""
        former, present = (self.kind.repeated(one, {}) for one in (before, record))
        return before.data_flow_json is not None and former != present


def _spelled(body: Mapping[str, object], kept: Mapping[str, str], desired: DesiredDefinition) -> dict[str, object]:
    """The body with the text of the flow: as the service shows it where that is `kept`, else as it is desired."""
    others = {name: value for name, value in body.items() if name != "flow"}
    if "flow" not in body:
        return others
    digest = str(body["flow"])
    declared = desired.contents.get("flow") if digest == desired.inputs.get("flow") else None
    text = kept.get(digest, declared)
    if text is None:
        raise RefusedError(
            "the content of its flow is not on this machine, so nothing was sent",
            advice="Run `pulumi up` where the program is, which reads `source` anew",
        )
    return {**others, FLOW: text}
