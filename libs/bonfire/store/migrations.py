"""Numbered SQL files that bring a store's tables to this version, each in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files

from bonfire.errors import Permanent, Reason


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    sql: str


class NewerStore(Permanent):
    """A newer release wrote this file; an older one must not touch it."""


def read_migrations(package: str) -> tuple[Migration, ...]:
    """The files `NNNN_what.sql` of a package, in order. Numbers have no gap."""
    names = sorted(item.name for item in files(package).iterdir() if item.name.endswith(".sql"))
    if not all(name.startswith(f"{number:04}_") for number, name in enumerate(names, 1)):
        raise ValueError(f"{package}: the migrations {names} are not numbered 0001, 0002, 0003")
    return tuple(
        Migration(number, (files(package) / name).read_text("utf-8"))
        for number, name in enumerate(names, 1)
    )


def version_of(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Apply what is missing. A failed migration leaves the file as it was."""
    present = version_of(db)
    if present > len(migrations):
        raise NewerStore(
            Reason.STORE_NEWER,
            f"a newer release wrote it (version {present}, this one reads {len(migrations)}):"
            " start that release again, or a newer one",
        )
    for migration in migrations[present:]:
        # On lines of their own, since the file may end in a comment.
        script = f"BEGIN;{migration.sql}\n;PRAGMA user_version={migration.number};COMMIT;"
        try:
            db.executescript(script)
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise
