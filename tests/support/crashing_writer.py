"""Writes notes from many tasks and tells of each once it is stored; made to be killed."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path

from bonfire.store import Store, StoreError
from tests.support.notes import NOTES, add

WRITERS = 8


async def write(store: Store, numbers: itertools.count[int]) -> None:
    while True:
        text = f"{os.getpid()}-{next(numbers)}"
        try:
            await store.transact(add(text))
        except StoreError as error:
            os.write(1, f"refused {error.reason}\n".encode())
            await store.close()
            return
        os.write(1, f"stored {text}\n".encode())


async def main(path: Path) -> None:
    store = Store(path, [NOTES])
    store.open()
    numbers = itertools.count()
    await asyncio.gather(*(write(store, numbers) for _ in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
