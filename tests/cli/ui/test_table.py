"""Tables without lines: what is drawn as it is looks as rich's own table does."""

from random import Random

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xplenty_pulumi.cli.ui.table import add_row, plain_table

WORDS = ("", "-", "etl", "loads of the night", "日本語", "2 => 5", "é")
STYLES = ("", "", "green", "bold red")


def cells(seed: int) -> list[list[Text]]:
    """Return the rows of a table of three columns."""
    random = Random(seed)
    return [[Text(random.choice(WORDS), style=random.choice(STYLES)) for _ in range(3)] for _ in range(5)]


def drawn(table: Table, *, width: int, is_terminal: bool = False) -> list[str]:
    """Return the lines of the table, without the blanks at their ends."""
    console = Console(width=width, force_terminal=is_terminal, color_system="standard" if is_terminal else None)
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines()]


def by_rich(rows: list[list[Text]]) -> Table:
    """Return the same table as rich's own."""
    table = Table("A", "LONG NAME", "C", box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for row in rows:
        table.add_row(*row)
    return table


def ours(rows: list[list[Text]]) -> Table:
    """Return the table that the commands show."""
    table = plain_table("A", "LONG NAME", "C")
    for row in rows:
        add_row(table, *row)
    return table


@pytest.mark.parametrize("seed", range(20))
def test_a_table_that_fits_looks_as_that_of_rich(seed: int) -> None:
    """Wide characters have two columns."""
    rows = cells(seed)
    assert drawn(ours(rows), width=100) == drawn(by_rich(rows), width=100)


def test_a_table_is_drawn_as_it_is_up_to_the_last_column() -> None:
    """One column less, and a text is cut."""
    rows = [[Text("1"), Text("loads of the night"), Text("x")]]
    assert drawn(ours(rows), width=24)[1] == "1  loads of the night  x"
    assert drawn(ours(rows), width=23)[1] != "1  loads of the night  x"


def test_colours_are_those_of_the_cells() -> None:
    """The header is bold, and a status has the colour of what it means."""
    head, row = drawn(ours([[Text("1"), Text("ok", style="green"), Text("x")]]), width=40, is_terminal=True)
    assert head.startswith("\x1b[1mA\x1b[0m")
    assert row == "1  \x1b[32mok\x1b[0m         x"


def test_a_cell_of_several_lines_is_left_to_rich() -> None:
    """Its lines are below each other in their column."""
    table = plain_table("A", "B")
    table.add_row(Text("1"), Text("x\ny"))
    assert [line.split() for line in drawn(table, width=40)] == [["A", "B"], ["1", "x"], ["y"]]


def test_a_table_without_rows_has_its_names() -> None:
    """As where nothing is left to show."""
    assert drawn(plain_table("A", "B"), width=40) == ["A  B"]
