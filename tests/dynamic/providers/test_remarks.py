"""What the row of a resource says of an update that only hidden inputs ask for, and of one that is refused."""

from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import URN, HostError
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic.providers.owing import rewrites
from xplenty_pulumi.dynamic.state import OWNER, SECRETS

BEFORE: dict[str, Any] = {OWNER: f"acme|{URN}", "description": "loads"}
RENAMED = {OWNER: f"acme|{URN.replace('dev', 'prod')}"}
ALIASED = {OWNER: f"acme|{URN}-2"}


@pytest.mark.parametrize(
    ("kind", "changed", "text"),
    [
        (CLUSTER, RENAMED, "signs the marker anew for stack prod"),
        (JOB_RUN, RENAMED, "notes in the state that it is of stack prod"),
        (CLUSTER, ALIASED, "signs the marker anew for resource etl-2"),
        (CLUSTER, {SECRETS: ["/description"]}, "notes in the state what is secret, and sends nothing"),
        (CLUSTER, {**RENAMED, "description": "sales"}, ""),
        (CLUSTER, {}, ""),
    ],
)
def test_the_row_says_what_hidden_inputs_ask_for(kind: Kind, changed: dict[str, Any], text: str) -> None:
    """A marker that is signed anew is named with its new owner; where an input shows, the engine says it."""
    assert rewrites(kind, before=BEFORE, news={**BEFORE, **changed}) == text


def test_inputs_that_are_not_known_are_not_compared() -> None:
    """Where the bridge is switched off, the engine compares on its own."""
    assert rewrites(CLUSTER, before={}, news=BEFORE) == ""


def test_hidden_inputs_alone_are_a_change_without_a_key(here: ProviderScene) -> None:
    """The engine is told that there is one, so it looks for no key that it would show."""
    host = here.clusters()
    news, _ = host.check(host.properties({"nodes": 2}))
    id_, made = host.create(news)
    later = {**news, OWNER: news[OWNER].replace("dev", "prod")}

    calm = host.diff(id_, made, news, old_inputs=news)
    renamed = host.diff(id_, made, later, old_inputs=news)

    assert (calm.changes, renamed.changes) == (calm.DIFF_UNKNOWN, renamed.DIFF_SOME)
    assert here.engine.lines[-1].text == "signs the marker anew for stack prod"


def test_a_refused_replacement_is_explained_once(here: ProviderScene) -> None:
    """Two comparisons of the same process warn once, and the error of the removal refers to the warning."""
    host = here.clusters()
    news, _ = host.check(host.properties({"nodes": 2}))
    id_, made = host.create(news)
    description = next(one.description for one in here.account.clusters() if str(one.id) == id_)
    here.account.add_cluster(description=description)
    other = {**news, "nodes": 1, "type": "sandbox"}
    before = len(here.engine.lines)

    host.diff(id_, made, other)
    host.diff(id_, made, other)
    with pytest.raises(HostError) as refused:
        host.delete(id_, made)

    warnings = [one.text for one in here.engine.lines[before:] if "would be refused" in one.text]
    assert len(warnings) == 1
    assert "hand-over" in warnings[0]
    assert f"cluster {id_}: it is not removed, for the reason that its warning gives" in str(refused.value)
