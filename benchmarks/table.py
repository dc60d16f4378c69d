"""Figures as a table for people."""

from collections.abc import Mapping, Sequence

from benchmarks.figure import Figure

_HEADINGS = ("figure", "value", "spread", "goal", "", "note")


def table(figures: Mapping[str, Sequence[Figure]]) -> str:
    """Return all figures below the names of their benchmarks."""
    lines = [_HEADINGS, *(_cells(figure) for group in figures.values() for figure in group)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    parts = [_line(_HEADINGS, widths)]
    for name, group in figures.items():
        parts += ["", _title(name, group), *(_line(_cells(figure), widths) for figure in group)]
    return "\n".join(parts)


def _cells(figure: Figure) -> tuple[str, ...]:
    value = number(figure.value, figure.unit)
    return figure.what, value, _spread(figure), _goal(figure), figure.verdict, figure.note


def _title(name: str, group: Sequence[Figure]) -> str:
    load = next((figure.load for figure in group if figure.load), None)
    return f"{name} ({load})" if load else name


def _spread(figure: Figure) -> str:
    return " to ".join(number(one, "") for one in figure.spread) if figure.spread else ""


def number(value: float, unit: str) -> str:
    """Return a value as people read it: three figures that mean something, thousands set apart."""
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def _goal(figure: Figure) -> str:
    if figure.most is not None:
        return f"at most {number(figure.most, figure.unit)}"
    return f"at least {number(figure.least, figure.unit)}" if figure.least is not None else ""


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, value, *rest = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(["  " + name, value.strip().rjust(widths[1]), *rest]).rstrip()
