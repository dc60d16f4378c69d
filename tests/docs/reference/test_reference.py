"""The pages of the reference are those that the code makes, and leave nothing out."""

from dataclasses import fields

import pytest

import xplenty_pulumi
from tools.pages.source import commented, plain_type
from tools.pages.written import FOLDER, pages
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.dynamic.resources.declare import outputs_of
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.seed import Seed

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_the_code_makes(name: str) -> None:
    """Each page is as `make docs` writes it."""
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_input_and_output_has_a_row(kind: Kind) -> None:
    """Whatever a program can give or read stands in the page of its resource, with a meaning."""
    resource = getattr(xplenty_pulumi, kind.resource)
    (page,) = (text for text in PAGES.values() if text.startswith(f"# `{kind.resource}`"))
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    given = {one.name for one in kind.fields if not one.made_of}
    assert {row[0].strip("`") for row in rows} == {*given, *outputs_of(resource), "id"}
    assert [row for row in rows if not row[-1].endswith(".")] == []


def test_each_knob_and_field_of_the_seed_has_a_row() -> None:
    """The page of the emulator has all that a seed file may hold."""
    named = [name for cls in (Seed, Knobs) for name, *_ in commented(cls)]
    assert named == [one.name for cls in (Seed, Knobs) for one in fields(cls)]
    assert [name for name in named if f"| `{name}` |" not in PAGES["emulator.md"]] == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Input[str] | None", "str"),
        ("Input[Sequence[Input[Mapping[str, Any]]]] | None", "Sequence[Mapping[str, Any]]"),
        ("Input[Literal['a', 'b']] | Output[str] | None", "Literal['a', 'b'] or str"),
        ("Output[bool | None]", "bool"),
        ("Input[Mapping[str, Input[str | int]]] | None", "Mapping[str, str or int]"),
    ],
)
def test_types_are_shown_as_they_are_meant(written: str, shown: str) -> None:
    """A reader sees what an input is, without what any input may be."""
    assert plain_type(written) == shown
