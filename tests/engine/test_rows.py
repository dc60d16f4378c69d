"""What a user sees while it happens: in a terminal, in the log of a CI system, and with `--debug`."""

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest

from tests.support.engine.ran import AGE, bridged
from tests.support.engine.stack import STEP, Stack, cluster
from tests.support.engine.terminal import in_a_terminal
from xplenty_pulumi.emulator import Emulator

AS_LINES = "test_changes_are_lines_of_the_stack"
PENDING = 10
"""Seconds after which a new cluster is creating."""
BOOTS_IN_120 = 3.0
"""With this step and a look every two seconds, clusters take two minutes."""
NUMBER = re.compile(r"\d+(\.\d+)?")
CALM_UP = """\
Updating (dev):
+  pulumi:pulumi:Stack tests-dev creating (Ns)
+  pulumi-python:dynamic/xplenty:Cluster etl creating (Ns)
+  pulumi-python:dynamic/xplenty:Cluster etl creating (Ns) [N/N] pending · Ns of Nm
+  pulumi-python:dynamic/xplenty:Cluster etl creating (Ns) [N/N] creating · Ns of Nm
+  pulumi-python:dynamic/xplenty:Cluster etl creating (Ns) available
+  pulumi-python:dynamic/xplenty:Cluster etl created (Ns) available
+  pulumi:pulumi:Stack tests-dev creating (Ns) about N node-hours a day: N cluster, which nothing ends
+  pulumi:pulumi:Stack tests-dev created (Ns) N message
Diagnostics:
pulumi:pulumi:Stack (tests-dev):
about N node-hours a day: N cluster, which nothing ends
Resources:
+ N created
Duration: Ns
"""


@pytest.fixture
def plain_stack(make_stack: Callable[..., Stack], account: Emulator) -> Stack:
    """A stack that knows of no CI system."""
    return make_stack(account, CI="")


@bridged(AS_LINES)
def test_row_in_a_terminal(plain_stack: Stack, account: Emulator) -> None:
    """The row of a resource says on the screen where it is and since when, while the engine counts beside it."""
    account.pace(0)
    moves = [("[1/2] pending", partial(account.advance, PENDING)), ("[2/2] creating", partial(account.pace, STEP))]
    screen = in_a_terminal(plain_stack.declare(cluster("etl")), "up", moves=moves).succeeded().output

    row = r"xplenty:Cluster +etl +"
    assert re.search(row + rf"creating {AGE}[. ]*\[1/2\] pending · \d+s of 30m", screen), screen
    assert re.search(row + rf"creating {AGE}[. ]*\[2/2\] creating · \d+s of 30m", screen), screen
    assert re.search(row + rf"created {AGE} +available", screen), screen


@bridged(AS_LINES)
def test_log_of_a_ci_system(plain_stack: Stack) -> None:
    """Without a terminal there is one line per change, then the estimate, and nothing else of ours."""
    output = plain_stack.declare(cluster("etl")).up(CI="true").succeeded().output

    lines = [NUMBER.sub("N", line).strip() for line in output.splitlines()]
    assert [line for line in lines if line and not line.startswith("@ updating")] == CALM_UP.splitlines()


@pytest.mark.long
@bridged(AS_LINES)
def test_silence_in_a_ci_system_lasts_a_minute(make_stack: Callable[..., Stack]) -> None:
    """While a cluster boots for two minutes, each step is a line, and without one a minute is; none is drawn over."""
    with Emulator(step=BOOTS_IN_120) as account:
        stack = make_stack(account, CI="", TF_BUILD="True", XPLENTY_POLL_SECONDS="2").declare(cluster("etl"))
        output = stack.up("--suppress-progress").succeeded().output

    told = re.findall(r"etl creating \((\d+)s\) (\[\d/2\] \w+) · \S+ of 30m|etl created \((\d+)s\)", output)
    seconds = [int(first or last) for first, _, last in told]
    assert {step for _, step, _ in told} == {"[1/2] pending", "[2/2] creating", ""}
    assert max(later - sooner for sooner, later in pairwise(seconds)) <= 60 + 5
    assert len(told) <= 3 + seconds[-1] // 60
    assert not re.search(r"[\x1b\r\b]|\.\.\.", output)


@pytest.mark.parametrize("switch", ["on", "off"])
def test_report_for_those_who_debug(plain_stack: Stack, switch: str) -> None:
    """With `--debug` one line says how each item of the bridge stands; without, nothing does."""
    plain_stack.declare(cluster("etl"))

    debugged = plain_stack.run("preview", "--debug", XPLENTY_BRIDGE=switch).succeeded().output
    plain = plain_stack.run("preview", XPLENTY_BRIDGE=switch).succeeded().output

    diagnostics = debugged.partition("Diagnostics:")[2]
    assert diagnostics.count("debug: bridge: ") == 1
    works = "pool works; request works; rows works; partial state works; one-line errors works; cancel works"
    assert (works in diagnostics) == (switch == "on")
    assert "engine watch works" in diagnostics
    assert "bridge: " not in plain
    assert "xplenty_pulumi does not find" not in debugged + plain
