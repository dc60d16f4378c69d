"""The interpreters that the engine and our commands are run with: this one, and a prepared one that begins at once.

In each operation the engine runs `pip list`, to find packages that bring a plugin, which takes a second of a processor.
The list is the same in all tests, so each test process makes it once. Each test process also starts one prepared
interpreter, see `prepared`, which runs providers, programs and our commands, and one `vault`.
"""

import atexit
import functools
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

_LIST = ("-m", "pip", "list", "-v", "--format", "json")
_HERE = Path(__file__).parent
_WRAPPER = """\
#!/bin/sh
case "$*" in
{list}) exec cat {packages} ;;
{prepared}) exec {python} -I -S {ask} {door} "$@" ;;
esac
exec {python} "$@"
"""
_WORDS = (
    "-u -m pulumi.dynamic",
    "-u -m tests.dynamic.quick_host",
    "-u -m tests.dynamic.broken_host",
    "-m xplenty_pulumi.cli",
)
_PREPARED = "|".join([*(f'"{words} "*' for words in _WORDS), '*/pulumi-language-python-exec" "*'])
_NOTHING = '"nothing is prepared"'


def interpreter_in(folder: Path, *, is_prepared: bool = True) -> Path:
    """Return the path of an executable in `folder` that is this interpreter to the engine.

    Where it `is_prepared`, a provider, a program and our commands are forks: they begin at once, but their process is
    not the one that was started.
    """
    executable = folder / ("python" if is_prepared else "started-python")
    if not executable.exists():
        executable.write_text(_script(folder, _PREPARED if is_prepared else _NOTHING), encoding="utf-8")
        executable.chmod(0o755)
    return executable


def _script(folder: Path, prepared: str) -> str:
    packages = folder / "packages.json"
    packages.write_text(_installed(), encoding="utf-8")
    quoted = {
        "packages": packages,
        "list": " ".join(_LIST),
        "python": sys.executable,
        "ask": _HERE / "ask.py",
        "door": _door(),
    }
    return _WRAPPER.format(prepared=prepared, **{name: shlex.quote(str(text)) for name, text in quoted.items()})


@functools.cache
def _installed() -> str:
    return subprocess.run([sys.executable, *_LIST], capture_output=True, text=True, check=True).stdout


@functools.cache
def _door() -> Path:
    """Start the prepared interpreter of this test process, and return the socket at which it is asked."""
    folder = tempfile.TemporaryDirectory(prefix="prepared-")
    atexit.register(folder.cleanup)
    door = Path(folder.name) / "door"
    _started("prepared.py", str(door))
    return door


@functools.cache
def vault_address() -> str:
    """Return the address of the vault of this test process, which is started when it is first asked for."""
    return _started("vault.py")


def _started(script: str, *words: str) -> str:
    """Run a script of this folder until this process ends, and return the line that it prints once it serves."""
    command = [sys.executable, "-u", str(_HERE / script), *words]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(process.communicate, timeout=30)
    assert process.stdout is not None
    line: str = process.stdout.readline()
    assert line.endswith("\n"), f"{script} has ended before it served"
    return line.strip()
