"""Hooks: have the service notify somebody of events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from xplenty_pulumi.client.collection import Collection
from xplenty_pulumi.client.hook_models import Hook, PingedHook
from xplenty_pulumi.client.http.calls import ApiCall
from xplenty_pulumi.client.http.outcomes import CallKind, HttpRequest
from xplenty_pulumi.client.paging import Listed, list_query
from xplenty_pulumi.client.parsing import Unreadable
from xplenty_pulumi.redact import Secret


class Hooks(Collection[Hook]):
    """The hooks of an account; every method raises an XplentyError when it cannot return what it promises."""

    _name = "hooks"
    _model = Hook

    def get(self, hook_id: int) -> Hook:
        """Return the hook as it is now."""
        return self._one("GET", hook_id)

    def list(
        self,
        *,
        types: Sequence[str] = (),
        sort: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
        page_size: int = 100,
    ) -> Listed[Hook]:
        """Yield hooks, the newest first unless `sort` (`created`, `updated`, `name`) and `direction` say otherwise.

        `types` leaves out those of other types if it names any, `since` what was not updated since then. A page of
        `page_size` (1 to 100) is fetched when it is needed, so a caller that stops early saves calls.
        """
        wanted = ",".join(types) or None
        return self._list(list_query(sort=sort, direction=direction, since=since, page_size=page_size, type=wanted))

    def create(self, fields: Mapping[str, object]) -> Hook:
        """Make a hook and return it.

        `fields` are the documented parameters: `type`, `settings` and `events` are required, `name` and `active` are
        not. Settings may be Secrets. UnsureError means that the hook may exist: look for it before making it again.
        """
        kind = fields.get("type")

        def check(hook: Hook) -> None:
            if isinstance(kind, str) and hook.type != kind:
                raise Unreadable("with a hook of another type")

        return self._create(_revealed(fields), resource="new hook", check=check)

    def update(self, hook_id: int, fields: Mapping[str, object]) -> Hook:
        """Set `settings`, which the service wants each time, and `name`, `events` or `active`, and return the hook.

        Events are replaced as a whole; the type cannot be changed. UnsureError means: read it and compare.
        """
        return self._one("PUT", hook_id, body=_revealed(fields))

    def delete(self, hook_id: int) -> Hook:
        """Remove the hook and return it as it was."""
        return self._one("DELETE", hook_id)

    def ping(self, hook_id: int) -> PingedHook:
        """Let the service send a test through the hook; what came of earlier events is in what this returns.

        The answer does not say whether the test arrived. UnsureError means that it may have been sent.
        """
        request = HttpRequest("GET", f"{self._path_of(hook_id)}/ping")
        read = partial(self._read_one, PingedHook, number=hook_id)
        return self._caller.run(ApiCall(CallKind.WRITE, request, f"ping of hook {hook_id}", read))


def _revealed(fields: Mapping[str, object]) -> Mapping[str, object]:
    settings = fields.get("settings")
    if not isinstance(settings, Mapping):
        return fields
    revealed = {name: value.reveal() if isinstance(value, Secret) else value for name, value in settings.items()}
    return {**fields, "settings": revealed}
