"""How long the disk takes to make a small write durable: the floor under every commit."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

from bench.figures import Figure, percentile

WRITES: Final = 500
_BYTES: Final = 4096


def measure(directory: Path, seconds: float) -> list[Figure]:
    """4 kB appended and fdatasync'ed, again and again, in the directory of the stores."""
    took_ms = _write(directory / "fsync", seconds)
    note = f"{len(took_ms)} writes of 4 kB"
    return [
        Figure("fsync_p50", percentile(took_ms, 0.5), "ms", note=note),
        Figure("fsync_p99", percentile(took_ms, 0.99), "ms", note=note),
    ]


def _write(path: Path, seconds: float) -> list[float]:
    block = os.urandom(_BYTES)
    deadline = time.monotonic() + seconds
    took_ms: list[float] = []
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        while len(took_ms) < WRITES and time.monotonic() < deadline:
            started = time.perf_counter()
            os.write(handle, block)
            os.fdatasync(handle)
            took_ms.append((time.perf_counter() - started) * 1e3)
    finally:
        os.close(handle)
        path.unlink()
    return took_ms
