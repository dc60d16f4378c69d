"""A flow that somebody edits in the service between the preview and the update is not overwritten unseen."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.dynamic.conftest import ProviderScene
from tests.dynamic.host import Host, HostError
from xplenty_pulumi.dynamic import flows

EDITED = json.dumps({"components": [{"id": "by hand"}]})


def declared(host: Host, table: str, **inputs: Any) -> dict[str, Any]:
    """Return a package whose flow is kept in the folder of the project."""
    found = flows.inputs_in({"components": [{"id": "load", "table": table}]})
    return host.properties({"name": "loads", "flow": found["flow"], "validate": False, **inputs})


@pytest.fixture
def host(here: ProviderScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """What acts on packages, in a project of its own."""
    monkeypatch.chdir(tmp_path)
    return here.packages()


def flow_of(scene: ProviderScene, number: str) -> object:
    """Return the flow that the account has."""
    (found,) = [one for one in scene.account.packages() if one.id == int(number)]
    return json.loads(found.data_flow_json)


def test_an_edit_since_the_preview_stays(here: ProviderScene, host: Host) -> None:
    """The update fails, and says how to go on."""
    made, outputs = host.create(declared(host, "sales"))
    host.diff(made, outputs, declared(host, "sales_2"))
    here.account.edit_package(int(made), data_flow_json=EDITED)
    with pytest.raises(HostError, match=r"since the preview, so nothing is sent\. Run `pulumi preview` again"):
        host.update(made, outputs, declared(host, "sales_2"))
    assert flow_of(here, made) == json.loads(EDITED)


def test_it_is_overwritten_on_the_word_of_the_user(here: ProviderScene, host: Host) -> None:
    """As `on_edit` says."""
    made, outputs = host.create(declared(host, "sales"))
    here.account.edit_package(int(made), data_flow_json=EDITED)
    host.update(made, outputs, declared(host, "sales_2", on_edit="overwrite"))
    assert flow_of(here, made) != json.loads(EDITED)


def test_another_change_leaves_it(here: ProviderScene, host: Host) -> None:
    """An update that is not about the flow goes on, and repeats the edit."""
    made, outputs = host.create(declared(host, "sales"))
    here.account.edit_package(int(made), data_flow_json=EDITED)
    host.update(made, outputs, declared(host, "sales", name="other"))
    assert flow_of(here, made) == json.loads(EDITED)
