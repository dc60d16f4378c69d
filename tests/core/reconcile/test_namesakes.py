"""Of two stacks of the same name, as in two backends, one has what both could take for theirs: who signed it last."""

from dataclasses import replace
from random import Random

import pytest

from tests.support.accounts.bench import Bench
from tests.support.accounts.desired import OWNER, adopted, desired, desired_hook, signed
from tests.support.faults.behaviours import answers, preceded_by
from xplenty_pulumi.core.kinds.marker import marker_of, read, scope_of, sign
from xplenty_pulumi.core.kinds.ownership import Origin
from xplenty_pulumi.core.reconcile.intent import Intent
from xplenty_pulumi.errors import RefusedError

OURS = marker_of(OWNER)
HAS_IT = "another `pulumi` of a stack of this name, as one in another backend"


def by_namesake(bench: Bench, text: str = "") -> str:
    """Return the text with the marker that another stack of the name signs what it has adopted with."""
    return sign(text, OURS.adopting(bench.clock.now(), Random(7)).held)


def made(*nonces: str) -> Origin:
    """Return what a state with these nonces says of something."""
    return Origin("", OURS, scopes=frozenset({scope_of(OWNER)}), nonces=nonces)


def nonce(text: str) -> str:
    """Return the nonce of the marker in the text."""
    found = read(text)
    assert found is not None
    return found.nonce


def signs_during_the_wait(bench: Bench, number: int, text: str) -> None:
    """Let somebody sign a cluster once its create waits for it."""
    sign_it = preceded_by(lambda: bench.emulator.edit_cluster(number, description=text))
    bench.wire.on("GET clusters.*", sign_it, calls={3})


def test_a_create_lets_go_of_what_is_adopted_meanwhile(bench: Bench) -> None:
    """The other one has signed it first, so it is that one's, and this one neither changes nor ends it."""
    text = by_namesake(bench)
    signs_during_the_wait(bench, 501, text)
    with pytest.raises(
        RefusedError, match=f"{HAS_IT}, has signed it while it was created, so this one does not"
    ) as refused:
        bench.clusters.create(desired())
    assert "`xplenty:scope`" in refused.value.advice
    assert bench.wire.count("(PUT|DELETE) .*") == 0
    assert (bench.emulator.cluster(501).description, bench.emulator.cluster(501).status) == (text, "available")


def test_an_adoption_lets_go_of_what_its_creator_signs_meanwhile(bench: Bench) -> None:
    """The creator was not dead, but at work in the other backend."""
    left = bench.emulator.add_cluster(description=signed(), status="creating")
    signs_during_the_wait(bench, left.id, signed(held=True))
    with pytest.raises(RefusedError, match=HAS_IT):
        bench.clusters.create(desired())
    assert bench.wire.count("(POST|PUT|DELETE) .*") == 0


@pytest.mark.parametrize("nonces", [(), (nonce(signed()),)], ids=["imported", "created"])
def test_what_a_namesake_has_adopted_is_neither_changed_nor_ended(bench: Bench, nonces: tuple[str, ...]) -> None:
    """A refresh says so, and leaves it in the state."""
    number = bench.ready_cluster(description=by_namesake(bench)).id
    with pytest.raises(RefusedError, match=HAS_IT):
        bench.clusters.update(number, replace(desired(nodes=5), made=made(*nonces), nonces=nonces))
    with pytest.raises(RefusedError, match=HAS_IT):
        bench.clusters.delete(number, timeout=600, made=made(*nonces))
    assert not bench.clusters.read(number, owner=OURS, made=made(*nonces)).gone
    assert HAS_IT in bench.warned[-1]
    assert bench.wire.count("(PUT|DELETE) .*") == 0


def test_what_its_creator_has_signed_after_the_adoption_is_the_creators(bench: Bench) -> None:
    """Both have seen it become ready in the same moment, and the creator was the later one to sign."""
    number = bench.ready_cluster(description=signed(held=True)).id
    nonces = (nonce(signed()), nonce(by_namesake(bench)))
    with pytest.raises(RefusedError, match=HAS_IT):
        bench.clusters.delete(number, timeout=600, made=made(*nonces))
    assert bench.wire.count("DELETE .*") == 0


def test_what_this_stack_has_adopted_is_its_own(bench: Bench) -> None:
    """It changes it, and ends it."""
    bench.emulator.add_cluster(description=signed())
    outcome = bench.clusters.create(desired())
    number, nonces = outcome.record.id, outcome.nonces
    wanted = replace(desired(nodes=3), made=made(*nonces), nonces=nonces)
    assert bench.clusters.update(number, wanted).record.nodes == 3
    assert bench.clusters.delete(number, timeout=600, made=made(*nonces)) == "terminated"


def test_an_adoption_that_could_not_be_signed_is_signed_by_the_next_update(bench: Bench) -> None:
    """With the nonce of the adoption, which the state has noted."""
    left = bench.emulator.add_cluster(description=signed())
    bench.wire.on("PUT .*", answers(422, "not now"), calls={1})
    outcome = bench.clusters.create(desired())
    assert bench.emulator.cluster(left.id).description == signed()
    wanted = replace(
        desired(), made=made(*outcome.nonces), nonces=outcome.nonces, intent=Intent(frozenset(), waits=False)
    )
    assert bench.clusters.update(left.id, wanted).problem is None
    assert bench.emulator.cluster(left.id).description == adopted("", nonces=outcome.nonces)


@pytest.mark.parametrize(
    "marker",
    [OURS.handed_over, OURS.drawn],
    ids=["handed over", "signed anew, as after a renaming whose update was killed"],
)
def test_what_this_stack_signs_otherwise_stays_its_own(bench: Bench, marker: object) -> None:
    """Neither of these nonces is in the state, and no adoption drew them."""
    assert callable(marker)
    text = sign("", marker(bench.clock.now(), Random(3)).held)
    number = bench.ready_cluster(description=text).id
    assert bench.clusters.delete(number, timeout=600, made=made(nonce(signed()))) == "terminated"


def test_a_definition_that_is_adopted_meanwhile_is_let_go_of(bench: Bench) -> None:
    """The same goes for all that carries a marker."""
    sign_it = preceded_by(
        lambda: bench.client.hooks.update(701, {"name": by_namesake(bench), "settings": {"url": "https://x.test/"}})
    )
    bench.wire.on("GET hooks/701", sign_it, calls={1})
    with pytest.raises(RefusedError, match=HAS_IT):
        bench.hooks.create(desired_hook())
