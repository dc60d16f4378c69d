"""What `recover` says of the next `pulumi up`, by the kinds that were pending."""

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from xplenty_pulumi import HookProvider, JobRunProvider, PackageProvider, ScheduleProvider
from xplenty_pulumi.cli.engine.remains import Remains
from xplenty_pulumi.dynamic.providers.base import Provider
from xplenty_pulumi.dynamic.state import PROVIDER


def outlook(*pending: tuple[str, Provider]) -> str:
    """Return the end of the sentence for these pending operations."""
    found = [{"type": doing, "resource": {"inputs": {PROVIDER: serialize_provider(one)}}} for doing, one in pending]
    return Remains("acme/loads/dev", (), tuple(found)).outlook()


@pytest.mark.parametrize(
    ("doing", "provider", "text"),
    [
        ("creating", ScheduleProvider(), "finds by its marker a schedule that the killed run had created and creates"),
        ("creating", JobRunProvider(), "adopts a job run that it had started and creates nothing twice"),
        ("updating", PackageProvider(), "changes a package to what is declared and repeats its validation where"),
        ("updating", HookProvider(), "changes a hook to what is declared"),
        ("deleting", HookProvider(), "goes on with the end of a hook that was replaced or is no longer declared, and"),
    ],
)
def test_it_speaks_of_the_kind_that_was_pending(doing: str, provider: Provider, text: str) -> None:
    """And of what the `up` does about that operation."""
    assert outlook((doing, provider)).startswith(f": it {text}")


def test_a_killed_destroy_is_to_be_run_again() -> None:
    """An `up` would create anew what it has ended; what a killed create has made is for the `up` to find first."""
    again = "If a `pulumi destroy` was killed, run that again instead"
    assert outlook(("deleting", HookProvider())).endswith(again)
    assert again not in outlook(("deleting", HookProvider()), ("creating", HookProvider()))


def test_several_are_one_sentence_with_each_kind_once() -> None:
    """Without any there is nothing to say."""
    told = outlook(("creating", HookProvider()), ("creating", HookProvider()), ("updating", ScheduleProvider()))
    assert told == (
        ": it finds by its marker a hook that the killed run had created, changes a schedule to what is declared and "
        "creates nothing twice"
    )
    assert outlook() == ""
