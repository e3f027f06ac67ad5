"""Puts a report where a person wants it: whole or not at all, and for that person's eyes alone."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bonfire.errors import Permanent, Reason


class NotWritten(Permanent):
    """There is no report; the message says why, and what to do."""

    def __init__(self, detail: str) -> None:
        super().__init__(Reason.CONFIG_INVALID, detail)


@dataclass(frozen=True, slots=True)
class ReportFile:
    path: Path
    replace: bool = False  # one that is there

    def check(self) -> None:
        """Raises `NotWritten` for what stands in the way already."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            if self.path.is_symlink():
                raise NotWritten(
                    f"{self.path} is a link that leads nowhere: give another name"
                ) from None
            return
        except OSError as error:
            raise self._not_written(error) from error
        if stat.S_ISDIR(there.st_mode):
            raise NotWritten(f"{self.path} is a folder: give the name of a file in it")
        if not stat.S_ISREG(there.st_mode):
            raise NotWritten(
                f"{self.path} is no ordinary file: give another name, or --report - for the "
                "standard output"
            )
        if not self.replace:
            detail = f"{self.path} is there already: give another name, or --force to replace it"
            raise NotWritten(detail)

    def write(self, text: str) -> None:
        """Raises `NotWritten`, and nothing has changed then."""
        self.check()
        try:
            self._write(text)
        except OSError as error:
            raise self._not_written(error) from error

    def _not_written(self, error: OSError) -> NotWritten:
        return NotWritten(
            f"cannot write {self.path}: {error.strerror}. Give a file where you may write, "
            f"such as --report /tmp/{self.path.name}, or --report - for the standard output"
        )

    def _write(self, text: str) -> None:
        descriptor, beside = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside)
            raise
