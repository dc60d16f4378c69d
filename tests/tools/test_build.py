"""The build from Go modules, with a stand-in for `go` that writes down how it is called."""

import os
from pathlib import Path

import pytest

from tests.tools.fakes import command, engine
from tools.engine import build
from tools.engine.errors import Unusable
from tools.engine.verify import FLOOR, verify

GO = """
here=$(dirname "$0")
echo "$(basename "$PWD"): $*" >> "$here/calls"
env > "$here/environment"
case $1 in
  env) cat "$here/version" ;;
  list) echo "$here/sdk" ;;
  install)
    if [ -e "$here/failures" ]; then rm "$here/failures"; echo 'connection reset' >&2; exit 1; fi
    mkdir -p "$GOBIN"
    case $PWD in
      */cli | */oldest) cp "$here/engine/pulumi" "$GOBIN" ;;
      */python-host) cp "$here/engine/pulumi-language-python" "$GOBIN" ;;
    esac ;;
esac
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a `go` on PATH that makes an engine of scripts, and return the folder of its files."""
    folder = tmp_path / "go"
    command(folder / "go", GO)
    (folder / "version").write_text("go1.26.8\n", encoding="utf-8")
    engine(folder / "engine")
    for script in build.SCRIPTS:
        command(folder / "sdk" / script, "").chmod(0o444)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def calls(go: Path) -> list[str]:
    return (go / "calls").read_text(encoding="utf-8").splitlines()


def test_build(go: Path, tmp_path: Path) -> None:
    """What Go makes and what is copied from the SDK together pass the check, whatever the modes in Go's cache."""
    build.build(tmp_path / "made")
    assert verify(tmp_path / "made" / "bin").folder == tmp_path / "made" / "bin"
    assert os.access(tmp_path / "made" / "bin" / "pulumi-language-python-exec", os.X_OK)


def test_call_of_go(go: Path, tmp_path: Path) -> None:
    """Both modules are built as they are written down, with the version that the Automation API asks for."""
    build.build(tmp_path / "made")
    installs = [call for call in calls(go) if " install " in call]
    assert [call.split(":")[0] for call in installs] == ["cli", "python-host"]
    assert all("-mod=readonly" in call for call in installs)
    assert all(call.endswith("version.Version=v3.276.0 tool") for call in installs)


def test_oldest_engine(go: Path, tmp_path: Path) -> None:
    """The module of the oldest command that is supported takes the place of the newest one's."""
    build.build(tmp_path / "made", cli=build.OLDEST)
    installs = [call for call in calls(go) if " install " in call]
    assert [call.split(":")[0] for call in installs] == ["oldest", "python-host"]
    assert all(call.endswith(f"version.Version=v{FLOOR} tool") for call in installs)
    assert build.key(build.OLDEST).startswith(f"built-{FLOOR}-")


def test_environment_of_go(go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's settings for other projects do not reach the build."""
    for name, value in {"GOOS": "plan9", "GOARCH": "mips", "GOFLAGS": "-mod=vendor", "GOWORK": "/x/go.work"}.items():
        monkeypatch.setenv(name, value)
    build.build(tmp_path / "made")
    seen = (go / "environment").read_text(encoding="utf-8").splitlines()
    assert not [line for line in seen if line.startswith(("GOOS=", "GOARCH=", "GOFLAGS="))]
    assert {f"GOBIN={tmp_path / 'made' / 'bin'}", "GOWORK=off", "CGO_ENABLED=0"} <= set(seen)


def test_second_try(go: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A build that breaks off once is tried once more."""
    (go / "failures").touch()
    build.build(tmp_path / "made")
    assert "failed (connection reset); trying once more" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["go1.26.5", "go1.25.11", "devel"])
def test_old_go(go: Path, tmp_path: Path, version: str) -> None:
    """A Go that cannot build the modules is refused before anything is downloaded."""
    (go / "version").write_text(version, encoding="utf-8")
    with pytest.raises(Unusable, match=r"1\.26\.6 or later is needed"):
        build.build(tmp_path / "made")
    assert len(calls(go)) == 1


def test_key_names_the_version() -> None:
    """The version in the module file is the one the engine is kept under."""
    assert build.key().startswith("built-3.276.0-")


def test_key_follows_the_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another language host gives another key, though the command's version is the same."""
    before = build.key()
    for name in ("go.mod", "go.sum"):
        (tmp_path / name).write_bytes((build.PYTHON_HOST / name).read_bytes() + b"\n")
    monkeypatch.setattr(build, "PARTS", (build.PARTS[0], build.Part(tmp_path, "")))
    assert build.key() != before
