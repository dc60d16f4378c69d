"""The document for `pulumi import --file`, and the run of it: the state then has what the program declares."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xplenty_pulumi.cli.commands.imports.declare import NOT_SHOWN, Declaration
from xplenty_pulumi.cli.engine.command import Engine
from xplenty_pulumi.core.kinds.marker import owner_in
from xplenty_pulumi.errors import ConfigError, XplentyError

FLOOR = (3, 254)
"""The first version of the engine that imports what a file describes."""
_OPTIONS = ("--yes", "--skip-preview", "--protect=false", "--generate-code=false")


def require_import(engine: Engine) -> None:
    """Return if the engine can import what a file describes; raises ConfigError where it is too old."""
    told = engine.of("").told("version").strip()
    found = re.search(r"(\d+)\.(\d+)", told)
    if found is None or (int(found[1]), int(found[2])) < FLOOR:
        raise ConfigError(
            f"an import needs `pulumi` {FLOOR[0]}.{FLOOR[1]} or later, and the one on PATH is "
            f"{told[:40] or 'of no known version'}; nothing was changed",
            advice="Update it",
        )


@dataclass(frozen=True)
class ImportRun:
    """An import into the stack of `engine`, named `organization/project/stack`, with the configuration that it has."""

    engine: Engine
    stack: str
    config: Mapping[str, object] = field(repr=False)

    def documented(self, program: str, declarations: Sequence[Declaration]) -> dict[str, Any]:
        """Return the document for `pulumi import --file`, secrets in clear.

        Raises:
            XplentyError: the program fails, or something it declares is refused.
        """
        secrets = {key: value for one in declarations for key, value in self.secrets(one).items()}
        shown = {key: str(value) for key, value in self.config.items() if value is not None}
        owner = owner_in(self.stack)
        order = {
            "program": program,
            "organization": owner.organization,
            "project": owner.project,
            "stack": owner.stack,
            "ids": {one.name: str(one.id) for one in declarations},
            "config": {**shown, **secrets},
            "hidden": [*secrets],
        }
        return {"resources": self._answered(order)["resources"]}

    def secrets(self, declaration: Declaration) -> dict[str, str]:
        """Return the secrets of a declaration by their keys in the configuration of the stack.

        One that the service does not show is as the configuration has it, if that has it.
        """
        keys = {f"{owner_in(self.stack).project}:{name}": value for name, value in declaration.secrets.items()}
        return {
            key: self.engine.told("config", "get", key).rstrip("\n")
            if key in self.config and value == NOT_SHOWN
            else value
            for key, value in keys.items()
        }

    def run(self, document: Mapping[str, Any], declarations: Sequence[Declaration]) -> bool:
        """Set the secrets in the configuration, import, and return whether the engine has done it all.

        The document is in no file but for as long as the engine runs, and only the user may read that.
        """
        for one in declarations:
            for key, value in self.secrets(one).items():
                self.engine.told("config", "set", "--secret", key, given=value)
        with tempfile.TemporaryDirectory(prefix="xplenty-import-") as folder:
            file = Path(folder, "import.json")
            file.write_text(json.dumps(document), encoding="utf-8")
            return self.engine.shown("import", "--file", str(file), *_OPTIONS)

    def _answered(self, order: Mapping[str, Any]) -> dict[str, Any]:
        command = [sys.executable, "-m", "xplenty_pulumi.dynamic.importing"]
        environment = {**os.environ, "XPLENTY_BRIDGE": "off"}
        done = subprocess.run(  # noqa: S603 - no shell, fixed words
            command,
            cwd=self.engine.folder,
            env=environment,
            input=json.dumps(order),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise XplentyError(f"the program cannot be run: {done.stderr.strip()[-500:]}") from None
        if "problem" in answer:
            raise XplentyError(f"the program cannot be imported: {answer['problem']}")
        return answer
