"""Validation of inputs by the tables of `kinds`, before anything is asked of the service."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xplenty_pulumi.core.kinds import marker
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.hook import HOOK, name_is_unsigned, settings_fit_type
from xplenty_pulumi.core.kinds.inputs import shown
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Field, Kind
from xplenty_pulumi.errors import SpecError

Rule = Callable[[Mapping[str, object]], SpecError | None]


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
    problems = [_stranger(kind, name) for name in sorted({*known, *unknown} - set(kind.by_name))]
    for field in kind.fields:
        problem = None if field.name in unknown else _read(field, known, inputs)
        if problem:
            problems.append(problem)
    wrong = {problem.field for problem in problems}
    sound = inputs | dict.fromkeys(wrong | unknown)
    problems += [problem for rule in _RULES.get(kind.name, ()) if (problem := rule(sound))]
    return Checked(inputs, tuple(problems), _doubts(kind, sound))


def _read(field: Field, known: Mapping[str, object], inputs: dict[str, object]) -> SpecError | None:
    value = known.get(field.name)
    if value is None:
        if field.required:
            return SpecError(f"{field.name} is required", field=field.name)
        if field.default is not None:
            inputs[field.name] = field.default
        return None
    try:
        inputs[field.name] = field.read(value)
    except ValueError as problem:
        inputs[field.name] = value
        return SpecError(f"{field.name} {problem}", field=field.name)
    return None


def _stranger(kind: Kind, name: str) -> SpecError:
    return SpecError(f"a {kind.name} has no input {shown(name)}; it has {', '.join(kind.by_name)}", field=name)


def _nodes_fit_type(inputs: Mapping[str, object]) -> SpecError | None:
    nodes, kind_of_cluster = inputs.get("nodes"), inputs.get("type")
    if kind_of_cluster == "sandbox" and nodes not in (None, 1):
        return SpecError(f"nodes must be exactly 1 for a sandbox cluster, got {nodes}", field="nodes")
    return None


def _doubts(kind: Kind, inputs: Mapping[str, object]) -> dict[str, str]:
    if kind is not CLUSTER or inputs.get("type") != "production" or inputs.get("nodes") != 1:
        return {}
    text = "a production cluster of 1 node: the API document says 2 and more, other pages know 1; the service decides"
    return {"nodes": text}


def _description_is_unsigned(inputs: Mapping[str, object]) -> SpecError | None:
    if marker.read(str(inputs.get("description", ""))) is None:
        return None
    return SpecError("description must not end in an ownership marker; it is added for you", field="description")


def _one_package(inputs: Mapping[str, object]) -> SpecError | None:
    named = [name for name in ("package_id", "package") if name in inputs]
    if len(named) == 1:
        return None
    many, none = "package_id or package must be given, not both", "package_id is required, or package with its name"
    return SpecError(many if named else none, field="package_id")


_RULES: Mapping[str, tuple[Rule, ...]] = {
    CLUSTER.name: (_nodes_fit_type, _description_is_unsigned),
    JOB_RUN.name: (_one_package,),
    HOOK.name: (settings_fit_type, name_is_unsigned),
}
