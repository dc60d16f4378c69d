"""What may be asked of a new cluster, and what it is given by itself."""

from typing import Any

import pytest

from tests.support.accounts.caller import KEY, emulated
from xplenty_pulumi.emulator import Seed

EVERY_FIELD: dict[str, Any] = {
    "nodes": 4,
    "type": "production",
    "name": "New Cluster",
    "description": "New Cluster Description",
    "terminate_on_idle": True,
    "time_to_idle": 1800,
    "region": "amazon-web-services::eu-west-1",
    "zone": "eu-west-1c",
    "master_instance_type": "m3.large",
    "slave_instance_type": "m4.large",
    "master_spot_price": 0.2,
    "slave_spot_price": 0.153,
    "master_spot_percentage": 0.25,
    "slave_spot_percentage": 0.5,
    "allow_fallback": False,
    "stack": "blue-everest",
    "bootstrap_actions": [{"script_path": "s3://a/b.sh", "args": ["x", "y"]}, {"script_path": "s3://a/c.sh"}],
}


def test_every_field_comes_back_as_it_was_given() -> None:
    """All documented create fields are stored and shown."""
    caller = emulated()
    created = caller.post("clusters", EVERY_FIELD)
    assert created.status == 201
    read = caller.cluster(created.json()["id"])
    assert {name: read[name] for name in EVERY_FIELD} == EVERY_FIELD


def test_what_is_not_given_gets_the_documented_default() -> None:
    """Type, idle settings, region and stack have defaults, the name is made up, actions are absent."""
    created = emulated().post("clusters", {"nodes": 2}).json()
    assert (created["type"], created["terminate_on_idle"], created["time_to_idle"]) == ("production", False, 3600)
    assert (created["region"], created["stack"]) == ("amazon-web-services::us-east-1", "white-everest")
    assert created["name"]
    assert created["description"] is None
    assert "bootstrap_actions" not in created


def test_null_and_blank_names_mean_not_given() -> None:
    """A null field counts as missing and a blank name is replaced, as clients in use send both."""
    created = emulated().post("clusters", {"nodes": 2, "name": "", "description": "", "zone": None}).json()
    assert created["name"]
    assert (created["description"], created["zone"]) == ("", "us-east-1b")


def test_the_service_fills_in_zone_and_instance_types() -> None:
    """Zone and instance types that were not given are filled in."""
    created = emulated().post("clusters", {"nodes": 2}).json()
    machines = (created["zone"], created["master_instance_type"], created["slave_instance_type"])
    assert machines == ("us-east-1b", "m3.xlarge", "m3.xlarge")


@pytest.mark.parametrize(("setting", "status"), [("refuse", 422), ("accept", 201)])
def test_a_production_cluster_of_one_node_is_a_knob(setting: str, status: int) -> None:
    """One node is refused, as the API document has it, or taken."""
    assert emulated(single_node_production=setting).post("clusters", {"nodes": 1}).status == status


@pytest.mark.parametrize("nodes", [4, 4.0, "4", "4.0"])
def test_numbers_come_in_every_spelling(nodes: Any) -> None:
    """A whole number may be a number, a float with a whole value or a text."""
    assert emulated().post("clusters", {"nodes": nodes}).json()["nodes"] == 4


@pytest.mark.parametrize("true", [True, "true", "True", "t", 1, "1"])
@pytest.mark.parametrize("other", [False, "false", "f", 0, "0", "yes"])
def test_booleans_come_in_every_spelling(true: Any, other: Any) -> None:
    """`true`, `t` and `1` are true, everything else is false."""
    created = emulated().post("clusters", {"nodes": 2, "terminate_on_idle": true, "allow_fallback": other}).json()
    assert (created["terminate_on_idle"], created["allow_fallback"]) == (True, False)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "nodes is required"),
        ({"nodes": 1}, "nodes must be between 2 and 20 for a production cluster, got 1"),
        ({"nodes": 21}, "nodes must be between 2 and 20 for a production cluster, got 21"),
        ({"nodes": 2.5}, "nodes must be a whole number, got 2.5"),
        ({"nodes": "many"}, "nodes must be a number, got 'many'"),
        ({"nodes": True}, "nodes must be a number, got True"),
        ({"nodes": [2]}, "nodes must be a number, got [2]"),
        ({"nodes": "nan"}, "nodes must be a finite number, got 'nan'"),
        ({"nodes": 2, "type": "sandbox"}, "nodes must be 1 for a sandbox cluster, got 2"),
        ({"type": "sandbox"}, "nodes is required"),
        ({"nodes": 2, "type": "staging"}, "type must be one of production, sandbox, got 'staging'"),
        ({"nodes": 2, "type": ["production"]}, "type must be one of production, sandbox, got ['production']"),
        ({"nodes": 2, "name": 7}, "name must be a text, got 7"),
        ({"nodes": 2, "time_to_idle": -1}, "time_to_idle must be a number of seconds, 0 or more, got -1"),
        ({"nodes": 2, "master_spot_price": -0.1}, "master_spot_price must be a price in USD, 0 or more, got -0.1"),
        ({"nodes": 2, "slave_spot_percentage": 1.5}, "slave_spot_percentage must be between 0 and 1, got 1.5"),
        ({"nodes": 2, "master_spot_percentage": -1}, "master_spot_percentage must be between 0 and 1, got -1"),
        ({"nodes": 2, "region": "mars"}, "region 'mars' is not a region of this account; GET regions lists them"),
        ({"nodes": 2, "bootstrap_actions": "x"}, "bootstrap_actions must be a list, got 'x'"),
        (
            {"nodes": 2, "bootstrap_actions": [1]},
            "bootstrap_actions[0] must be an object of names and values, got 1",
        ),
        ({"nodes": 2, "bootstrap_actions": [{}]}, "bootstrap_actions[0].script_path must be a text, got None"),
        (
            {"nodes": 2, "bootstrap_actions": [{"script_path": "a", "args": [1]}]},
            "bootstrap_actions[0].args must be a list of texts, got [1]",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_name(fields: dict[str, Any], message: str) -> None:
    """A wrong field is a 422 that names it, and no cluster is made."""
    caller = emulated()
    response = caller.post("clusters", fields)
    assert (response.status, response.json()) == (422, {"message": message})
    assert caller.emulator.clusters() == ()


def test_a_refusal_quotes_no_whole_document() -> None:
    """A long wrong value is shortened in the text."""
    message = emulated().post("clusters", {"nodes": "x" * 1000}).json()["message"]
    assert len(message) < 100


def test_the_plan_sets_the_most_nodes() -> None:
    """The plan's maximum is a knob."""
    caller = emulated(max_nodes=3)
    assert caller.post("clusters", {"nodes": 3}).status == 201
    assert caller.post("clusters", {"nodes": 4}).status == 422


def test_a_sandbox_has_one_node() -> None:
    """Another number than 1 for a sandbox is refused."""
    assert emulated().post("clusters", {"nodes": 5, "type": "sandbox"}).status == 422


def test_an_accounts_regions_come_from_its_seed() -> None:
    """The seed's own region is the default and its list is what is accepted."""
    caller = emulated(Seed(api_key=KEY, region="gcloud::x", regions=("gcloud::x",)))
    assert caller.post("clusters", {"nodes": 2}).json()["region"] == "gcloud::x"
    assert caller.post("clusters", {"nodes": 2, "region": "amazon-web-services::us-east-1"}).status == 422


@pytest.mark.parametrize(
    ("longest", "policy", "expected"), [(None, "refuse", "a" * 300), (10, "cut", "a" * 10), (10, "refuse", None)]
)
def test_the_length_of_a_description_is_a_knob(longest: int | None, policy: str, expected: str | None) -> None:
    """Descriptions of any length are stored, or long ones are cut or refused."""
    caller = emulated(description_max_length=longest, description_too_long=policy)
    response = caller.post("clusters", {"nodes": 2, "description": "a" * 300})
    assert response.json().get("description") == expected
    assert response.status == (422 if expected is None else 201)


def test_blanks_around_a_description_are_kept() -> None:
    """A description is stored as it is, on create and on update."""
    caller = emulated()
    cluster = caller.new_cluster(description="  tag \n")
    assert caller.cluster(cluster)["description"] == "  tag \n"
    assert caller.put(f"clusters/{cluster}", {"description": " tag\n"}).json()["description"] == " tag\n"


@pytest.mark.parametrize(("setting", "status"), [("ignore", 201), ("refuse", 422)])
def test_unknown_fields_are_a_knob(setting: str, status: int) -> None:
    """A field nobody knows is ignored or refused; fields that are only read never matter."""
    caller = emulated(unknown_body_field=setting)
    assert caller.post("clusters", {"nodes": 2, "colour": "red"}).status == status
    assert caller.post("clusters", {"nodes": 2, "id": 7, "status": "available"}).json()["status"] == "pending"


def test_the_body_of_a_validation_error_is_a_message() -> None:
    """A 422 carries a message that begins with the field."""
    assert emulated().post("clusters", {}).json() == {"message": "nodes is required"}


def test_ids_are_never_used_again() -> None:
    """A removed record's id is not given to a later one."""
    caller = emulated()
    first = caller.new_cluster()
    caller.emulator.delete_record("cluster", first)
    assert caller.new_cluster() > first


def test_addresses_lead_back_to_the_cluster() -> None:
    """`url` is the absolute address under which the cluster is read."""
    caller = emulated()
    cluster = caller.new_cluster()
    url = caller.cluster(cluster)["url"]
    assert url == f"{caller.emulator.url}/{caller.emulator.account_id}/api/clusters/{cluster}"
