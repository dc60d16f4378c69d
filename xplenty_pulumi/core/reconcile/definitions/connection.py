"""What differs for connections."""

from collections.abc import Mapping

from xplenty_pulumi.client import Connection
from xplenty_pulumi.core.kinds.connection import CONNECTION, SECRET_SETTINGS, value_unset
from xplenty_pulumi.core.kinds.marker import Marker
from xplenty_pulumi.core.reconcile.definitions.definition import Definition, DesiredDefinition
from xplenty_pulumi.core.reconcile.outcome import Outcome
from xplenty_pulumi.core.waiting.patience import Patience
from xplenty_pulumi.errors import InvalidError, ReadyFailed, XplentyError

_SETTINGS = "settings"


class ConnectionDefinition(Definition[Connection]):
    """Their settings are fields of the record itself, of which the service shows no secret and perhaps not all others.

    A change sends only the settings that have changed: what the service has renewed itself, such as a token, would
    otherwise be set back.
    """

    kind = CONNECTION
    hidden = (_SETTINGS,)
    has_maker = False

    def sent(self, desired: DesiredDefinition, marker: Marker) -> Mapping[str, object]:
        """Return the body that creates it, and its type."""
        return _flat(super().sent(desired, marker))

    def changes(self, record: Connection, desired: DesiredDefinition) -> dict[str, object]:
        """Return the inputs that its update sets; a setting that is not given any more is set to its default.

        A secret that is not given any more stays as it is.
        """
        found = super().changes(record, desired)
        wanted = found.get(_SETTINGS)
        if isinstance(wanted, Mapping):
            names = desired.intent.members.get(_SETTINGS, frozenset(wanted)) - (SECRET_SETTINGS - {*wanted})
            found[_SETTINGS] = {name: wanted.get(name, value_unset(record.type, name)) for name in sorted(names)}
        return found

    def change(
        self, record: Connection, desired: DesiredDefinition, changed: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the body that sets what is `changed`; all else stays as it is (documented)."""
        return _flat(super().change(record, desired, changed))

    def follow_up(
        self, record: Connection, inputs: Mapping[str, object], patience: Patience, *, before: Connection | None
    ) -> Outcome[Connection]:
        """Let the service test the connection, where a test is wanted."""
        del before
        if inputs.get("test"):
            patience.tell("testing it", "")
            try:
                self.client.connections.test(record.key)
            except InvalidError as failed:
                raise ReadyFailed(
                    f"it exists as declared, and its test failed: {failed.said or failed.message}",
                    resource=self.label_of(record),
                    reason=failed.said,
                    advice="Correct its settings, or what keeps the service from it, and run `pulumi up` again, which "
                    "tests it again",
                ) from None
            except XplentyError as failed:
                raise self.no_result(record, failed).also("it exists as declared") from None
        return Outcome(record)


def _flat(body: Mapping[str, object]) -> dict[str, object]:
    """The settings beside all else, as the service takes them."""
    settings = body.get(_SETTINGS)
    rest = {name: value for name, value in body.items() if name != _SETTINGS}
    return {**rest, **(settings if isinstance(settings, Mapping) else {})}
