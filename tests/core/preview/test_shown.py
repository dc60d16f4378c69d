"""What a preview knows of the things that it changes in place, and how few calls that costs."""

from collections.abc import Iterator

import pytest

from tests.core.preview.test_questions import QuestionScene
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.package import PACKAGE
from xplenty_pulumi.emulator import Emulator, Knobs, PackageSeed, Seed
from xplenty_pulumi.errors import AuthError

SEED = Seed(packages=(PackageSeed(101, "Sales"), PackageSeed(105, "Old", status="archived")))


@pytest.fixture
def scene() -> Iterator[QuestionScene]:
    """Questions that nobody has asked yet."""
    with Emulator(SEED) as account:
        made = QuestionScene(account)
        with made.client:
            yield made


def test_what_has_ended_is_told_by_the_list(scene: QuestionScene) -> None:
    """The list has its status, so it is not read by itself."""
    ended = scene.account.add_cluster(status="terminated").id
    (found,) = scene.foresight.shown(CLUSTER, ended) or (None,)
    assert found is not None
    assert (found.id, found.status) == (ended, "terminated")
    assert scene.calls() == ["clusters"]


def test_what_is_unknown_is_gone(scene: QuestionScene) -> None:
    """That the list lacks it does not prove it."""
    assert scene.foresight.shown(CLUSTER, 999_999) == (None,)
    assert scene.calls() == ["clusters", "clusters/999999"]


def test_what_the_list_does_not_show_is_there() -> None:
    """A list may lag behind what was created just before, and an update, which reads it by itself, finds it."""
    with Emulator(SEED, knobs=Knobs(list_lag_seconds=600)) as account:
        scene = QuestionScene(account)
        number = scene.client.clusters.create({"nodes": 2}).id
        with scene.client:
            assert scene.foresight.shown(CLUSTER, number) not in (None, (None,))


def test_what_was_removed_counts_as_gone(scene: QuestionScene) -> None:
    """An archived package cannot be changed, although the service knows it."""
    assert scene.foresight.shown(PACKAGE, 105) == (None,)
    assert scene.foresight.shown(PACKAGE, 101) not in (None, (None,))


def test_a_thousand_cost_as_many_calls_as_their_list_has_pages(scene: QuestionScene) -> None:
    """The list is read once for all, and not each of them by itself, but for those that cost the pages."""
    numbers = [scene.account.add_cluster().id for _ in range(1000)]
    assert None not in [scene.foresight.shown(CLUSTER, number) for number in reversed(numbers)]
    assert scene.calls() == ["clusters"] * 10


def test_an_old_one_costs_two_calls(scene: QuestionScene) -> None:
    """A list that goes back for years is not read to its end for a single thing."""
    first = scene.account.add_cluster().id
    for _ in range(250):
        scene.account.add_cluster()
    (found,) = scene.foresight.shown(CLUSTER, first) or (None,)
    assert found is not None
    assert (found.id, scene.calls()) == (first, ["clusters", f"clusters/{first}"])


def test_the_oldest_first_cost_few_calls_more(scene: QuestionScene) -> None:
    """Each that is missed costs a page more, so the list is soon read as far as they need."""
    numbers = [scene.account.add_cluster().id for _ in range(500)]
    assert None not in [scene.foresight.shown(CLUSTER, number) for number in numbers]
    assert len(scene.calls()) < 10


def test_what_a_refresh_has_read_is_not_asked_about(scene: QuestionScene) -> None:
    """It has told already what is gone."""
    number = scene.account.add_cluster().id
    scene.foresight.note_read(CLUSTER, number)
    assert scene.foresight.shown(CLUSTER, number) is None
    assert scene.calls() == []


def test_a_service_that_is_down_tells_nothing_is_gone(scene: QuestionScene) -> None:
    """What is not known is not said, and it is warned of once."""
    scene.account.stop()
    assert [scene.foresight.shown(CLUSTER, number) for number in (1, 2)] == [None, None]
    assert len(scene.warnings) == 1


def test_a_refused_key_tells_nothing_is_gone(scene: QuestionScene) -> None:
    """Each who asks gets the refusal."""
    other = QuestionScene(scene.account, key="another-key")
    with other.client:
        for _ in range(2):
            with pytest.raises(AuthError):
                other.foresight.shown(CLUSTER, 1)
