"""The public names, and the walls around the HTTP libraries."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import httpcore
import httpx
import pytest

import xplenty_pulumi.client
from xplenty_pulumi.client import Client
from xplenty_pulumi.client.http.outcomes import CLASSIFIED, NotSent, Unsure, classify

SOURCES = sorted(Path(xplenty_pulumi.client.__file__).parent.rglob("*.py"))


def test_public_names() -> None:
    """The package exports exactly these names, sorted."""
    assert xplenty_pulumi.client.__all__ == [
        "BootstrapAction",
        "Client",
        "Cluster",
        "Connection",
        "ConnectionType",
        "Creator",
        "Hook",
        "HookSettings",
        "HookTrigger",
        "Instance",
        "Job",
        "JobLog",
        "JobOutput",
        "LogSummary",
        "Package",
        "PingedHook",
        "Plan",
        "RateLimit",
        "Region",
        "Schedule",
        "ScheduleTask",
        "ScheduledPackage",
        "Subscription",
        "Validation",
        "ValidationProblem",
        "Watcher",
    ]
    assert all(hasattr(xplenty_pulumi.client, name) for name in xplenty_pulumi.client.__all__)


def test_public_methods() -> None:
    """The client has exactly these operations."""
    with Client(api_key="a-key", account_id="acme") as client:
        found = {
            name: sorted(method for method in dir(part) if not method.startswith("_"))
            for name, part in {
                "": client,
                "clusters": client.clusters,
                "connections": client.connections,
                "hooks": client.hooks,
                "jobs": client.jobs,
                "packages": client.packages,
                "plans": client.plans,
                "regions": client.regions,
                "schedules": client.schedules,
            }.items()
        }
    assert found == {
        "": [
            *(
                "account_time",
                "clock_ahead",
                "close",
                "clusters",
                "connections",
                "credits",
                "cut_lists",
                "has_own_time",
                "hooks",
                "jobs",
                "meter",
                "names",
                "packages",
                "plans",
                "rate_limit",
                "regions",
                "schedules",
                "user_id",
            ),
            "within",
        ],
        "clusters": [
            "create",
            "get",
            "instances",
            "list",
            "terminate",
            "unwatch",
            "update",
            "watch",
            "watchers",
        ],
        "connections": ["create", "delete", "get", "list", "test", "test_new", "types", "update"],
        "hooks": ["create", "delete", "get", "list", "ping", "update"],
        "jobs": ["children", "get", "list", "log", "run", "stop", "unwatch", "variables", "watch", "watchers"],
        "packages": [
            "create",
            "delete",
            "export",
            "get",
            "list",
            "start_validation",
            "update",
            "validate",
            "validation",
            "validations",
        ],
        "plans": ["list", "subscription"],
        "regions": ["list"],
        "schedules": ["create", "delete", "get", "list", "run", "unwatch", "update", "watch", "watchers"],
    }


def test_everything_public_is_documented() -> None:
    """Every exported class and every public method has a docstring."""
    for name in xplenty_pulumi.client.__all__:
        exported = getattr(xplenty_pulumi.client, name)
        assert inspect.getdoc(exported), name
    with Client(api_key="a-key", account_id="acme") as client:
        collections = ("clusters", "connections", "hooks", "jobs", "packages", "plans", "regions", "schedules")
        parts = tuple(getattr(client, name) for name in collections)
        for part in (client, *parts):
            for method in dir(type(part)):
                assert method.startswith("_") or inspect.getdoc(getattr(type(part), method)), method


def test_a_collection_is_built_when_it_is_used() -> None:
    """A call of clusters builds none of the others."""
    with Client(api_key="a-key", account_id="acme") as client:
        assert client.clusters is client.clusters
        built = {"clusters", "jobs", "packages", "schedules", "connections", "hooks", "plans", "regions"} & vars(
            client
        ).keys()
        assert built == {"clusters"}


def test_import_loads_no_engine() -> None:
    """Importing the client loads neither Pulumi nor anything of the layers above."""
    program = (
        "import sys, xplenty_pulumi.client\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('pulumi', 'grpc', 'deepdiff')"
        " or name.startswith(('xplenty_pulumi.core', 'xplenty_pulumi.dynamic', 'xplenty_pulumi.emulator'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("library", "importers"),
    [
        ("httpx", {"transport.py"}),
        ("httpcore", {"connection.py", "transport.py"}),
        ("pydantic", {"connections.py", "hooks.py", "models.py", "parsing.py"}),
    ],
)
def test_each_library_stays_in_its_place(library: str, importers: set[str]) -> None:
    """HTTP happens in the transport and its sockets, and validation in the models."""
    assert {path.name for path in SOURCES if library in imported_by(path)} == importers


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def exceptions_of(library: object) -> list[type[Exception]]:
    members = [member for _, member in inspect.getmembers(library) if inspect.isclass(member)]
    return [member for member in members if issubclass(member, Exception)]


def make(kind: type[Exception]) -> Exception:
    """An instance, whatever its constructor wants."""
    error = kind.__new__(kind)
    Exception.__init__(error, "text")
    return error


NOT_SENT = {
    "ConnectError",
    "ConnectTimeout",
    "ConnectionNotAvailable",
    "InvalidURL",
    "LocalProtocolError",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
}


@pytest.mark.parametrize("kind", [*exceptions_of(httpx), *exceptions_of(httpcore)])
def test_every_foreign_exception_is_classified(kind: type[Exception]) -> None:
    """Each exception class of the HTTP libraries is in the table, so that a new one is noticed."""
    assert kind.__name__ in CLASSIFIED
    outcome = classify(make(kind), words="text")
    assert isinstance(outcome, NotSent if kind.__name__ in NOT_SENT else Unsure)
    assert outcome.reason.endswith("(text)")
    assert outcome.timed_out == kind.__name__.endswith(("Timeout", "TimeoutException"))


def test_the_guard_sees_exceptions() -> None:
    """The walk finds the classes it is meant to find."""
    assert httpx.ReadTimeout in exceptions_of(httpx)
    assert len(exceptions_of(httpx)) > 20
    assert len(exceptions_of(httpcore)) > 10


@pytest.mark.parametrize("error", [ValueError("x"), OSError("x"), ConnectionError("x"), RuntimeError("")])
def test_unknown_exceptions_leave_it_open(error: Exception) -> None:
    """An exception that is in no table does not prove that nothing was sent."""
    assert isinstance(classify(error, words=""), Unsure)


def test_loads_no_command_line_of_httpx() -> None:
    """What httpx needs for its own command is not loaded with the client, and the rest of httpx is whole."""
    program = (
        "import sys, xplenty_pulumi.client, httpx; "
        "print([name for name in sys.modules if name.split('.')[0] in ('click', 'rich', 'pygments')], httpx.Client)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[] <class 'httpx.Client'>\n"
