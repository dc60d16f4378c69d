"""The client: one account, one key, and its kinds of things."""

import copy
import re
import threading
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from random import Random
from types import TracebackType

from xplenty_pulumi.client.clusters import Clusters
from xplenty_pulumi.client.connections import Connections
from xplenty_pulumi.client.hooks import Hooks
from xplenty_pulumi.client.http.address import parse_account, parse_address
from xplenty_pulumi.client.http.calls import ApiCall, Caller, scrub_http_logs
from xplenty_pulumi.client.http.explain import Explainer
from xplenty_pulumi.client.http.limits import Meter
from xplenty_pulumi.client.http.outcomes import Answered, CallKind, HttpRequest
from xplenty_pulumi.client.http.transport import READ_TIMEOUT, HttpTransport, Transport
from xplenty_pulumi.client.jobs import Jobs
from xplenty_pulumi.client.models import RateLimit
from xplenty_pulumi.client.packages import Packages, Plans
from xplenty_pulumi.client.parsing import Unreadable, parse, read_mapping
from xplenty_pulumi.client.regions import Regions
from xplenty_pulumi.client.schedules import Schedules
from xplenty_pulumi.clock import Clock, SystemClock
from xplenty_pulumi.errors import ConfigError, NotFoundError
from xplenty_pulumi.redact import Secret, keep_out
from xplenty_pulumi.setting_names import OWN, SettingNames

DEFAULT_URL = "https://api.xplenty.com"
_OF_OTHER_KINDS = frozenset({"status", "nodes", "cluster_id", "package_id", "events"})
"""Fields that no user has (documented), and that the records of other kinds have."""


class Client:
    """An account of the service, through one API key; safe to share between threads, not between processes.

    Every call ends within `deadline` seconds, repeats included, by `clock`; one try of it is given up after
    `read_timeout` seconds of silence, a pause and a read that was under way also soon after `given_up` has become true.
    Before each try of a call that changes something `before_write` is called: what it raises ends the call, and nothing
    is sent. While a call has no good answer, pauses before repeats included, what `asking` returned for it is open.
    Where the service asks for fewer calls, by a 429, they queue, and each may end `in_queue` seconds later; `held_back`
    is given the seconds of each such pause, and zero after it.
    `ca_path` names certificate authorities trusted besides the usual ones. `http` stands in for the network in tests.
    Proxies come from the environment. `names` are what errors call the settings.

    Raises ConfigError, naming the setting, for an empty or malformed key, account or address.
    """

    def __init__(
        self,
        *,
        api_key: Secret | str,
        account_id: str,
        base_url: str = DEFAULT_URL,
        clock: Clock | None = None,
        random: Random | None = None,
        http: HttpTransport | None = None,
        ca_path: str | Path | None = None,
        deadline: float = 120.0,
        in_queue: float = 0.0,
        read_timeout: float = READ_TIMEOUT,
        given_up: Callable[[], bool] = lambda: False,
        before_write: Callable[[], None] = lambda: None,
        asking: Callable[[], AbstractContextManager[None]] = nullcontext,
        held_back: Callable[[float], None] = lambda _seconds: None,
        names: SettingNames = OWN,
    ) -> None:
        api_key = _checked_key(api_key, names)
        keep_out([api_key.reveal()])
        address = parse_address(base_url, names)
        self.names = names
        self._base = f"/{parse_account(account_id, names)}/api"
        self._account = account_id.strip()
        self._address = address
        clock = clock or SystemClock()
        self._transport = Transport(
            address, api_key, clock=clock, ca_path=ca_path, http=http, read_timeout=read_timeout, given_up=given_up
        )
        self._caller = Caller(
            self._transport,
            Explainer(address.authority, self._account, secrets=(api_key,), has_path=bool(address.path), names=names),
            clock=clock,
            random=random or Random(),  # noqa: S311 - spreads retries in time; nothing secret depends on it
            deadline=deadline,
            in_queue=in_queue,
            given_up=given_up,
            before_write=before_write,
            asking=asking,
            held_back=held_back,
        )
        self._user: int | None = None
        self._asking = threading.Lock()
        self._unscrub_logs = weakref.finalize(self, scrub_http_logs(api_key))

    @cached_property
    def clusters(self) -> Clusters:
        """The clusters of the account."""
        return Clusters(self._caller, base=self._base)

    @cached_property
    def jobs(self) -> Jobs:
        """The job runs of the account."""
        return Jobs(self._caller, base=self._base)

    @cached_property
    def packages(self) -> Packages:
        """The packages of the account."""
        return Packages(self._caller, base=self._base)

    @cached_property
    def schedules(self) -> Schedules:
        """The schedules of the account."""
        return Schedules(self._caller, base=self._base)

    @cached_property
    def hooks(self) -> Hooks:
        """The hooks of the account."""
        return Hooks(self._caller, base=self._base)

    @cached_property
    def connections(self) -> Connections:
        """The connections of the account."""
        return Connections(self._caller, base=self._base)

    @cached_property
    def plans(self) -> Plans:
        """The plans of the account."""
        return Plans(self._caller, base=self._base)

    @cached_property
    def regions(self) -> Regions:
        """The regions of the account."""
        return Regions(self._caller, base=self._base)

    def within(self, deadline: float) -> "Client":
        """Return this client with another deadline: connections, key and what it has sent are shared."""
        other = copy.copy(self)
        for name, part in vars(Client).items():
            if isinstance(part, cached_property):
                vars(other).pop(name, None)  # a collection, made anew for the other deadline
        other._caller = self._caller.within(deadline)  # noqa: SLF001 - of the same class
        return other

    def __repr__(self) -> str:
        return f"Client(account_id={self._account!r}, base_url={str(self._address)!r})"

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; later calls raise NotSentError, closing again does nothing."""
        self._transport.close()
        self._unscrub_logs()

    @property
    def credits(self) -> RateLimit | None:
        """The hourly call budget by the latest answer; None before the first."""
        return self._caller.meter.told

    @property
    def clock_ahead(self) -> float | None:
        """Seconds by which the clock here is ahead of the service's, by the latest answer; None if none says so."""
        return self._caller.ahead

    @property
    def account_time(self) -> datetime:
        """The time that records of the account are to be compared with: by the latest answer, and the clock before any.

        It is right where the clock here is wrong, and where an emulated account runs through time faster.
        """
        return self._caller.account_time()

    @property
    def has_own_time(self) -> bool:
        """Whether the account's time is another one than ours, as that of an emulated account with a time scale."""
        return self._caller.has_own_time()

    @property
    def meter(self) -> Meter:
        """What this client has sent, and what is left of the hour."""
        return self._caller.meter

    @property
    def cut_lists(self) -> tuple[str, ...]:
        """The lists, such as `clusters`, that ended here after 200 pages or repeated themselves.

        What is not in such a list may exist all the same.
        """
        return tuple(sorted(self._caller.cut))

    def rate_limit(self) -> RateLimit:
        """Ask for the hourly call budget of the key's user, which is free of charge.

        The documented path is tried first, then the one that the service's own old client uses.
        """
        try:
            return self._rate_limit("/rate_limit_status")
        except NotFoundError:
            return self._rate_limit(f"{self._base}/rate_limit_status")

    def user_id(self) -> int:
        """Return the id of the user whom the key belongs to: the `creator` of what is made with it. Asked for once."""
        with self._asking:
            if self._user is None:
                call = ApiCall(CallKind.READ, HttpRequest("GET", "/user"), "user of the key", _read_user_id)
                self._user = self._caller.run(call)
            return self._user

    def _rate_limit(self, path: str) -> RateLimit:
        request = HttpRequest("GET", path)

        def read(answer: Answered) -> RateLimit:
            """Read the two numbers, which the body wraps in `limits` (observed)."""
            return parse(RateLimit, read_mapping(answer).get("limits", answer.body))

        return self._caller.run(ApiCall(CallKind.READ, request, "rate limit", read, free=True))


def _read_user_id(answer: Answered) -> int:
    body = read_mapping(answer)
    if not _OF_OTHER_KINDS.isdisjoint(body):
        raise Unreadable("the body is that of another kind of record")
    found = body.get("id")
    if isinstance(found, int) or (isinstance(found, str) and found.isdecimal()):
        return int(found)
    raise Unreadable("the body has no id")


def _checked_key(api_key: Secret | str, names: SettingNames) -> Secret:
    # Rebound, so that no frame of a traceback holds the text.
    api_key = api_key if isinstance(api_key, Secret) else Secret(api_key)
    if re.fullmatch(r"[^\s:\x00-\x1f\x7f\ud800-\udfff]+", api_key.reveal()):
        return api_key
    raise ConfigError(
        "the API key holds characters that no key has" if api_key else "the API key is missing",
        setting="apiKey",
        advice=f"Set {names.both('apiKey')}, as a secret; a user's key is on the page of the user's settings.",
    )
