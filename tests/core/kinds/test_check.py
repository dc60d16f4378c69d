"""Inputs are validated by the tables: all problems at once, each naming its field, and never an exception."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xplenty_pulumi.core.kinds.check import check
from xplenty_pulumi.core.kinds.cluster import CLUSTER
from xplenty_pulumi.core.kinds.job_run import JOB_RUN
from xplenty_pulumi.core.kinds.kind import Kind
from xplenty_pulumi.core.kinds.marker import Owner, marker_of, sign
from xplenty_pulumi.errors import SpecError

MARKED = sign("night", marker_of(Owner("acme", "loads", "dev", "nightly")))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800") | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def named(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    """Return inputs of `kind` that are mostly called what they should be called."""
    names = st.sampled_from([*kind.by_name, "", "Nodes", "unknown"])
    likely = st.sampled_from([1, 2, "2", 0, -1, "sandbox", "production", "t", "30m", MARKED, "[xp9", {"A": 10**400}])
    return st.dictionaries(names, VALUES | likely, max_size=12)


def fields_of(problems: tuple[SpecError, ...]) -> list[str]:
    """Return the names of the fields that the problems name."""
    return [problem.field for problem in problems]


def test_defaults_are_filled_in() -> None:
    """The documented defaults stand where the user says nothing; what the service decides stays away."""
    assert check(CLUSTER, {"nodes": 3}).inputs == {
        "nodes": 3,
        "type": "production",
        "description": "",
        "terminate_on_idle": False,
        "time_to_idle": 3600,
        "wait_for": "ready",
        "on_create_failure": "terminate",
        "active_jobs_on_terminate": "stop",
        "ready_timeout": 1800.0,
        "terminate_timeout": 1200.0,
    }


def test_inputs_take_their_canonical_form() -> None:
    """Whatever the spelling, inputs come out in the form that is compared and sent."""
    given = {
        "nodes": 4.0,
        "description": " night ",
        "terminate_on_idle": "t",
        "time_to_idle": "45m",
        "master_spot_price": 0.25,
        "ready_timeout": "1h30m",
        "bootstrap_actions": [{"script_path": "s3://a", "args": None}],
    }
    checked = check(CLUSTER, given)
    assert not checked.problems
    assert {name: checked.inputs[name] for name in given} == {
        "nodes": 4,
        "description": "night",
        "terminate_on_idle": True,
        "time_to_idle": 2700,
        "master_spot_price": 0.25,
        "ready_timeout": 5400.0,
        "bootstrap_actions": [{"script_path": "s3://a"}],
    }


def test_a_run_takes_ids_and_variables_in_any_spelling() -> None:
    """Ids become texts of digits and variables the texts that are sent."""
    checked = check(JOB_RUN, {"cluster_id": 77.0, "package_id": "101", "variables": {"N": 2.0}})
    assert not checked.problems
    assert checked.inputs == {
        "cluster_id": "77",
        "package_id": "101",
        "variables": {"N": "2"},
        "account": "",
        "on_unsure": "verify",
        "timeout": 86_400.0,
        "stop_timeout": 1200.0,
    }


def test_nothing_means_the_default() -> None:
    """A field set to nothing is a field that is not set."""
    assert check(CLUSTER, {"nodes": 2, "type": None, "zone": None}).inputs == check(CLUSTER, {"nodes": 2}).inputs


@pytest.mark.parametrize(
    ("kind", "missing"), [(CLUSTER, ["nodes"]), (JOB_RUN, ["cluster_id", "package_id"])], ids=lambda one: str(one)[:9]
)
def test_required_fields_are_missed(kind: Kind, missing: list[str]) -> None:
    """Every required field that is not there is a problem of its own."""
    problems = check(kind, {}).problems
    assert fields_of(problems) == missing
    assert all(str(problem).startswith(f"{problem.field} is required") for problem in problems)


def test_nodes_of_a_sandbox_may_be_left_out() -> None:
    """It has one; which nodes there are is open while the type is, and production has no number of its own."""
    assert check(CLUSTER, {"type": "sandbox"}).inputs == check(CLUSTER, {"type": "sandbox", "nodes": 1}).inputs
    assert not check(CLUSTER, {"type": "sandbox"}).problems
    later = check(CLUSTER, {}, unknown=frozenset({"type"}))
    assert not later.problems
    assert "nodes" not in later.inputs
    assert "nodes" not in check(CLUSTER, {"type": "sandbox"}, unknown=frozenset({"nodes"})).inputs
    (problem,) = check(CLUSTER, {"type": "production"}).problems
    assert str(problem) == "nodes is required for a production cluster"


@pytest.mark.parametrize(
    ("named", "problems"),
    [
        ({"package_id": 3}, []),
        ({"package": "Sales"}, []),
        ({"package": "3"}, []),
        ({}, ["package_id is required, or package with its name"]),
        ({"package_id": 3, "package": "Sales"}, ["package_id or package must be given, not both"]),
    ],
)
def test_a_package_is_named_once(named: dict[str, Any], problems: list[str]) -> None:
    """By its id or by its name, and by one of them."""
    assert [str(one) for one in check(JOB_RUN, {"cluster_id": 1, **named}).problems] == problems


@pytest.mark.parametrize("name", ["package_id", "package"])
def test_a_package_may_be_known_later(name: str) -> None:
    """What comes from another resource counts as given."""
    assert not check(JOB_RUN, {"cluster_id": 1}, unknown=frozenset({name})).problems


def test_a_package_id_that_is_none_is_one_problem() -> None:
    """It is not missed as well."""
    assert fields_of(check(JOB_RUN, {"cluster_id": 1, "package_id": "three"}).problems) == ["package_id"]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"nodes": 2, "type": "sandbox"}, "nodes must be exactly 1 for a sandbox cluster, got 2"),
        ({"nodes": 0, "type": "production"}, "nodes must be between 1 and 10000, got 0"),
    ],
)
def test_nodes_fit_the_type(inputs: dict[str, object], words: str) -> None:
    """A sandbox has one node, production any number of them."""
    problems = check(CLUSTER, inputs).problems
    assert fields_of(problems) == ["nodes"]
    assert str(problems[0]) == words


@pytest.mark.parametrize("inputs", [{"nodes": 1, "type": "sandbox"}, {"nodes": 2}, {"nodes": 2.0}])
def test_nodes_that_fit(inputs: dict[str, object]) -> None:
    """The smallest cluster of each type is accepted."""
    assert not check(CLUSTER, inputs).problems


@pytest.mark.parametrize("inputs", [{"nodes": 1}, {"nodes": 1.0, "type": "production"}])
def test_production_cluster_of_one_node_is_a_doubt(inputs: dict[str, object]) -> None:
    """Documents disagree on it: it is no problem, and the text says that the service decides."""
    checked = check(CLUSTER, inputs)
    assert not checked.problems
    assert "the service decides" in checked.doubts["nodes"]


@pytest.mark.parametrize("inputs", [{"nodes": 1, "type": "sandbox"}, {"nodes": 2}, {"nodes": 0}, {}])
def test_other_clusters_are_no_doubt(inputs: dict[str, object]) -> None:
    """What is right or wrong is not doubted as well, nor what is not known yet."""
    assert check(CLUSTER, inputs).doubts == {}
    assert check(CLUSTER, {"nodes": 1}, unknown=frozenset({"type"})).doubts == {}


def test_description_must_not_be_signed() -> None:
    """A marker in the text would be taken for ours."""
    problems = check(CLUSTER, {"nodes": 2, "description": MARKED}).problems
    assert fields_of(problems) == ["description"]
    assert not check(CLUSTER, {"nodes": 2, "description": f"{MARKED} and more"}).problems


def test_marker_of_endless_version_is_no_marker() -> None:
    """Digits without end are text like any other."""
    assert not check(CLUSTER, {"nodes": 2, "description": f"[xp{'1' * 5000}:dev-1:0123456789ab]"}).problems


def test_all_problems_come_at_once() -> None:
    """Nobody has to run twice to hear of the second mistake; rules between fields are looked at too."""
    inputs = {"nodes": 5, "type": "sandbox", "time_to_idle": 0, "colour": "red", "description": MARKED, "zone": ""}
    problems = check(CLUSTER, inputs).problems
    assert sorted(fields_of(problems)) == ["colour", "description", "nodes", "time_to_idle", "zone"]


def test_a_wrong_field_is_blamed_once() -> None:
    """Rules between fields leave out what is wrong by itself."""
    problems = check(CLUSTER, {"nodes": "many", "type": "sandbox", "description": 3}).problems
    assert fields_of(problems) == ["nodes", "description"]
    assert not check(CLUSTER, {"nodes": 1, "type": "sandbox"}).problems
    assert fields_of(check(CLUSTER, {"nodes": 1, "type": "box"}).problems) == ["type"]


def test_a_wrong_field_keeps_its_raw_value() -> None:
    """The caller shows what the user wrote."""
    assert check(CLUSTER, {"nodes": "many"}).inputs["nodes"] == "many"


def test_unknown_names_are_named_with_what_there_is() -> None:
    """A slip in a name is told together with the names that exist."""
    (problem,) = check(JOB_RUN, {"cluster_id": 1, "package_id": 2, "variable": {}}).problems
    assert problem.field == "variable"
    assert str(problem).startswith("a job has no input 'variable'; it has cluster_id, package_id, package, ")


@pytest.mark.parametrize("later", ["nodes", "type", "description"])
def test_what_comes_later_is_not_judged(later: str) -> None:
    """A field without a value yet is neither missing nor wrong nor filled in, and rules that need it are skipped."""
    given = {"nodes": 2, "type": "sandbox", "description": MARKED}
    others = {"nodes": {"description"}, "type": {"description"}, "description": {"nodes"}}
    known = {name: value for name, value in given.items() if name != later}
    checked = check(CLUSTER, known, unknown=frozenset({later}))
    assert set(fields_of(checked.problems)) == others[later]
    assert later not in checked.inputs


def test_unknown_names_are_found_before_their_value() -> None:
    """A name that does not exist is wrong whatever its value will be."""
    assert fields_of(check(CLUSTER, {"nodes": 2}, unknown=frozenset({"colour"})).problems) == ["colour"]


@given(known=named(CLUSTER), unknown=st.frozensets(st.sampled_from([*CLUSTER.by_name, "other"]), max_size=4))
def test_check_of_a_cluster_never_raises(known: dict[str, Any], unknown: frozenset[str]) -> None:
    """Whatever comes in, what is wrong comes out as problems, each naming a field that was given or is required."""
    problems = check(CLUSTER, known, unknown=unknown).problems
    assert problems or {"nodes", "type"} & {*known, *unknown}
    assert all(isinstance(problem, SpecError) for problem in problems)
    assert set(fields_of(problems)) <= {*known, *unknown, "nodes"}
    assert all(problem.field in str(problem) for problem in problems)


@given(known=named(JOB_RUN))
def test_check_of_a_run_never_raises(known: dict[str, Any]) -> None:
    """The same holds for runs."""
    problems = check(JOB_RUN, known).problems
    assert problems or "cluster_id" in known
    assert set(fields_of(problems)) <= {*known, "cluster_id", "package_id"}


@given(known=named(CLUSTER))
def test_accepted_inputs_are_canonical(known: dict[str, Any]) -> None:
    """What was accepted once is accepted again and does not change any more."""
    checked = check(CLUSTER, known)
    if not checked.problems:
        again = check(CLUSTER, checked.inputs)
        assert not again.problems
        assert again.inputs == checked.inputs


def test_marker_is_no_input_any_more() -> None:
    """In a program it is an error that names it; in a recorded state it is read and ignored."""
    checked = check(CLUSTER, {"nodes": 3, "marker": False})
    assert [problem.field for problem in checked.problems] == ["marker"]
    assert "marker" not in checked.inputs
