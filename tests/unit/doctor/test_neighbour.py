"""Is there an agent that prints from this machine?"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bonfire.store import Store
from bonfire.store.migrations import read_migrations
from print_agent.doctor.neighbour import agent_runs
from print_agent.journal import MIGRATIONS


@pytest.fixture(autouse=True)
def answering(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int]]:
    """The ports on which somebody listens."""
    ports: set[tuple[str, int]] = set()

    class Connection:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    def connect(address: tuple[str, int], timeout_s: float) -> Connection:
        assert timeout_s < 1
        if address not in ports:
            raise ConnectionRefusedError
        return Connection()

    monkeypatch.setattr(socket, "create_connection", connect)
    return ports


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Path]:
    """One that an agent has open."""
    path = tmp_path / "journal.db"
    store = Store(path, read_migrations(MIGRATIONS))
    store.open()
    yield path
    await store.close()


async def test_an_agent_that_has_its_journal_open_runs(journal: Path):
    assert agent_runs(journal, "127.0.0.1", 8082)


def test_a_journal_that_nobody_has_open_can_be_opened_afterwards(tmp_path: Path):
    (tmp_path / "journal.db.lock").touch()
    assert not agent_runs(tmp_path / "journal.db", "127.0.0.1", 8082)
    handle = os.open(tmp_path / "journal.db.lock", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)


def test_a_folder_without_a_journal_has_no_agent(tmp_path: Path):
    assert not agent_runs(tmp_path / "nowhere" / "journal.db", "127.0.0.1", 8082)
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_has_no_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    (tmp_path / "journal.db.lock").touch()
    monkeypatch.setattr(fcntl, "flock", flock)
    assert not agent_runs(tmp_path / "journal.db", "127.0.0.1", 8082)


def test_an_agent_that_answers_on_the_operations_port_runs(answering: set[tuple[str, int]]):
    assert not agent_runs(None, "127.0.0.1", 8082)
    answering.add(("127.0.0.1", 8082))
    assert agent_runs(None, "127.0.0.1", 8082)
    assert not agent_runs(None, "127.0.0.1", 8092)
