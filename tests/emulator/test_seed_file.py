"""Seed files: what they may say and how mistakes are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from xplenty_pulumi.emulator import Knobs, PackageSeed, Seed
from xplenty_pulumi.emulator.life.seed import read_seed_file
from xplenty_pulumi.errors import ConfigError


def written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "seed.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_a_file_gives_seed_and_knobs(tmp_path: Path) -> None:
    """Packages, names and knobs come out as the values a test would write."""
    document = {
        "account_id": "acme",
        "api_key": "k",
        "packages": [{"id": 7, "name": "p", "run_seconds": 5, "failure": "no", "needed_nodes": 3}],
        "schedules": [{"id": 1, "name": "s", "packages": [{"package_id": 7}]}],
        "clusters_that_fail": ["doomed*"],
        "knobs": {"delete_ended_cluster": 404, "creating_seconds": 1},
    }
    seed, knobs = read_seed_file(written(tmp_path, document))
    assert (seed.account_id, seed.api_key, seed.clusters_that_fail) == ("acme", "k", ("doomed*",))
    assert seed.packages == (PackageSeed(7, "p", run_seconds=5, failure="no", needed_nodes=3),)
    assert knobs == Knobs(delete_ended_cluster=404, creating_seconds=1)


def test_an_empty_object_is_the_default_account(tmp_path: Path) -> None:
    """Nothing said, everything as without a file."""
    assert read_seed_file(written(tmp_path, {})) == (Seed(), Knobs())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "it is not valid JSON in UTF-8"),
        ("[]", "it must hold one JSON object"),
        ({"package": []}, "package: Unexpected keyword argument"),
        ({"packages": [{"id": 1}]}, "packages.0.name: Field required"),
        ({"packages": [{"id": "x", "name": "p"}]}, "packages.0.id: Input should be a valid integer"),
        ({"packages": [{"id": 1, "name": "p", "speed": 3}]}, "packages.0.speed: Unexpected keyword argument"),
        ({"packages": [{"id": 0, "name": "p"}]}, "id must be 1 or more, got 0"),
        ({"packages": [{"id": 1, "name": "p", "run_seconds": -1}]}, "run_seconds must be 0 or more, got -1.0"),
        ({"packages": [{"id": 1, "name": "p", "needed_nodes": 0}]}, "needed_nodes must be 1 or more, got 0"),
        (
            {"packages": [{"id": 1, "name": "p"}, {"id": 1, "name": "q"}]},
            r"packages must have different ids, got \[1, 1\]",
        ),
        ({"packages": [{"id": 1, "name": "p", "status": "old"}]}, "packages.0.status: Input should be 'active' or"),
        ({"schedules": [{"id": 1, "name": "s", "interval_amount": 0}]}, "interval_amount must be 1 or more, got 0"),
        ({"schedules": [{"id": 0, "name": "s"}]}, "id must be 1 or more, got 0"),
        ({"account_id": "a/b"}, "account_id must be a text without slashes, got 'a/b'"),
        ({"account_id": ""}, "account_id must be a text without slashes, got ''"),
        ({"region": "mars"}, "region must be one of .*, got 'mars'"),
        ({"knobs": {"speed": 3}}, "knobs.speed: Unexpected keyword argument"),
        ({"knobs": {"delete_ended_cluster": 500}}, "knobs.delete_ended_cluster: Input should be 422, 404 or 200"),
        ({"knobs": {"creating_seconds": -1}}, "creating_seconds must be 0 or more, got -1"),
        ({"knobs": {"jobs_per_cluster": 0}}, "jobs_per_cluster must be 1 or more, got 0"),
        ({"knobs": 3}, "knobs: Input should be"),
    ],
)
def test_a_mistake_is_told_by_file_and_field(tmp_path: Path, document: Any, reason: str) -> None:
    """A wrong seed file is a ConfigError that names the file, the field and what to do."""
    path = written(tmp_path, document)
    with pytest.raises(ConfigError, match=rf"seed\.json cannot be used: {reason}") as caught:
        read_seed_file(path)
    assert "Correct the file" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    """A file that is not there is a ConfigError too."""
    with pytest.raises(ConfigError, match=r"none\.json cannot be used: No such file"):
        read_seed_file(tmp_path / "none.json")


def test_a_file_that_is_no_text_is_told_by_name(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are no seed file."""
    path = tmp_path / "seed.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="it is not valid JSON in UTF-8"):
        read_seed_file(path)
