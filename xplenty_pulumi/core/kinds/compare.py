"""The comparison of what is desired with what is observed; the only importer of deepdiff."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from xplenty_pulumi.core.kinds.kind import Change, Field, Kind
from xplenty_pulumi.text import one_line, stated


@dataclass(frozen=True)
class Difference:
    """One field that is not as desired; `repr` shows neither value, because they may be secret."""

    field: str
    desired: object = dataclasses.field(repr=False)
    observed: object = dataclasses.field(repr=False)
    change: Change


def differences(kind: Kind, desired: Mapping[str, object], observed: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return every field named in `desired` whose observed value is another one, in the order of the table.

    Fields that `desired` does not name are the service's business and never differ; nor do fields that steer only this
    tool. Both sides are brought into canonical form first, so `4`, `4.0` and `"4"` are the same number of nodes.
    """
    return tuple(
        Difference(field.name, desired[field.name], observed.get(field.name), field.change)
        for field in kind.fields
        if field.name in desired
        and field.change is not Change.LOCAL
        and not _same(field, desired[field.name], observed.get(field.name))
    )


def _same(field: Field, desired: object, observed: object) -> bool:
    left, right = _canonical(field, desired), _canonical(field, observed)
    if left == right:
        return True
    from deepdiff import DeepDiff  # noqa: PLC0415 - slow to import, and most comparisons end above

    return not DeepDiff(left, right, ignore_numeric_type_changes=True)


ABSENT = object()
"""What one of two values has at a place where only the other one has something."""


def value_changes(old: object, new: object) -> Iterator[tuple[tuple[object, ...], object, object]]:
    """Yield each place where two values of JSON differ, in the order of the places, with what each of them has there.

    A number counts as changed where only its type is another.
    """
    from deepdiff import DeepDiff  # noqa: PLC0415 - see above
    from deepdiff.helper import notpresent  # noqa: PLC0415 - see above

    found = DeepDiff(old, new, view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    levels = [level for group in found.values() for level in group]
    places = [(tuple(level.path(output_format="list")), level) for level in levels]
    for path, level in sorted(places, key=lambda one: [str(part).zfill(6) for part in one[0]]):
        left, right = (ABSENT if side is notpresent else side for side in (level.t1, level.t2))
        yield path, left, right


def changed_places(kind: Kind, difference: Difference) -> list[tuple[str, ...]]:
    """Return the way to each value that differs inside a field, beginning with the name of the field."""
    field = kind.by_name[difference.field]
    found = value_changes(_canonical(field, difference.observed), _canonical(field, difference.desired))
    return [(field.name, *map(str, path)) for path, _, _ in found]


def place_text(way: Iterable[str]) -> str:
    """Return a way as people write it, such as `packages[0].variables.day`."""
    return one_line(re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(way)), limit=120)


def _canonical(field: Field, value: object) -> object:
    """The value as a program gives it, capitals of a closed set aside; as it is where a program cannot say it."""
    for one in (value, value.lower() if isinstance(value, str) else value):
        with suppress(ValueError):
            return field.read(one)
    return value


_ANEW = frozenset({"status", "rerun"})
"""Reasons for something new that no changed input gives."""


@dataclass(frozen=True)
class ChangePlan:
    """What has to change: `updates` in place, and if `replaces` names anything, a new resource instead."""

    updates: tuple[Difference, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.updates or self.replaces)

    @property
    def is_anew(self) -> bool:
        """Whether something new is made although no input need have changed."""
        return bool(_ANEW.intersection(self.replaces))

    @property
    def is_only_anew(self) -> bool:
        """Whether something new is made and no input has changed."""
        return bool(self.replaces) and _ANEW.issuperset(self.replaces)

    def remark(self, label: str, status: object, *, unknown: frozenset[str]) -> str:
        """Return why something new is made, where that does not show in the inputs; an empty text for nothing to say.

        `label` names the present one, which has `status`, and `unknown` are the inputs without a value so far.
        """
        if "rerun" in self.replaces:
            return "runs anew with every `pulumi up`, as rerun asks"
        if "status" in self.replaces:
            return f"{label} {stated(status)}, so a new one is planned"
        if self.replaces and unknown.issuperset(self.replaces):
            names = ", ".join(self.replaces)
            return f"replaced only if the value of {names}, which the `up` will know, is another one"
        return ""


def plan(
    kind: Kind, desired: Mapping[str, object], observed: Mapping[str, object], *, unknown: frozenset[str] = frozenset()
) -> ChangePlan:
    """Return how to bring `observed` to `desired`.

    A field in `unknown` gets its value only later; it counts as changed, since that is what its source announces.
    Something whose status is a failure cannot be mended in place, so it is replaced because of its `status`. A run is
    also replaced because of its `rerun` where that is `always`, and because of nothing but its status where that is
    `on_failure`.
    """
    found = differences(kind, desired, observed)
    replacing = {one.field for one in found if one.change is Change.REPLACE}
    replacing |= unknown & set(kind.names(Change.REPLACE))
    reasons = tuple(name for name in kind.by_name if name in replacing)
    if desired.get("rerun") == "always":
        reasons = (*reasons, "rerun")
    elif desired.get("rerun") == "on_failure":
        reasons = ()
    if kind.is_spent(str(observed.get("status", ""))):
        reasons = ("status", *reasons)
    return ChangePlan(updates=tuple(one for one in found if one.change is Change.IN_PLACE), replaces=reasons)
