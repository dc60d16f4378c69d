"""Values as a program hands them to the engine, which counts in floats and drops every None in a mapping."""

from collections.abc import Mapping

from pulumi import Output

from xplenty_pulumi.core.kinds.inputs import MISSING


def spelled(value: object) -> object:
    """Return the value with a whole number as a text, since the engine would change a large one."""
    if isinstance(value, Output):
        return value.apply(spelled)
    return str(value) if type(value) is int else value


def spelled_variables(variables: object) -> object:
    """Return the variables with whole numbers as texts, and with a mark, which a check refuses, where one is None."""
    if isinstance(variables, Output):
        return variables.apply(spelled_variables)
    if not isinstance(variables, Mapping):
        return variables
    return {name: _spelled_variable(value) for name, value in variables.items()}


def _spelled_variable(value: object) -> object:
    if isinstance(value, Output):
        return value.apply(_spelled_variable)
    return MISSING if value is None else spelled(value)
