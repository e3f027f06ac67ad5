"""What was acknowledged outlives the process and the disk's refusal.

SIGKILL leaves the kernel's page cache alone: a power cut is not shown here.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bonfire.errors import Reason
from bonfire.store import Store, StoreError
from tests.support.notes import NOTES, add, on_disk, texts, until, use

ROOT = Path(__file__).parents[3]
KILLS = 16


def writer(path: Path, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.crashing_writer", str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )


def told(lines: Iterable[str], word: str) -> list[str]:
    """What whole lines say after the word; the last one may have been cut."""
    whole = [line.rstrip("\n") for line in lines if line.endswith("\n")]
    return [line.removeprefix(f"{word} ") for line in whole if line.startswith(word)]


def acknowledged_until_killed(path: Path, after_s: float) -> list[str]:
    """Kill a writer this long after its first word."""
    with writer(path) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(after_s)
        process.kill()
        return told([first, *process.stdout], "stored")


def test_no_acknowledged_row_is_lost_when_the_process_is_killed_at_any_moment(path: Path):
    chance = random.Random(5)  # noqa: S311 -- moments, no secret
    acknowledged = [
        text
        for _ in range(KILLS)
        for text in acknowledged_until_killed(path, chance.uniform(0, 0.03))
    ]
    assert len(acknowledged) >= KILLS
    assert set(acknowledged) <= set(use(path, texts, of=[NOTES]))
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounting.returncode:
        pytest.skip(f"only root may mount a small disk: {mounting.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def ballast(disk: Path) -> Path:
    path = disk / "ballast"
    path.write_bytes(b"x" * 500_000)
    return path


async def fill_up(store: Store) -> tuple[list[str], StoreError]:
    """Add notes until the store refuses; returns those that it took, and the refusal."""
    kept: list[str] = []
    while True:
        text = f"{len(kept)} " * 200
        try:
            await store.transact(add(text))
        except StoreError as error:
            return kept, error
        kept.append(text)


async def test_a_full_disk_refuses_until_it_has_room_and_loses_nothing(small_disk: Path):
    weight = ballast(small_disk)
    store = Store(small_disk / "notes.db", [NOTES], probe_after_s=0.01)
    store.open()
    kept, error = await fill_up(store)
    assert error.reason is Reason.STORE_FULL
    assert store.problem is Reason.STORE_FULL
    assert len(kept) > 10
    assert await store.transact(texts) == kept
    await asyncio.to_thread(weight.unlink)
    await until(lambda: store.problem is None)
    await store.transact(add("there is room again"))
    await store.close()
    assert on_disk(small_disk / "notes.db") == [*kept, "there is room again"]


def test_a_write_that_the_system_cuts_short_is_refused_and_loses_nothing(path: Path):
    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    with writer(path, limit_files) as process:
        assert process.stdout is not None
        lines = process.stdout.readlines()
    assert process.returncode == 0
    refused = told(lines, "refused")
    assert refused[0] in (Reason.STORE_IO, Reason.STORE_FULL)
    acknowledged = told(lines, "stored")
    assert acknowledged
    assert set(on_disk(path)) >= set(acknowledged)
