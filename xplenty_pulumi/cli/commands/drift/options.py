"""What the user of `drift` has asked for."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from xplenty_pulumi.cli.ui.options import bad_usage


class Format(StrEnum):
    """How the report is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@dataclass(frozen=True)
class DriftOptions:
    """The options but those that choose the stack and its folder, as they were typed."""

    all_stacks: bool
    unmanaged: bool
    format: Format
    since_last: Path | None
    fail_on_unknown_stacks: bool
    hook: str

    def check(self, stack: str) -> None:
        """Raise ConfigError where they do not fit together, or do not fit the `stack` that is named."""
        if stack and self.all_stacks:
            raise bad_usage("--stack", "names one stack; leave out --all")
        if self.hook and self.since_last is None:
            raise bad_usage("--hook", "posts when the class changes, and needs --since-last FILE to know the last one")
        if self.fail_on_unknown_stacks and not self.unmanaged:
            raise bad_usage("--fail-on-unknown-stacks", "is about what --unmanaged shows; add that")
