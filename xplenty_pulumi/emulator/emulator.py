"""An Xplenty account that a test or a demonstration starts and stops."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from xplenty_pulumi.clock import Clock, ScaledClock, SteppedClock, SystemClock
from xplenty_pulumi.emulator.account import Account, Gate
from xplenty_pulumi.emulator.backstage import Backstage
from xplenty_pulumi.emulator.hooks.courier import Courier
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.seed import Seed
from xplenty_pulumi.emulator.life.store import Store
from xplenty_pulumi.errors import ConfigError

if TYPE_CHECKING:
    from xplenty_pulumi.emulator.server import OnCall, Server

FASTEST = 100_000


def _clock(clock: Clock, *, time_scale: float, step: float | None) -> Clock:
    if step is None:
        if 0 < time_scale <= FASTEST:
            return clock if time_scale == 1 else ScaledClock(clock, time_scale)
        rule = f"time_scale must be above 0 and at most {FASTEST}, got {time_scale}"
        raise ConfigError(rule, setting="time_scale")
    if time_scale != 1:
        raise ConfigError("step and time_scale exclude each other: time passes by reads or by itself", setting="step")
    try:
        return SteppedClock(step, start=clock.now())
    except ValueError as error:
        raise ConfigError(str(error), setting="step") from None


class Emulator(Backstage):
    """An emulated account. As a context manager it is served on 127.0.0.1; `account.handle` answers without that.

    `time_scale` 60 lets a minute of the service take a second; it goes up to 100,000. With a `step`, time stands still,
    and so many seconds pass after each call that reads a cluster under way, a job that has not ended or a running
    validation, so nothing depends on how fast the machine is; `advance` and `pace` move it by hand. `port` 0 takes a
    free one. `state` names a file that keeps the account across restarts; `seed` is for a new account only. `on_call`
    is called after each served call.
    Raises ConfigError for a wrong time scale or step, and for a state file that cannot be used.
    """

    def __init__(
        self,
        seed: Seed | None = None,
        *,
        clock: Clock | None = None,
        time_scale: float = 1,
        step: float | None = None,
        knobs: Knobs | None = None,
        state: str | Path | None = None,
        port: int = 0,
        gates: Sequence[Gate] = (),
        on_call: "OnCall | None" = None,
    ) -> None:
        running = _clock(clock or SystemClock(), time_scale=time_scale, step=step)
        self._store = Store(Path(state)) if state is not None else None
        self._port = port
        self.on_call = on_call
        self._server: Server | None = None
        self._courier: Courier | None = None
        with self._closed_on_error():
            super().__init__(Account(seed, clock=running, knobs=knobs, store=self._store, gates=gates))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Serve the account and deliver its web hooks.

        Raises ImportError without the extra `emulator`, ConfigError for a port in use.
        """
        with self._closed_on_error():
            from xplenty_pulumi.emulator.server import Server  # noqa: PLC0415 - only who serves loads the web stack

            self._server = Server(self.account, port=self._port, on_call=self.on_call)
            self._server.start()
        self.account.base_url = self._server.url
        self._courier = Courier(self.account)
        self._courier.start()

    @contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop delivering and serving, end both threads and close the state file; doing it twice is fine."""
        if self._courier is not None:
            self._courier.stop()
            self._courier = None
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._store is not None:
            self._store.close()

    @property
    def url(self) -> str:
        """The base URL for clients: without the account, and without a slash at its end."""
        return self.account.base_url

    @property
    def account_id(self) -> str:
        """The account's identifier, the first part of its paths."""
        return self.account.seed.account_id

    @property
    def api_key(self) -> str:
        """The key that clients authenticate with."""
        return self.account.seed.api_key
