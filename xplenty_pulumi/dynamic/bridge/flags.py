"""Switches in the environment, as CI systems and people spell them."""

from collections.abc import Mapping

_OFF = ("", "0", "false", "no", "off")


def is_set(environment: Mapping[str, str], name: str) -> bool:
    """Return whether the variable is there and does not say no."""
    return environment.get(name, "").strip().lower() not in _OFF
