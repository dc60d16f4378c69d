"""The figures that test runs have reached, as a table in a Markdown file.

`python -m tools.scoreboard FOLDER FILE` puts those of FOLDER, where XPLENTY_SCOREBOARD pointed in the test runs, into
FILE between the lines `<!-- scoreboard -->` and `<!-- /scoreboard -->`.
"""

import json
import sys
from pathlib import Path
from typing import Any

FILE_NAME = "scoreboard.json"
BEGIN, END = "<!-- scoreboard -->", "<!-- /scoreboard -->"


def table(figures: dict[str, dict[str, Any]]) -> str:
    """Return the figures as a Markdown table, sorted by name; a figure below its goal is in bold.

    Figures named `..., part N of M` make one row together.
    """
    rows = [
        f"| {name} | {_reached(one['reached'], goal=one['goal'])} | `{one['command']}` |"
        for name, one in sorted(_whole(figures).items())
    ]
    return "\n".join(["| what | reached | command |", "|---|---|---|", *rows])


def put_between_markers(text: str, content: str, *, name: str = "scoreboard") -> str:
    """Return `text` with `content` between its two marker lines; raises ValueError unless it has each of them once."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"there must be one {begin} and one {end} behind it")
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    return f"{before}{begin}\n\n{content}\n\n{end}{after}"


def main(arguments: list[str]) -> int:
    """Return 0 when the file holds the figures, 2 when it cannot be written."""
    try:
        folder, target = map(Path, arguments)
        figures = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        target.write_text(put_between_markers(target.read_text(encoding="utf-8"), table(figures)), encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"scoreboard: {error}; usage: python -m tools.scoreboard FOLDER FILE", file=sys.stderr)
        return 2
    return 0


def _whole(figures: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    whole: dict[str, dict[str, Any]] = {}
    for name, one in figures.items():
        so_far = whole.setdefault(name.partition(", part ")[0], {"reached": 0, "goal": 0})
        so_far["reached"] += one["reached"]
        so_far["goal"] += one["goal"]
        so_far["command"] = one["command"]
    return whole


def _reached(reached: int, *, goal: int) -> str:
    spelled = f"{reached:,} of {goal:,}" if reached <= goal else f"{reached:,}, where {goal:,} was the goal"
    return spelled if reached >= goal else f"**{spelled}**"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
