"""A check knows the rules of the stack and asks the service, but only about what is new or has changed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import UNKNOWN, Host
from xplenty_pulumi.dynamic.state import SECRETS
from xplenty_pulumi.emulator import Emulator, Knobs

LONG_AGO = "2020-01-01T00:00:00Z"


def reasons(host: Host, given: dict[str, Any], olds: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """Return the failures of a check: the input that each is about, and why."""
    _, failures = host.check(host.properties(given), None if olds is None else host.properties(olds))
    return [(one.property, one.reason) for one in failures]


def test_everything_wrong_is_said_at_once(make_apart: Callable[..., ProviderScene]) -> None:
    """Type, node-hours, expiry and the plan are refused in one check, each by the input that it is about."""
    rules = {"XPLENTY_ALLOWED_TYPES": "sandbox", "XPLENTY_MAX_NODE_HOURS": "40", "XPLENTY_EXPIRES": LONG_AGO}
    with Emulator(knobs=Knobs(max_nodes=20)) as account:
        found = reasons(
            make_apart(account, **rules).clusters(), {"nodes": 30, "terminate_on_idle": True, "time_to_idle": 7200}
        )
    assert [name for name, _ in found] == ["", "type", "nodes", "nodes"]
    texts = " ".join(text for _, text in found)
    for part in (
        "this environment expired",
        "type must be 'sandbox'",
        "about 60 node-hours",
        "at most 20 for a cluster",
    ):
        assert part in texts


def test_what_exists_goes_on_in_an_expired_stack(make_apart: Callable[..., ProviderScene]) -> None:
    """An update is let pass, of clusters and of runs; hooks cost nothing and may even be new."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_EXPIRES=LONG_AGO)
        assert reasons(scene.clusters(), {"nodes": 3}, {"nodes": 2}) == []
        run = {"cluster_id": account.add_cluster().id, "package_id": 101}
        assert reasons(scene.runs(), run, run) == []
        assert (
            reasons(scene.hooks(), {"type": "web", "settings": {"url": "https://a.example"}, "events": ["job"]}) == []
        )
        work = {"packages": [{"package_id": "101"}], "every": "1 day"}
        for host, given in ((scene.runs(), run), (scene.schedules(), work)):
            (refused,) = reasons(host, given)
            assert "this environment expired" in refused[1]
        assert reasons(scene.schedules(), work, work) == []


def warnings(scene: ProviderScene, host: Host) -> list[str]:
    """Return the warnings about one resource."""
    return [line.text for line in scene.engine.lines if line.severity == "WARNING" and line.urn == host.urn]


@pytest.mark.parametrize("order", [(6, 2), (2, 6)])
def test_limit_of_node_hours_counts_clusters_in_any_order(
    make_apart: Callable[..., ProviderScene], order: tuple[int, int]
) -> None:
    """Whichever is checked last is refused, be it one that does not change; checked again it counts once."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_MAX_NODE_HOURS="7", XPLENTY_LIFETIME="1h")
        first, last = ({"nodes": nodes} for nodes in order)
        host = scene.clusters()
        for _ in range(3):
            assert reasons(host, first) == []
        ((name, text),) = reasons(scene.clusters(), last, last)
        assert name == "nodes"
        assert "about 8 node-hours: 2 clusters" in text


@pytest.mark.parametrize("order", [("new", "old"), ("old", "new")])
def test_plan_counts_clusters_in_any_order(make_apart: Callable[..., ProviderScene], order: tuple[str, str]) -> None:
    """A cluster too many is refused with whichever is checked last, be it one that does not change."""
    two, many = {"nodes": 2}, {"nodes": 9}
    earlier = {"new": None, "old": many}
    with Emulator(knobs=Knobs(max_clusters=1, max_nodes=5)) as account:
        scene = make_apart(account)
        given = {"new": two, "old": many}
        first, last = (reasons(scene.clusters(), given[one], earlier[one]) for one in order)
        assert first == []
        ((name, text),) = last
        assert name == "type"
        assert "allows 1 production clusters at once; this stack declares 2" in text


def test_estimate_is_said_at_the_end(make_apart: Callable[..., ProviderScene]) -> None:
    """Once, for the whole stack, where something of it is planned."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_LIFETIME="1h")
        reasons(scene.clusters(), {"nodes": 2}, {"nodes": 2})
        scene.clusters().cancel()
        assert [line.text for line in scene.engine.lines if "node-hour" in line.text] == []
        reasons(scene.clusters(), {"nodes": 4})
        scene.clusters().cancel()
        scene.clusters().cancel()
        assert [line.text for line in scene.engine.lines if "node-hour" in line.text] == [
            "about 6 node-hours: 2 clusters"
        ]


def test_a_cluster_of_unknown_nodes_is_named(make_apart: Callable[..., ProviderScene]) -> None:
    """Nodes that another resource gives are not known in a preview, and are not left out unsaid."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_LIFETIME="1h")
        reasons(scene.clusters(), {"nodes": 4})
        reasons(scene.clusters(), {"nodes": UNKNOWN})
        scene.clusters().cancel()
        assert [line.text for line in scene.engine.lines if "node-hour" in line.text] == [
            "about 4 node-hours: 1 cluster + 1 cluster whose nodes are not known yet"
        ]


def test_a_failed_check_leaves_the_estimate_out(make_apart: Callable[..., ProviderScene]) -> None:
    """The engine may not have reached every cluster, so the sum would be too small."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_LIFETIME="1h")
        assert reasons(scene.clusters(), {"nodes": 2}) == []
        assert reasons(scene.clusters(), {"nodes": 2, "time_to_idle": "soon"})
        scene.clusters().cancel()
        assert [line.text for line in scene.engine.lines if "node-hour" in line.text] == []


def test_wrong_triggers_are_not_shown(make_apart: Callable[..., ProviderScene]) -> None:
    """They may be secret, and the engine prints the value of the input that a failure names, so it names none."""
    with Emulator() as account:
        ((name, text),) = reasons(
            make_apart(account).runs(), {"cluster_id": 1, "package_id": 101, "triggers": "a token"}
        )
    assert (name, text) == ("", "triggers must be a list or a mapping, got a str")


def test_nothing_is_asked_about_what_has_not_changed(make_apart: Callable[..., ProviderScene]) -> None:
    """Neither the plan nor a package is looked at where nothing that depends on them is another one."""
    run = {"cluster_id": 1, "package_id": 999, "variables": {"x": "1"}}
    with Emulator() as account:
        scene = make_apart(account)
        assert reasons(scene.clusters(), {"nodes": 99, "name": "new"}, {"nodes": 99}) == []
        assert reasons(scene.runs(), {**run, "timeout": 60}, run) == []
        assert account.calls() == ()
        assert reasons(scene.runs(), run, {**run, "variables": {}})
        assert account.calls()


def test_unknown_inputs_leave_out_what_depends_on_them(make_apart: Callable[..., ProviderScene]) -> None:
    """A package or a number of nodes that comes later is refused by nobody now."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_MAX_NODE_HOURS="1", XPLENTY_ALLOWED_TYPES="sandbox")
        assert reasons(scene.clusters(), {"nodes": UNKNOWN, "type": UNKNOWN}) == []
        assert reasons(scene.runs(), {"cluster_id": UNKNOWN, "package_id": UNKNOWN, "variables": {"a": UNKNOWN}}) == []
        assert [call.path for call in account.calls() if "packages" in call.path] == []


def test_strange_variables_are_a_warning_in_the_row(make_apart: Callable[..., ProviderScene]) -> None:
    """The run is let pass; its row and the diagnostics say which variables its package does not declare."""
    with Emulator() as account:
        scene = make_apart(account)
        host = scene.runs()
        one = account.add_cluster().id
        assert reasons(host, {"cluster_id": one, "package_id": 101, "variables": {"dya": "'x'"}}) == []
        (line,) = [line for line in scene.engine.lines if line.severity == "WARNING" and line.urn == host.urn]
        assert (line.text, line.ephemeral) == (
            "package 101 does not declare the variable dya; it declares day, output_path",
            False,
        )


def test_each_warning_of_a_replaced_run_is_shown_once(make_apart: Callable[..., ProviderScene]) -> None:
    """The engine checks a replacement once as a change and once as something new, with a diff between them."""
    with Emulator() as account:
        scene = make_apart(account)
        host, ended = scene.runs(), account.add_cluster().id
        account.edit_cluster(ended, status="terminated")
        olds = {"cluster_id": ended, "package_id": 101, "variables": {"day": "'a'"}}
        news = {**olds, "variables": {"dya": "2026-01-31"}}
        assert reasons(host, news, olds) == []
        host.diff("5", {**host.properties(olds), "status": "failed"}, host.properties(news))
        assert reasons(host, news) == []
        beginnings = sorted(text.split()[0] for text in warnings(scene, host))
        assert beginnings == ["cluster", "dya", "package"]
        other = scene.runs()
        assert reasons(other, news) == []
        assert len(warnings(scene, other)) == 3


def test_one_production_node_is_a_warning_where_it_is_new(make_apart: Callable[..., ProviderScene]) -> None:
    """It is let pass, since the service decides; where the state has it already nothing is said."""
    with Emulator() as account:
        scene = make_apart(account)
        host = scene.clusters()
        assert reasons(host, {"nodes": 1, "name": "b"}, {"nodes": 1, "name": "a"}) == []
        assert [line for line in scene.engine.lines if line.severity == "WARNING"] == []
        assert reasons(host, {"nodes": 1}) == []
        (line,) = [line for line in scene.engine.lines if line.severity == "WARNING" and line.urn == host.urn]
        assert line.text.startswith("a production cluster of 1 node")


def test_smallest_sizing_is_in_the_checked_inputs(make_apart: Callable[..., ProviderScene]) -> None:
    """Whatever is declared is a production cluster of two nodes that ends when idle; its machines are as declared."""
    with Emulator() as account:
        host = make_apart(account, XPLENTY_SIZING="smallest").clusters()
        first, failures = host.check(
            host.properties({"nodes": 8, "type": "sandbox", "zone": "b", "time_to_idle": 7200})
        )
        second, _ = host.check(host.properties({"nodes": 8, "type": "sandbox", "zone": "b"}), first)
    assert not failures
    assert (first["type"], first["nodes"], first["zone"]) == ("production", 2, "b")
    assert (first["terminate_on_idle"], first["time_to_idle"]) == (True, 900)
    assert first == second


def test_sandbox_sizing_is_in_the_checked_inputs(make_apart: Callable[..., ProviderScene]) -> None:
    """What the engine stores, shows and compares is the sandbox, so a second check gives the very same."""
    declared = {"nodes": 4, "master_instance_type": "m9", "name": "etl"}
    with Emulator() as account:
        host = make_apart(account, XPLENTY_SIZING="sandbox").clusters()
        first, failures = host.check(host.properties(declared))
        second, _ = host.check(host.properties(declared), first)
    assert not failures
    assert (first["type"], first["nodes"], first["terminate_on_idle"], first["name"]) == ("sandbox", 1, True, "etl")
    assert "master_instance_type" not in first
    assert first == second


@pytest.mark.parametrize(("rule", "enabled"), [("disabled", False), ("as-declared", True)])
def test_schedules_of_a_stack_may_all_be_disabled(
    make_apart: Callable[..., ProviderScene],
    rule: str,
    enabled: bool,
) -> None:
    """The rule is in the checked inputs, whatever the program says, so preview and `up` show it."""
    declared = {"packages": [{"package_id": "101"}], "every": "1 day", "enabled": True}
    with Emulator() as account:
        host = make_apart(account, XPLENTY_SCHEDULES=rule).schedules()
        first, failures = host.check(host.properties(declared))
        second, _ = host.check(host.properties(declared), first)
    assert not failures
    assert (first["enabled"], first["every"]) == (enabled, "1 day")
    assert first == second


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("XPLENTY_ALLOWED_TYPES", "allowedTypes"),
        ("XPLENTY_MAX_NODE_HOURS", "maxNodeHours"),
        ("XPLENTY_SIZING", "sizing"),
        ("XPLENTY_SCHEDULES", "schedules"),
        ("XPLENTY_LIFETIME", "lifetime"),
        ("XPLENTY_EXPIRES", "expires"),
    ],
)
def test_bad_rule_is_named(make_apart: Callable[..., ProviderScene], variable: str, key: str) -> None:
    """The failure names the rule, what was wrong with it, and the two places where it can be set."""
    with Emulator() as account:
        ((name, text),) = reasons(make_apart(account, **{variable: "huge"}).clusters(), {"nodes": 2})
    assert name == ""
    assert f"xplenty:{key} must" in text
    assert "'huge'" in text
    assert variable in text


def test_misspelt_setting_of_the_stack_is_refused(make_apart: Callable[..., ProviderScene]) -> None:
    """A guard whose name is misspelt would be off, so nothing passes; the right name does."""
    with Emulator() as account:
        host, other = make_apart(account).clusters(), make_apart(account).clusters()
        host.configure(**{"xplenty:maxNodeHour": "1", "loads:day": "x"})
        ((_, text),) = reasons(host, {"nodes": 2})
        assert "xplenty:maxNodeHour is no setting, so it has no effect; the nearest is xplenty:maxNodeHours" in text
        other.configure(**{"xplenty:maxNodeHours": "100", "loads:maxNodeHour": "x"})
        assert reasons(other, {"nodes": 2}) == []


def test_strange_variable_is_a_warning_once(make_apart: Callable[..., ProviderScene]) -> None:
    """However many resources are checked, a misspelt variable is told once, and nothing is refused for it."""
    with Emulator() as account:
        scene = make_apart(account, XPLENTY_ALOWED_TYPES="sandbox")
        assert [reasons(scene.clusters(), {"nodes": 2}) for _ in range(3)] == [[], [], []]
        told = [line for line in scene.engine.lines if "XPLENTY_ALOWED_TYPES" in line.text]
        assert [line.severity for line in told] == ["WARNING"]
        assert told[0].text.endswith("the nearest is XPLENTY_ALLOWED_TYPES")


def test_rule_in_the_namespace_of_the_project_is_a_warning_once(make_apart: Callable[..., ProviderScene]) -> None:
    """`pulumi config set maxNodeHours` sets a value of the program, which limits nothing; the text names the rule."""
    with Emulator() as account:
        scene = make_apart(account, PULUMI_PROJECT="loads", XPLENTY_EXPIRES="2999-01-01T00:00:00Z")
        for _ in range(3):
            host = scene.clusters()
            host.configure(
                **{"loads:maxNodeHours": "1", "other:lifetime": "1h", "loads:expires": "x", "loads:day": "x"}
            )
            assert reasons(host, {"nodes": 2}) == []
        (told,) = [line for line in scene.engine.lines if line.severity == "WARNING"]
    assert told.text == (
        "loads:maxNodeHours is a value of the program and no rule of the stack, so it is not applied; set the rule "
        "with `pulumi config set xplenty:maxNodeHours VALUE`"
    )


def test_unquoted_texts_are_a_warning_in_the_row(make_apart: Callable[..., ProviderScene]) -> None:
    """Dates and paths are told of before the run; a secret is likely one of the service's own, which is plain text."""
    given = {"day": "2026-01-31", "path": "/sales/x", "output_path": "two words", "n": "5"}
    with Emulator() as account:
        scene = make_apart(account)
        host = scene.runs()
        run = {"cluster_id": account.add_cluster().id, "package_id": 101, "variables": given}
        assert reasons(host, {**run, SECRETS: ["output_path"]}) == []
        (text,) = [line.text for line in scene.engine.lines if "quote" in line.text and line.urn == host.urn]
        assert text.startswith("day, path look like texts without quotes")
        other = scene.runs()
        assert reasons(other, {**run, SECRETS: ["*"]}) == []
        assert [line.text for line in scene.engine.lines if "quote" in line.text and line.urn == other.urn] == []


def test_cluster_of_a_run_is_looked_at(make_apart: Callable[..., ProviderScene]) -> None:
    """One that does not exist is refused; one that has ended is told of, also where a failed run is to run anew."""
    with Emulator() as account:
        scene = make_apart(account)
        ((name, text),) = reasons(scene.runs(), {"cluster_id": 99999, "package_id": 101})
        assert (name, text.partition(".")[0]) == ("cluster_id", "cluster 99999 does not exist in this account")
        ended = account.add_cluster().id
        account.edit_cluster(ended, status="terminated", terminated_on_idle=True)
        run, host = {"cluster_id": ended, "package_id": 101}, scene.runs()
        assert reasons(host, run) == []
        failed = scene.runs()
        assert reasons(failed, run, run) == []
        failed.diff("5", {**failed.properties(run), "status": "failed"}, failed.properties(run))
        for one in (host, failed):
            (text,) = warnings(scene, one)
            assert text.startswith(f"cluster {ended} is terminated, after it had been idle, so no new run can start")
        settled = scene.runs()
        assert reasons(settled, {**run, "timeout": 60}, run) == []
        assert [line for line in scene.engine.lines if line.urn == settled.urn] == []


def test_what_a_refresh_compares_starts_no_run(make_apart: Callable[..., ProviderScene]) -> None:
    """It knows the cluster of the failed run, and not yet that of the next one: nothing is said of a start."""
    with Emulator() as account:
        scene = make_apart(account)
        ended, failed = account.add_cluster(status="terminated").id, scene.runs()
        given = failed.properties({"cluster_id": ended, "package_id": 101})
        failed.diff("5", {**given, "status": "failed"}, given)
        assert warnings(scene, failed) == []


def test_new_hook_in_a_wrong_account_is_refused(make_apart: Callable[..., ProviderScene]) -> None:
    """Settings that nothing can succeed with are refused with the first thing that is new, whatever its kind."""
    hook = {"type": "web", "settings": {"url": "https://a.example"}, "events": ["job"]}
    with Emulator(knobs=Knobs(foreign_account=404)) as account:
        scene = make_apart(account, XPLENTY_ACCOUNT_ID="nobody")
        ((_, text),) = reasons(scene.hooks(), hook)
        assert "the service does not know the account (404)" in text
        assert reasons(scene.hooks(), hook, hook) == []


def test_silent_service_fails_nothing(make_apart: Callable[..., ProviderScene]) -> None:
    """Where nobody answers, each check passes and one warning says so."""
    with Emulator() as account:
        scene = make_apart(account)
    found = [reasons(scene.runs(), {"cluster_id": 1, "package_id": number}) for number in (1, 2, 3)]
    found.append(reasons(scene.clusters(), {"nodes": 99}))
    assert found == [[], [], [], []]
    assert len([line for line in scene.engine.lines if "could not be checked before the operation" in line.text]) == 1
