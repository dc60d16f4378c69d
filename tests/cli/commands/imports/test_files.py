"""Files that an import writes, and those that it leaves alone."""

from pathlib import Path

import pytest

from xplenty_pulumi.cli.commands.imports.files import ProgramFiles
from xplenty_pulumi.errors import ConfigError, RefusedError


def files(folder: Path) -> ProgramFiles:
    """Return a program with a flow."""
    return ProgramFiles(folder, {"__main__.py": "import xplenty_pulumi\n\nx = 1\n", "packages/a.json": "{}\n"})


@pytest.mark.parametrize("there", ["", '"""A program."""\n\nimport pulumi\n', "import xplenty_pulumi\n\nx = 1\n"])
def test_a_program_that_does_nothing_yet_is_replaced(tmp_path: Path, there: str) -> None:
    """As `pulumi new` leaves it, or an import that was not finished."""
    (tmp_path / "__main__.py").write_text(there)
    files(tmp_path).require_free()
    files(tmp_path).write()
    assert (tmp_path / "packages" / "a.json").read_text() == "{}\n"
    assert "x = 1" in (tmp_path / "__main__.py").read_text()


@pytest.mark.parametrize("name", ["__main__.py", "packages/a.json"])
@pytest.mark.parametrize("there", ["print(1)\n", "no Python (", "\ud800"])
def test_what_somebody_has_written_is_left_alone(tmp_path: Path, name: str, there: str) -> None:
    """Nothing is written beside it either."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(there.encode("utf-8", "surrogatepass"))
    with pytest.raises(RefusedError, match=f"{name} exists"):
        files(tmp_path).require_free()


def test_a_folder_that_cannot_be_written_is_bad_usage(tmp_path: Path) -> None:
    """It is named with the reason."""
    (tmp_path / "out").write_text("")
    with pytest.raises(ConfigError, match=r"__main__\.py cannot be written"):
        files(tmp_path / "out").write()
