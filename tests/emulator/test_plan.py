"""The account's plan: what it shows, and that it holds."""

from tests.support.accounts.caller import emulated


def test_plan_shows_its_limits() -> None:
    """The subscribed plan is listed, with the limits that the knobs set; 0 where there is none."""
    caller = emulated(max_nodes=7, max_clusters=3)
    (plan,) = caller.get("plans").json()
    assert caller.get("subscription").json()["plan_id"] == plan["id"]
    assert (plan["cluster_size_limit"], plan["clusters_limit"], plan["sandbox_clusters_limit"]) == (7, 3, 0)


def test_plan_may_be_hidden() -> None:
    """Plan and subscription are billing, which not everybody may see."""
    caller = emulated(plan_shown=False)
    assert [caller.get(path).status for path in ("plans", "subscription")] == [403, 403]


def test_plan_limits_the_clusters_at_once() -> None:
    """One more of a type is refused as long as the others live; the other type has its own limit."""
    caller = emulated(max_clusters=1, max_sandboxes=1)
    sandbox = {"nodes": 1, "type": "sandbox"}
    assert [caller.post("clusters", one).status for one in ({"nodes": 2}, sandbox)] == [201, 201]
    assert [caller.post("clusters", one).status for one in ({"nodes": 2}, sandbox)] == [422, 422]
    for one in caller.emulator.living_clusters():
        caller.emulator.end_cluster(one.id)
    assert caller.post("clusters", {"nodes": 2}).status == 201
