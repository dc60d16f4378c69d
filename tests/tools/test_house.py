"""The figures of the source, on a small package whose figures are known."""

from pathlib import Path

from tools.house.figures import Source

FILES = {
    "__init__.py": "",
    "low.py": "def _once() -> int:\n    return 1\n\n\ndef value() -> int:\n    return _once()\n",
    "high.py": "from small.low import value\nfrom small.deep import inner\n\n\ndef _never() -> None: ...\n",
    "deep/__init__.py": "",
    "deep/inner.py": "from small import low\n",
}


def test_modules_and_imports_are_counted(tmp_path: Path) -> None:
    """A package counts the modules and packages that stand directly in it, and each pair that one imports once."""
    folder = tmp_path / "small"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    source = Source.of(folder)
    assert source.packages() == ["small", "small.deep"]
    assert source.rooms("small") == {"low", "high", "deep"}
    assert source.arrows("small") == {("high", "low"), ("high", "deep"), ("deep", "low")}
    assert source.lines == sum(text.count("\n") for text in FILES.values())
    assert source.used_once() == 0.5
