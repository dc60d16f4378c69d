"""The engines, SDKs and Pythons that test runs have used, as a table in a Markdown file.

`python -m tools.support FOLDER FILE` puts what FOLDER holds, where XPLENTY_SCOREBOARD pointed in the test runs, into
FILE between the lines `<!-- support -->` and `<!-- /support -->`.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.engine.version import Version
from tools.scoreboard import put_between_markers

FILE_NAME = "support.json"
COLUMNS = ("engine", "SDK", "Python", "dependencies", "system", "what ran", "day", "result")
GOOD = "succeeded"


def table(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the rows as a Markdown table, sorted by their versions; a result that is not good is in bold."""
    head = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
    return "\n".join([head, *(_line(row) for row in sorted(rows, key=_order))])


def main(arguments: list[str]) -> int:
    """Return 0 when the file holds the table, 2 when it cannot be written."""
    try:
        folder, target = map(Path, arguments)
        rows = json.loads((folder / FILE_NAME).read_text(encoding="utf-8")).values()
        page = put_between_markers(target.read_text(encoding="utf-8"), table(rows), name="support")
        target.write_text(page, encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"support: {error}; usage: python -m tools.support FOLDER FILE", file=sys.stderr)
        return 2
    return 0


def _line(row: Mapping[str, str]) -> str:
    result = row["result"] if row["result"] == GOOD else f"**{row['result']}**"
    return f"| {' | '.join([*(row[name] for name in COLUMNS[:-1]), result])} |"


def _order(row: Mapping[str, str]) -> tuple[object, ...]:
    versions = [tuple(Version.find(row[name]) or Version(0, 0)) for name in ("Python", "engine", "SDK")]
    return (*versions, row["dependencies"], row["what ran"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
