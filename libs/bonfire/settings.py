"""Settings come from the environment, secrets from files; every mistake is told at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bonfire.errors import Permanent, Reason

PREFIX: Final = "BONFIRE_"
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,15}")


class SettingsInvalid(Permanent):
    """The environment is not usable; the message names every variable that is wrong."""


class Environment:
    """Reads variables, collects what is wrong, and raises it all in `check`."""

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables
        self._problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        """The variable `BONFIRE_<name>`; without a default it is required. Empty means not set."""
        value = self._get(name)
        if value is None and default is None:
            self._problems.append(f"{PREFIX}{name} is not set")
        return value or default or ""

    def path(self, name: str, default: str | None = None) -> Path:
        return Path(self.text(name, default))

    def integer(self, name: str, default: int, lowest: int, highest: int) -> int:
        text = self._get(name) or str(default)
        if _WHOLE_NUMBER.fullmatch(text) and lowest <= int(text) <= highest:
            return int(text)
        self._problems.append(
            f"{PREFIX}{name} is {text[:40]!r}: give a whole number from {lowest} to {highest}"
        )
        return default

    def secret(self, name: str, default: str | None = None) -> str:
        """The content of the file that `BONFIRE_<name>_FILE` names, or the variable itself.

        The file wins, and is how a secret is meant to come; a value in the environment can be
        read by whoever sees the process.
        """
        file = self._get(f"{name}_FILE")
        if file is None:
            return self.text(name, default)
        try:
            value = Path(file).read_text("utf-8").strip()
        except OSError as error:
            self._problems.append(f"{PREFIX}{name}_FILE: cannot read {file}: {error.strerror}")
            return ""
        except UnicodeDecodeError:
            self._problems.append(f"{PREFIX}{name}_FILE: {file} is not UTF-8 text")
            return ""
        if not value:
            self._problems.append(f"{PREFIX}{name}_FILE: {file} is empty")
        return value

    def check(self) -> None:
        """Raise `SettingsInvalid` with everything that was wrong since the start."""
        if self._problems:
            raise SettingsInvalid(Reason.CONFIG_INVALID, "; ".join(self._problems))

    def _get(self, name: str) -> str | None:
        return self._variables.get(PREFIX + name) or None
