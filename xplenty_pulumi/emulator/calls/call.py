"""What a handler is given, and the helpers that all handlers share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from xplenty_pulumi.emulator.life.clock import Credits, Moment
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.seed import Seed
from xplenty_pulumi.emulator.life.world import World
from xplenty_pulumi.emulator.wire import lists
from xplenty_pulumi.emulator.wire.messages import NOT_FOUND, Answer, Json, Links, Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated call: its parameters, the ids and the type in its path, and the account it is for."""

    world: World
    seed: Seed
    knobs: Knobs
    credits: Credits
    now: Moment
    links: Links
    parameters: Mapping[str, Any]
    ids: tuple[int, ...]
    type: str = ""

    def find(self, records: Mapping[int, T]) -> T:
        """Return the record that the path names; raises the 404 refusal."""
        record = records.get(self.ids[0])
        if record is None:
            raise self.not_found()
        return record

    def not_found(self) -> Refusal:
        """Return the refusal of something that is not there."""
        return Refusal(404, NOT_FOUND)

    def includes(self, part: str) -> bool:
        """Return whether `include=` names `part`."""
        asked = self.parameters.get("include") or ""
        parts = asked if isinstance(asked, list) else str(asked).split(",")
        return part in [str(one).strip() for one in parts]


Handler: TypeAlias = Callable[[Call], Answer]


def answer_list(
    call: Call,
    records: Iterable[lists.ListableT],
    *,
    rules: lists.ListRules[lists.ListableT],
    path: str,
    view: Callable[[lists.ListableT], Json],
) -> Answer:
    """Answer with one page of records and the Link header to the pages beside it."""
    page = lists.page_of(records, call.parameters, rules=rules, knobs=call.knobs, now=call.now)
    headers = lists.link_header(page, call.parameters, url=call.links.api(path))
    return Answer([view(record) for record in page.items], headers=headers)
