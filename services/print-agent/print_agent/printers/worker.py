"""A thread of its own for the calls on one device that may block: opening, closing, waiting."""

from __future__ import annotations

import asyncio
import atexit
import queue
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

T = TypeVar("T")

_AT_EXIT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Errand:
    work: Callable[[], Any]
    done: asyncio.Future[Any]
    last: bool


class Worker:
    """Does one thing after the other. The loop's shared threads commit the journal; a device that
    hangs must not use them up.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._errands: queue.SimpleQueue[_Errand] = queue.SimpleQueue()
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """The future raises what `work` raises."""
        return self._put(work, last=False)

    def finish(self, work: Callable[[], None]) -> None:
        """Do this, and end. Nobody is told how it went; the process waits a moment for it."""
        _ending.add(self._thread)
        self._put(work, last=True)

    async def gone(self) -> None:
        """Returns when it has ended."""
        await asyncio.shield(self._gone)

    def _put(self, work: Callable[[], T], *, last: bool) -> asyncio.Future[T]:
        done: asyncio.Future[T] = self._loop.create_future()
        # Nobody may be waiting any more; asyncio would complain about the lost exception.
        done.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._errands.put(_Errand(work, done, last))
        return done

    def _work(self) -> None:
        last = False
        while not last:
            errand = self._errands.get()
            last = errand.last
            result: object = None
            error: Exception | None = None
            try:
                result = errand.work()
            except Exception as caught:  # noqa: BLE001 -- whoever waits for it is told
                error = caught
            self._tell(errand.done, result, error)
        self._tell(self._gone, None, None)

    def _tell(self, done: asyncio.Future[Any], result: object, error: Exception | None) -> None:
        with suppress(RuntimeError):  # the loop was closed meanwhile
            self._loop.call_soon_threadsafe(_settle, done, result, error)


# A device that was not let go of may stay without its driver until it is plugged in again.
_ending: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


@atexit.register
def _wait_for_ends() -> None:
    for thread in list(_ending):
        thread.join(_AT_EXIT_S)


def _settle(done: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if done.done():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)
