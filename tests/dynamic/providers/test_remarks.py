"""What a resource says of an update that only hidden inputs ask for, and what all of a process say once."""

from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import URN, HostError
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.dynamic.bridge import EngineCall
from xplenty_pulumi.dynamic.providers.owing import changes_inputs, goes_on, rewrites
from xplenty_pulumi.dynamic.providers.remarks import told, told_troubles
from xplenty_pulumi.dynamic.state import OWNER, SECRETS
from xplenty_pulumi.errors import AuthError, ConfigError, NotFoundError, XplentyError

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


@pytest.mark.parametrize(
    ("owed", "text"),
    [
        (["*"], "goes on with the create of cluster 7, which was not finished"),
        (
            ["settings/host", "settings/port", "name"],
            "goes on with the update of cluster 7, which was not finished: settings, name",
        ),
        (["marker"], ""),
        ([], ""),
    ],
)
def test_the_row_says_what_an_update_finishes(owed: list[str], text: str) -> None:
    """A create, or the fields of an update; what was imported was not begun before."""
    assert goes_on("cluster 7", owed) == text


@pytest.mark.parametrize(
    ("before", "changed", "is_change"),
    [
        (BEFORE, {}, False),
        (BEFORE, RENAMED, False),
        (BEFORE, {"nodes": 3}, True),
        (BEFORE, {"description": "sales"}, True),
        ({}, {"nodes": 3}, False),
    ],
)
def test_what_the_engine_takes_for_a_change(before: dict[str, Any], changed: dict[str, Any], is_change: bool) -> None:
    """An input that a program shows is added or another one; what is not known is none."""
    assert changes_inputs(before, {**BEFORE, **changed}) is is_change


def refusal() -> AuthError:
    """Return what the client raises for each call with a key that was refused."""
    return AuthError("the service refuses the key (401): Unauthorized.", status=401, advice="Check it")


def test_trouble_with_the_settings_is_told_whole_once() -> None:
    """Each other resource refers to the first, and still says what exists of it."""
    told_troubles.cache_clear()
    etl, load = EngineCall(urn="a::etl", name="etl"), EngineCall(urn="a::load", name="load")
    assert told(etl, refusal().also("cluster 7 may live")) == (
        "the service refuses the key (401): Unauthorized; cluster 7 may live. Check it"
    )
    assert told(load, refusal()) == "the service refuses the key (401), as said for etl"
    assert told(load, refusal().also("job 8 may go on")).endswith("(401), as said for etl; job 8 may go on")
    assert told(etl, refusal()) == str(refusal())


@pytest.mark.parametrize(
    "problem",
    [
        ConfigError("xplenty-eu:apiKey is not set", advice="Set it"),
        AuthError("the service refuses the key (401): Unauthorized.", status=401, advice="Check the key of eu"),
        AuthError("the owner may not do this (403)", status=403, resource="cluster 7", advice="Check it"),
        NotFoundError("there is no such thing", status=404, advice="Check it"),
    ],
)
def test_other_trouble_is_told_whole(problem: XplentyError) -> None:
    """What is about other settings, or about one thing, is no repetition."""
    told_troubles.cache_clear()
    told(EngineCall(urn="a::etl", name="etl"), refusal())
    assert told(EngineCall(urn="a::load", name="load"), problem) == str(problem)


def test_a_refused_key_is_told_whole_for_one_of_all_resources(
    here: ProviderScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checks and removals alike fail, and name the first that said why."""
    monkeypatch.setenv("XPLENTY_API_KEY", "wrong")
    first, second = here.clusters(), here.clusters()
    _, (whole,) = first.check(first.properties({"nodes": 2}))
    _, (brief,) = second.check(second.properties({"nodes": 2}))
    assert "Check XPLENTY_API_KEY" in whole.reason
    name = first.urn.rpartition("::")[2]
    assert brief.reason == f"the service does not accept the API key (401), as said for {name}"
    with pytest.raises(HostError) as failed:
        (third := here.clusters()).delete("501", third.properties({"nodes": 2, "status": "available"}))
    assert failed.value.status.message.startswith(f"{brief.reason}; cluster 501 was not seen, so it may live")
