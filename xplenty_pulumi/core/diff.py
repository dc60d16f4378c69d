"""The comparison of what is desired with what is observed; the only importer of deepdiff."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from xplenty_pulumi.core.kinds import Change, Field, Kind


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


def _canonical(field: Field, value: object) -> object:
    try:
        return field.read(value)
    except ValueError:
        return value
