"""`python -m benchmarks.curve`: write what the benchmark `growth` has measured as a page of the documentation."""

import json
from collections.abc import Mapping
from pathlib import Path

SOURCE, PAGE = Path("build/growth.json"), Path("docs/explanation/growth.md")
Times = tuple[float, float]
Curve = Mapping[int, Mapping[str, Times]]
"""The seconds of each operation, ours and the floor's, by the number of resources."""
_BEGIN, _END = "<!-- measured -->", "<!-- end of what was measured -->"


def read(file: Path = SOURCE) -> Curve:
    """Return the curve that was measured last."""
    found = json.loads(file.read_text())
    return {int(count): {name: (one[0], one[1]) for name, one in row.items()} for count, row in found.items()}


def markdown(curve: Curve) -> str:
    """Return a table and a chart for each operation: what one resource takes, in milliseconds."""
    return "\n".join(line for operation in curve[min(curve)] for line in (*_table(curve, operation), ""))


def _table(curve: Curve, operation: str) -> list[str]:
    counts = sorted(curve)
    ours, floor = ([curve[count][operation][column] * 1000 / count for count in counts] for column in (0, 1))
    rows = [
        f"| {count:,} | {curve[count][operation][0]:.1f} s | {curve[count][operation][1]:.1f} s | {mine:,.1f} ms "
        f"| {bare:,.1f} ms |"
        for count, mine, bare in zip(counts, ours, floor, strict=True)
    ]
    return [
        f"### `{operation}`",
        "",
        "| resources | Xplenty | floor | each | each of the floor |",
        "|---:|---:|---:|---:|---:|",
        *rows,
        "",
        "```mermaid",
        "xychart-beta",
        f'    title "{operation}: milliseconds for each resource (the lower line is the floor)"',
        f"    x-axis [{', '.join(map(str, counts))}]",
        "    y-axis 0 --> " + str(round(max(*ours, *floor)) + 1),
        f"    line [{', '.join(f'{one:.1f}' for one in ours)}]",
        f"    line [{', '.join(f'{one:.1f}' for one in floor)}]",
        "```",
    ]


def written(page: str, curve: Curve) -> str:
    """Return the page with what was measured in the place of what it has shown before."""
    head, _, rest = page.partition(_BEGIN)
    return f"{head}{_BEGIN}\n\n{markdown(curve)}\n{_END}{rest.partition(_END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(), read()))
