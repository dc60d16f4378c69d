"""The package as it is delivered: it builds, stands alone, loads no more than is used, and keeps the house rules."""

import ast
import importlib
import importlib.metadata
import inspect
import os
import pkgutil
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import xplenty_pulumi.client
from xplenty_pulumi.core.kinds.registry import KINDS
from xplenty_pulumi.dynamic.resources.declare import outputs_of

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "xplenty_pulumi"
LONGEST_FILE, LONGEST_FUNCTION = 250, 40
PUBLIC = ("xplenty_pulumi", "xplenty_pulumi.client", "xplenty_pulumi.emulator", "xplenty_pulumi.errors")
SOURCES = sorted(PACKAGE.rglob("*.py"))
SUPPORT = sorted((ROOT / "tests" / "support").rglob("*.py"))
BROUGHT = {"google": "pulumi", "grpc": "pulumi", "pydantic_core": "pydantic", "pytest": "who uses the fixture"}
"""What is imported and not declared, with who brings it in the only version that can be used."""
NEWEST_METADATA = {"v1.14.2": "2.5"}
"""The newest version of the metadata that a release of the publishing action accepts: that of its Twine, here 7.0."""
FOREIGN = re.compile(
    r"/(?:home|root|Users|work|workspace|mnt|private)/(?!ada\b)[\w.]+|[A-Z]:\\\\Users|artifactory|devpi|nexus\."
)
"""Folders of some machine, other than an invented user's, and hosts of some package index."""


def python(code: str, *, path: str = "") -> str:
    """Run code in a new process and return what it prints; nothing of this process's environment gets into it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **({"PYTHONPATH": path} if path else {})}
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with what is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True, timeout=300, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, built from this checkout with what is installed here."""
    folder = tmp_path_factory.mktemp("source")
    command = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    (built,) = folder.glob("*.tar.gz")
    return built


def test_source_distribution_holds_what_its_tests_need(source: Path) -> None:
    """The package, its tests and tools, the pages, the examples, and what the checkout is set up by."""
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = [
        *SOURCES,
        *(file for folder in ("tests", "tools", "benchmarks") for file in (ROOT / folder).rglob("*.py")),
    ]
    needed += [file for folder in ("docs", "schema") for file in (ROOT / folder).rglob("*.*")]
    others = {"Makefile", "requirements-dev.lock", ".ci/run", "mkdocs.yml", "README.md", "SECURITY.md"}
    assert {str(one.relative_to(ROOT)) for one in needed if "__pycache__" not in one.parts} | others <= names


def test_index_accepts_the_distributions(wheel: Path, source: Path) -> None:
    """Their metadata and the description are well formed."""
    command = [sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.count("PASSED")) == (0, 2), done.stdout


def test_publishing_action_knows_the_metadata(wheel: Path) -> None:
    """Its own Twine is not the one of the lock file, and refuses a version of the metadata that it does not know."""
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    action = re.search(r"pypa/gh-action-pypi-publish@\w+ # (v[\d.]+)", workflow)
    assert action is not None
    assert _metadata(wheel).startswith(f"Metadata-Version: {NEWEST_METADATA[action[1]]}\n")


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Every source file, the type marker and the licence are in it; tests and tools are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {str(source.relative_to(ROOT)) for source in SOURCES} <= names
    assert "xplenty_pulumi/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names} == {"xplenty_pulumi", f"xplenty_pulumi-{_version()}.dist-info"}


def test_description_has_no_link_into_the_checkout(wheel: Path) -> None:
    """The package index shows README, and cannot follow a link to a file; the words of the link stay."""
    text = _metadata(wheel)
    assert "Description-Content-Type: text/markdown" in text
    assert "https://www.pulumi.com/docs/install/" in text
    assert "create, resize and end clusters" in text
    assert re.findall(r"\]\((?!https?://).*?\)", text) == []


def test_installed_wheel_works_alone(wheel: Path, tmp_path: Path) -> None:
    """Installed without its dependencies into an empty folder it is imported from there."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(tmp_path), str(wheel)], check=True, timeout=300, capture_output=True)
    told = python(
        "import xplenty_pulumi, xplenty_pulumi.client, xplenty_pulumi.emulator as e\n"
        "print(xplenty_pulumi.__file__, xplenty_pulumi.Cluster.__name__, len(e.Emulator().clusters()))",
        path=str(tmp_path),
    )
    assert told == f"{tmp_path}/xplenty_pulumi/__init__.py Cluster 0"


def _version() -> str:
    return xplenty_pulumi.__version__


def _metadata(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"xplenty_pulumi-{_version()}.dist-info/METADATA").decode()


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import xplenty_pulumi", ("pulumi", "grpc", "httpx", "pydantic", "deepdiff", "starlette", "typer")),
        ("import xplenty_pulumi; xplenty_pulumi.quote('a')", ("pulumi", "grpc", "httpx", "deepdiff")),
        ("import xplenty_pulumi.client", ("pulumi", "grpc", "deepdiff", "starlette", "uvicorn", "typer")),
        ("import xplenty_pulumi.emulator", ("pulumi", "grpc", "httpx", "starlette", "uvicorn", "pydantic")),
        (
            "from xplenty_pulumi import Cluster, Connection, Hook, JobRun, Package, Schedule",
            ("httpx", "httpcore", "pydantic", "starlette", "uvicorn", "typer", "deepdiff", "pytest"),
        ),
    ],
)
def test_import_loads_only_what_is_used(code: str, absent: tuple[str, ...]) -> None:
    """Who uses a part of the package does not wait for the libraries of another."""
    loaded = python(f"{code}\nimport sys\nprint(*sys.modules)").split()
    assert not {name for name in loaded if name.split(".")[0] in absent}


def test_front_end_is_loaded_when_it_is_used() -> None:
    """The first use of a resource loads Pulumi; an unknown name is told like any other."""
    look = "print('pulumi' in sys.modules)"
    assert python(f"import sys, xplenty_pulumi as x\n{look}\nx.Cluster\n{look}").split() == ["False", "True"]
    with pytest.raises(AttributeError, match="has no attribute 'Clutser'"):
        _ = xplenty_pulumi.Clutser
    assert set(xplenty_pulumi.__all__) <= set(dir(xplenty_pulumi))


def test_what_is_imported_is_declared() -> None:
    """Each library that the package imports is named in pyproject.toml or brought by one that is, and none in vain."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = (project["dependencies"], *project["optional-dependencies"].values())
    declared = {canonicalize_name(Requirement(one).name) for one in chain(*lists)}
    known = importlib.metadata.packages_distributions()
    names = {name for source in SOURCES for name in _imported(source)} - {*sys.stdlib_module_names, "xplenty_pulumi"}
    givers = {name: {canonicalize_name(one) for one in known.get(name, ())} for name in names}
    assert {name for name, those in givers.items() if not those & declared} == {*BROUGHT}
    assert declared - set().union(*givers.values()) == set()


def _imported(source: Path) -> Iterator[str]:
    """Yield the first part of each module that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def public_things() -> Iterator[tuple[str, object]]:
    """Yield every public class and function, with its public methods, by its full name."""
    for module_name in PUBLIC:
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")]):
            thing = getattr(module, name)
            if not getattr(thing, "__module__", "").startswith("xplenty_pulumi"):
                continue
            yield f"{module_name}.{name}", thing
            for method, value in vars(thing).items() if inspect.isclass(thing) else ():
                if not method.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
                    yield f"{module_name}.{name}.{method}", getattr(thing, method)


@pytest.mark.parametrize(("name", "thing"), [pytest.param(*one, id=one[0]) for one in public_things()])
def test_public_name_is_documented(name: str, thing: object) -> None:
    """Every public name says in a sentence of its own what it is."""
    text = inspect.getdoc(thing) or ""
    assert text.split("\n\n")[0].rstrip().endswith((".", ":", ")")), name
    assert len(text) > 10


@pytest.mark.parametrize("resource", [getattr(xplenty_pulumi, kind.resource) for kind in KINDS.values()])
def test_every_argument_and_output_is_documented(resource: type) -> None:
    """Every argument has a line of its own, and every output a text behind it in the source."""
    about = inspect.getdoc(resource.__init__) or ""  # type: ignore[misc]  # the one of this class is meant
    for name in inspect.signature(resource).parameters:
        assert f"\n    {name}: " in about
    source = inspect.getsource(inspect.getmodule(resource) or resource)
    assert outputs_of(resource)
    for name in outputs_of(resource):
        assert re.search(rf"^    {name}: Output\[.*\]\n    \"\"\"[A-Z`].*\.\"\"\"$", source, re.MULTILINE), name


def test_every_module_is_documented() -> None:
    """Every module begins with a text that says what it is for."""
    names = [one.name for one in pkgutil.walk_packages(xplenty_pulumi.__path__, "xplenty_pulumi.")]
    texts = {name: ast.get_docstring(ast.parse(_source(name))) for name in names if not name.endswith("__main__")}
    assert len(texts) > 100
    assert not [name for name, text in texts.items() if not text]


def _source(module: str) -> str:
    path = ROOT.joinpath(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(PACKAGE)))
def test_file_can_be_read_at_a_glance(source: Path) -> None:
    """No file has more than 250 lines, and no function more than 40 without its text and signature."""
    text = source.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_text = ast.get_docstring(node) is not None
            body = node.body[1:] if has_text else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert length <= LONGEST_FUNCTION, f"{source.name}:{node.lineno} {node.name} has {length} lines"


def test_no_path_of_a_machine_is_in_the_tree() -> None:
    """No file names a folder of the machine it was written on, or where packages came from there."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    files = [ROOT / name for name in listed if name] or SOURCES
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in files
        if file.is_file() and file != Path(__file__)
        for match in FOREIGN.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not found


SHARED = {path.parent for path in (ROOT / "tests" / "support").rglob("__init__.py")}


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCES} | SHARED), ids=lambda path: path.name)
def test_each_folder_names_what_is_in_it(folder: Path) -> None:
    """The docstring of a package has a line with each of its modules and packages, and few enough of them."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    modules = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert {*modules, *packages} <= set(re.findall(r"`(\w+)`", text))
    assert len(modules) <= 15


def test_a_class_name_is_used_once() -> None:
    """Nobody has to ask which one is meant; only a resource of programs is called as the record of the client is.

    What tests share is counted with the source, since tests name both.
    """
    names = Counter(
        node.name
        for source in (*SOURCES, *SUPPORT)
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, uses in names.items() if uses > 1} <= {*xplenty_pulumi.client.__all__}
    assert max(names.values()) <= 2


def test_plain_words_are_used() -> None:
    """Words that this project does not use, with the ones that stand for them."""
    pages = [
        *SOURCES,
        *sorted((ROOT / "tests").rglob("*.py")),
        *sorted((ROOT / "docs").rglob("*.md")),
        ROOT / "README.md",
    ]
    written = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8").lower() for page in pages}
    habits = {" ".join(("can", "not")): "cannot", " ".join(("in", "order", "to")): "to"}
    assert not [
        (page, habit, plain) for page, text in written.items() for habit, plain in habits.items() if habit in text
    ]
