"""Validation of inputs by the tables of `kinds`, before anything is asked of the service."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.inputs import shown
from xplenty_pulumi.core.kinds.kind import Field, Kind
from xplenty_pulumi.errors import SpecError

_LEFT_OUT = " and has no value; where it is the output of a resource, `--target` may have left that one out"


@dataclass(frozen=True)
class Checked:
    """Inputs in canonical form, with documented defaults filled in, and every problem found (all of them at once).

    `doubts` are texts about what documents disagree on, by the input; the service decides.
    """

    inputs: Mapping[str, object] = dataclasses.field(repr=False)
    problems: tuple[SpecError, ...]
    doubts: Mapping[str, str] = dataclasses.field(default_factory=dict)


def check(kind: Kind, known: Mapping[str, object], *, unknown: frozenset[str] = frozenset()) -> Checked:
    """Read `known` by the fields of `kind`; fields named in `unknown` have a value that only comes later.

    Never raises for bad input: what is wrong is in `problems`, each naming its field, and such a field keeps its raw
    value in `inputs`.
    """
    inputs: dict[str, object] = {}
    problems = [
        SpecError(f"a {kind.name} has no input {shown(name)}; it has {', '.join(kind.by_name)}", field=name)
        for name in sorted({*known, *unknown} - set(kind.by_name))
    ]
    for field in kind.fields:
        problem = None if field.name in unknown else _read(field, known, inputs)
        if problem:
            problems.append(problem)
    inputs |= {name: value for name, value in kind.implied(inputs).items() if name not in {*inputs, *unknown}}
    wrong = {problem.field for problem in problems}
    sound = inputs | dict.fromkeys(wrong | unknown)
    problems += [problem for rule in kind.rules if (problem := rule(sound))]
    if kind.signed and marker.read(str(sound.get(kind.signed) or "")):
        text = f"{kind.signed} must not end in an ownership marker; it is added for you"
        problems.append(SpecError(text, field=kind.signed))
    return Checked(inputs, tuple(problems), kind.doubts(sound))


def _read(field: Field, known: Mapping[str, object], inputs: dict[str, object]) -> SpecError | None:
    value = known.get(field.name)
    if value is None:
        if field.required:
            return SpecError(f"{field.name} is required{_LEFT_OUT}", field=field.name)
        if field.default is not None:
            inputs[field.name] = field.default
        return None
    try:
        inputs[field.name] = field.read(value)
    except ValueError as problem:
        inputs[field.name] = value
        return SpecError(f"{field.name} {problem}", field=field.name)
    return None
