"""The third way: built from the vendor's published Go modules with an ordinary Go client.

The folders `cli` and `python-host` beside this file are two Go modules of ours, each with one `tool` line. They are two
because the language host has no release of its own and builds only against an older SDK than the command does. The
folder `oldest` is the module of the oldest command that is supported, which takes the place of `cli` in the long tests.
"""

import hashlib
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from tools.engine.errors import Unusable
from tools.engine.process import run, run_logged
from tools.engine.progress import heartbeat, lines_in, say
from tools.engine.version import Version

NAME = "a build from the Go modules"
MODULES = Path(__file__).resolve().parent
CLI = MODULES / "cli"
OLDEST = MODULES / "oldest"
PYTHON_HOST = MODULES / "python-host"
SDK = "github.com/pulumi/pulumi/sdk/v3"
SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
GO_FLOOR = Version(1, 26, 6)
ANSWER_SECONDS = 300.0
BUILD_SECONDS = 1800.0
ATTEMPTS = 2


@dataclass(frozen=True)
class Part:
    """One of the two modules to build, with what to tell the user."""

    module: Path
    title: str


PARTS = (
    Part(CLI, "building the pulumi command (3 to 5 minutes when nothing is cached)"),
    Part(PYTHON_HOST, "building the Python language host (about a minute when nothing is cached)"),
)


def key(cli: Path = CLI) -> str:
    """Return what tells one built engine from another: its version, and the exact modules it is made of."""
    sums = b"".join((part.module / name).read_bytes() for part in parts(cli) for name in ("go.mod", "go.sum"))
    return f"built-{pinned_version(cli).removeprefix('v')}-{hashlib.sha256(sums).hexdigest()[:8]}"


def parts(cli: Path) -> tuple[Part, ...]:
    """Return what an engine with this module of the command is made of."""
    return tuple(replace(part, module=cli) if part.module == CLI else part for part in PARTS)


def pinned_version(cli: Path = CLI) -> str:
    """Return the version of the pulumi command that `go.mod` of the module asks for, such as v3.276.0."""
    text = (cli / "go.mod").read_text(encoding="utf-8")
    match = re.search(rf"^require {re.escape(SDK)} (v\S+)", text, re.MULTILINE)
    if match is None:
        raise Unusable(f"{cli / 'go.mod'} requires no version of {SDK}")
    return match[1]


def build(into: Path, cli: Path = CLI) -> None:
    """Put an engine into `into`/bin; raise Unusable without a new enough Go or when the modules do not build."""
    (into / "bin").mkdir(parents=True)
    environment = go_environment(into / "bin")
    go = find_go(environment)
    say(f"{NAME} with {go}; Go keeps 1.4 GB of modules and its build cache for the next time")
    for part in parts(cli):
        with heartbeat(part.title, detail=lines_in(into / "log")):
            install_tool(go, part.module, version=pinned_version(cli), log=into / "log", environment=environment)
    copy_scripts(go, into / "bin", cli=cli, environment=environment)


def go_environment(output: Path) -> dict[str, str]:
    """Return the environment for Go: build for this machine, from our modules alone, and put commands in `output`."""
    kept = {name: value for name, value in os.environ.items() if name not in {"GOOS", "GOARCH", "GOFLAGS"}}
    return {**kept, "GOBIN": str(output), "GOWORK": "off", "CGO_ENABLED": "0"}


def find_go(environment: dict[str, str]) -> str:
    """Return the path of a `go` that can build our modules; one that fetches its own newer toolchain may do so."""
    go = shutil.which("go", path=environment.get("PATH"))
    if go is None:
        raise Unusable(f"there is no go on PATH, and {GO_FLOOR} or later is needed")
    version = Version.find(run([go, "env", "GOVERSION"], seconds=ANSWER_SECONDS, folder=CLI, environment=environment))
    if version is None or version < GO_FLOOR:
        raise Unusable(f"{go} is version {version or 'unknown'}, and {GO_FLOOR} or later is needed")
    return go


def install_tool(go: str, module: Path, *, version: str, log: Path, environment: dict[str, str]) -> None:
    """Build the tool of `module`; Go keeps what it downloaded, so a second try goes on where the first broke off."""
    symbol = f"-X {SDK}/go/common/version.Version={version}"
    flags = ["-mod=readonly", "-buildvcs=false", "-tags", "osusergo,grpcnotrace", "-ldflags", f"-s -w {symbol}"]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            run_logged(
                [go, "install", "-v", *flags, "tool"],
                seconds=BUILD_SECONDS,
                log=log,
                folder=module,
                environment=environment,
            )
        except Unusable as reason:
            if attempt == ATTEMPTS:
                raise
            say(f"{reason}; trying once more")
        else:
            return


def copy_scripts(go: str, output: Path, *, cli: Path, environment: dict[str, str]) -> None:
    """Copy the two scripts that the SDK's module carries beside its sources, and make them executable."""
    question = [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK]
    source = Path(run(question, seconds=ANSWER_SECONDS, folder=cli, environment=environment).strip())
    try:
        for script in SCRIPTS:
            target = output / Path(script).name
            shutil.copyfile(source / script, target)
            target.chmod(0o755)
    except OSError as error:
        raise Unusable(f"{source} does not give its scripts ({error.strerror})") from error
