"""What an input is for is written once, in the docstring of its resource: README repeats it, and tables do not."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import xplenty_pulumi
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.registry import KINDS

README = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def resource(kind: Kind) -> Any:
    """Return the class that programs write."""
    return getattr(xplenty_pulumi, kind.resource)


def documented(kind: Kind) -> dict[str, str]:
    """Return what the docstring says of each argument, on one line."""
    text = inspect.getdoc(vars(resource(kind))["__init__"]) or ""
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    return {name: " ".join(said.split()) for name, said in found}


def rows(title: str) -> dict[str, str]:
    """Return what the table below a heading of README says of each input."""
    section = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (?:[^|]* )?\| (.*) \|$", section, re.MULTILINE))


@EVERY_KIND
def test_constructor_takes_exactly_the_fields(kind: Kind) -> None:
    """The class that programs use offers each field that is made of no other, and requires what the table requires."""
    parameters = inspect.signature(resource(kind)).parameters
    assert set(parameters) - {"resource_name", "opts"} == {one.name for one in kind.fields if not one.made_of}
    required = {name for name, one in parameters.items() if one.default is one.empty} - {"resource_name"}
    assert required == {one.name for one in kind.fields if one.required}


@EVERY_KIND
def test_docstring_says_what_each_field_is(kind: Kind) -> None:
    """Each input is explained in the order of the signature, in sentences, and nothing else is."""
    said = documented(kind)
    assert list(said) == list(inspect.signature(resource(kind)).parameters)
    assert [name for name, text in said.items() if not re.fullmatch(r"[A-Z].+\.", text)] == []


@pytest.mark.parametrize(("title", "kind"), [("Clusters", CLUSTER), ("Job runs", JOB_RUN)])
def test_readme_says_the_same(title: str, kind: Kind) -> None:
    """Each row of an input has the words of the docstring."""
    shown = rows(title)
    assert shown
    assert shown == {name: documented(kind)[name] for name in shown}
