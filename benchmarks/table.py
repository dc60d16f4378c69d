"""Figures as a table for people."""

from collections.abc import Mapping, Sequence

from benchmarks.figure import Figure

_HEADINGS = ("figure", "value", "goal", "", "note")


def table(figures: Mapping[str, Sequence[Figure]]) -> str:
    """Return all figures below the names of their benchmarks."""
    lines = [_HEADINGS, *(_cells(figure) for group in figures.values() for figure in group)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    parts = [_line(_HEADINGS, widths)]
    for name, group in figures.items():
        parts += ["", name, *(_line(_cells(figure), widths) for figure in group)]
    return "\n".join(parts)


def _cells(figure: Figure) -> tuple[str, ...]:
    return figure.what, number(figure.value, figure.unit), _goal(figure), _verdict(figure), figure.note


def number(value: float, unit: str) -> str:
    """Return a value as people read it: three figures that mean something, thousands set apart."""
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def _goal(figure: Figure) -> str:
    if figure.most is not None:
        return f"at most {number(figure.most, figure.unit)}"
    return f"at least {number(figure.least, figure.unit)}" if figure.least is not None else ""


def _verdict(figure: Figure) -> str:
    if not figure.has_goal:
        return ""
    return "reached" if figure.reached else "MISSED"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, value, *rest = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(["  " + name, value.strip().rjust(widths[1]), *rest]).rstrip()
