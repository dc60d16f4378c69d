"""Two `branch up` of the same new branch at once: the slower one leaves alone what the quicker one has made."""

from typing import Any

import pytest

from xplenty_pulumi.cli.commands.branch.up import _made
from xplenty_pulumi.errors import XplentyError


class Backend:
    """A stack that another run makes while this one wants to make it; `refusal` is what the engine says then."""

    stack = "br-5f3a1c9-topic-0123456789ab"

    def __init__(self, refusal: str) -> None:
        self._refusal = refusal
        self._stacks = ["dev"]
        self.removed_stacks: list[str] = []

    def told(self, *_words: str) -> str:
        """Fail as `pulumi stack init` does once the other run has begun."""
        self._stacks.append(self.stack)
        raise XplentyError(f"`pulumi stack` failed: could not create stack: {self._refusal}")

    def removed(self, _selected: str) -> None:
        """Remove the stack."""
        self.removed_stacks.append(self.stack)

    def listed(self) -> list[str]:
        """Return the names of the stacks."""
        return list(self._stacks)

    def anew(self) -> "Backend":
        """Return what lists them once more."""
        return self

    def selected(self) -> str:
        """Return the stack that the user has selected."""
        return "dev"


@pytest.mark.parametrize("refusal", ["stack 'topic' already exists", "the stack is currently locked by 1 lock(s)"])
def test_a_stack_that_another_run_makes_is_kept(refusal: str) -> None:
    """It is not new to this run, which goes on to deploy it."""
    backend: Any = Backend(refusal)
    assert _made(backend, backend, "dev") is False
    assert backend.removed_stacks == []


def test_a_stack_that_was_made_and_cannot_be_configured_is_removed() -> None:
    """Made with a wrong passphrase, it would refuse the right one."""
    backend: Any = Backend("incorrect passphrase")
    with pytest.raises(XplentyError, match="incorrect passphrase"):
        _made(backend, backend, "dev")
    assert backend.removed_stacks == [backend.stack]
