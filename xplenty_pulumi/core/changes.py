"""What has changed between two looks, as lines."""

from collections.abc import Mapping

from xplenty_pulumi.core.overview import Fact


def changes(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> list[str]:
    """Return one line for each thing that is new, is not as it was, or has gone out of sight before its end."""
    lines = [f"{name} {fact.text}" for name, fact in after.items() if before.get(name) != fact]
    lost = [name for name, fact in before.items() if name not in after and not fact.is_final]
    return [*lines, *(f"{name} no longer shown (was {before[name].text})" for name in lost)]
