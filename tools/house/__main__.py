"""Print the figures of the source in this folder: `python -m tools.house`."""

from pathlib import Path

from benchmarks.rows.start import milliseconds
from tools.house.figures import Source
from tools.house.flows import failing_job, resize

_ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Print a table of packages, and a line for each figure of the whole."""
    source, tests = Source.of(_ROOT / "xplenty_pulumi"), Source.of(_ROOT / "tests")
    helpers = sum(
        file.read_text(encoding="utf-8").count("\n")
        for file in (_ROOT / "tests").rglob("*.py")
        if not file.name.startswith("test_")
    )
    print(f"{'package':<44} {'rooms':>5} {'arrows':>6}")
    for package in source.packages():
        print(f"{package:<44} {len(source.rooms(package)):>5} {len(source.arrows(package)):>6}")
    print(f"source: {source.lines} lines in {len(source.modules)} files")
    print(f"tests: {tests.lines} lines, {tests.lines / source.lines:.2f} for each of the source; helpers: {helpers}")
    print(f"private functions used once: {source.used_once():.0%}")
    for name, travel in (("a resize until its PUT", resize()), ("a failing job until its text", failing_job())):
        print(f"{name}: {len(travel.functions)} functions in {travel.files()} files")
    version, typer = milliseconds("-m", "xplenty_pulumi.cli", "--version"), milliseconds("-c", "import typer")
    print(f"xplenty-pulumi --version: {version:.0f} ms, {version / typer:.2f} times `import typer`")


if __name__ == "__main__":
    main()
