"""The blocks of `docs/reference/limits.md`: the commands set what is read, and the texts are those of the code."""

import re
import shlex
from pathlib import Path

from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.core.preview import estimate
from xplenty_pulumi.core.preview.estimate import ClusterUse
from xplenty_pulumi.core.preview.questions import LONGEST_CALL
from xplenty_pulumi.core.preview.stack_rules import _OF_PRODUCTION_ONLY, load_rules

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(_, COMMANDS), (_, LINE), (_, IDLE_LINE), (_, UNKNOWN_LINE), (_, REFUSAL) = BLOCKS
ENGINE = "pulumi-python:dynamic/xplenty:Cluster resource 'small': property nodes value {2} has a problem: "
USES = (ClusterUse("small", 2, 24, is_endless=True), ClusterUse("big", 6, 24, is_endless=True))


def test_page_has_no_other_block() -> None:
    """A block added to the page needs a test here."""
    assert len(BLOCKS) == PAGE.count("```") / 2


def test_commands_set_what_is_read() -> None:
    """Each rule is set by its command, to a value that is valid, and none is left out."""
    config = {words[3]: words[4] for words in map(shlex.split, COMMANDS.splitlines())}
    rules = load_rules({}, config.get)
    assert all(vars(rules).values())
    assert len(vars(rules)) == len(config)


def test_variables_of_the_page_are_read() -> None:
    """Each environment variable of the page stands for a rule."""
    source = (Path(__file__).resolve().parents[3] / "xplenty_pulumi/setting_names.py").read_text(encoding="utf-8")
    named = set(re.findall(r"XPLENTY_\w+", PAGE))
    assert named
    for variable in named:
        assert f'"{variable}"' in source


def test_texts_are_those_of_the_code() -> None:
    """The estimate and its refusal read as the page shows them, behind what the engine puts before a refusal."""
    refusal = estimate.refusal(USES, float(re.findall(r"xplenty:maxNodeHours (\d+)", COMMANDS)[0]))
    assert f"{estimate.headline(USES)}\n" == LINE
    assert f"{estimate.headline([ClusterUse('etl', 2, 8, is_idle=True)])}\n" == IDLE_LINE
    assert f"{estimate.headline([ClusterUse('etl', 2, 24, is_endless=True), None])}\n" == UNKNOWN_LINE
    assert f"error: {ENGINE}{refusal}\n" == REFUSAL


def test_inputs_and_times_of_the_page_are_those_of_the_code() -> None:
    """The inputs that are looked at and left out are named, and how long a call may take."""
    asked = {name for kind in KINDS.values() for name in kind.asked_about}
    assert asked
    assert {name for name in asked if f"`{name}`" not in PAGE} == set()
    assert all(f"`{name}`" in PAGE for name in _OF_PRODUCTION_ONLY if "spot" not in name)
    assert LONGEST_CALL == 5
