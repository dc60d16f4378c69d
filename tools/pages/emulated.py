"""The seed file and the knobs of the emulator as a page."""

from tools.pages.source import NOTE, annotated, code, commented, sentences, table
from xplenty_pulumi.emulator.life.knobs import Knobs
from xplenty_pulumi.emulator.life.packages import PackageSeed
from xplenty_pulumi.emulator.life.seed import (
    REGIONS,
    ScheduleSeed,
    Seed,
    TaskPackageSeed,
    default_packages,
    default_schedules,
)

_OPENING = """\
# The emulator's seed file and knobs

`xplenty-pulumi emulator --seed-file FILE` reads one JSON object with the fields of `Seed`, and `knobs` with those of
`Knobs`. In Python they are arguments: `Emulator(Seed(...), knobs=Knobs(...))`. A field that is left out has its
default; an unknown one is an error. [Test with the emulator](../how-to/emulator.md) shows how to use it."""


def pages() -> dict[str, str]:
    """Return the page by its path in the reference."""
    parts = [_part(one) for one in (Seed, PackageSeed, ScheduleSeed, TaskPackageSeed, Knobs)]
    return {"emulator.md": "\n\n".join([_OPENING, NOTE, *parts[:1], _defaults(), *parts[1:]])}


def _defaults() -> str:
    """What is there where a seed names no packages and no schedules."""
    packages = [(str(one.id), one.name, one.description or "") for one in default_packages()]
    schedules = [
        (str(one.id), one.name, ", ".join(str(task.package_id) for task in one.packages)) for one in default_schedules()
    ]
    return "\n\n".join(
        [
            "## Default packages and schedules",
            "A seed without `packages` or `schedules` has these. An empty list leaves them out.",
            table(("package", "name", "description"), packages),
            table(("schedule", "name", "packages"), schedules),
        ]
    )


_MEANT = {
    "needed": "required",
    "REGIONS[0]": code(f'"{REGIONS[0]}"'),
    "REGIONS": "all documented ones",
    "STACKS": "all known ones",
    "default_packages": "those below",
    "default_schedules": "those below",
}
"""What a default is where the source names something else."""


def _default(text: str) -> str:
    return _MEANT.get(text, code(text))


def _part(cls: type) -> str:
    below = {name: said for name, _, said in annotated(cls)}
    rows = [
        (code(name), code(kind), _default(default), above or below.get(name, ""))
        for name, kind, default, above in commented(cls)
    ]
    return f"## `{cls.__name__}`\n\n{sentences(cls)}\n\n{table(('field', 'type', 'default', 'meaning'), rows)}"
