"""A configuration that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bonfire.errors import Permanent, Reason


class ConfigError(Permanent):
    """The configuration is wrong wherever `problems` says; nothing of it was used."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        if len(self.problems) == 1:
            detail = f"{path}: {self.problems[0]}"
        else:
            lines = "".join(f"\n  {problem}" for problem in self.problems)
            detail = f"{path}: {len(self.problems)} mistakes:{lines}"
        super().__init__(Reason.CONFIG_INVALID, detail)
