"""The picture of README: what `pulumi up` shows for README's own program, and then for a resize.

`python -m tools.picture` runs them on the real engine against an emulated account and writes the picture.
"""

import html
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tools.demo.account import emulated_account

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "up.svg"
TIME_SCALE, WIDTH = 60, 104
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FONT_FROM_ELSEWHERE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_MEASURED = re.compile(r"\d+(?:\.\d+)?(?=s|%)")
_ROW = re.compile(r"dynamic/xplenty|Outputs|status:")


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of one language in a page."""
    return [text for found, text in _FENCE.findall(page) if found == language]


def scenes() -> str:
    """Return what two commands print, with the colours of a terminal, and the commands above that."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (project, *_), (program, *_) = blocks(readme, "yaml"), blocks(readme, "python")
    with tempfile.TemporaryDirectory() as folder, emulated_account(time_scale=TIME_SCALE) as account:
        top = Path(folder)
        (top / "state").mkdir()
        (top / "Pulumi.yaml").write_text(project, encoding="utf-8")
        environment = {**_environment(top), **account.environment()}
        _pulumi(("stack", "init", "dev"), top, environment)
        shown = []
        for nodes in (2, 4):
            (top / "__main__.py").write_text(program.replace("nodes=2", f"nodes={nodes}"), encoding="utf-8")
            printed = _pulumi(("up", "--yes", "--skip-preview"), top, environment)
            rows = [line for line in printed.splitlines() if _ROW.search(line) and line.strip()]
            shown += [f"\x1b[0m$ pulumi up    # nodes={nodes}", *rows, ""]
        _pulumi(("destroy", "--yes", "--skip-preview"), top, environment)
    return "\n".join(shown[:-1])


def svg(text: str) -> str:
    """Return text with colours as a picture that loads nothing."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(text))
    return _FONT_FROM_ELSEWHERE.sub("", console.export_svg(title="pulumi up", unique_id="up"))


def lines(picture: str) -> list[str]:
    """Return the lines of text in a picture, without what differs from run to run."""
    rows = re.findall(r'<text class="up-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', picture)
    made: dict[str, str] = {}
    for _, height, text in rows:
        made[height] = made.get(height, "") + html.unescape(text).replace("\xa0", " ")
    return [_MEASURED.sub("N", line).strip() for line in made.values()]


def main() -> int:
    """Write the picture if more than times has changed, and return 0."""
    made = svg(scenes())
    if not PICTURE.exists() or lines(PICTURE.read_text(encoding="utf-8")) != lines(made):
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(made, encoding="utf-8")
    return 0


def _environment(top: Path) -> Mapping[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PULUMI", "XPLENTY"))},
        "PULUMI_HOME": str(top / "home"),
        "PULUMI_BACKEND_URL": f"file://{top / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_PYTHON_CMD": sys.executable,
    }


def _pulumi(words: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> str:
    command = ["pulumi", *words, "--non-interactive", "--color", "always"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
