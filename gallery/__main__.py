"""`python -m gallery`: every ticket as a picture and as text, and one page that shows them all."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from bonfire.errors import BonfireError
from gallery import goldens
from gallery.cases import Case, all_cases
from gallery.drawing import Drawn, Undrawable, draw
from gallery.page import page

ROOT: Final = Path(__file__).parents[1]
_AT_ONCE: Final = 8


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    begun = time.monotonic()
    try:
        gallery = drawn([case for case in all_cases() if given.only in case.name])
        if given.goldens:
            goldens.write(gallery)
        file = write(gallery, given.out)
    except (BonfireError, Undrawable, OSError) as error:
        print(f"gallery: {error}", file=sys.stderr)
        return 1
    print(f"{file}: {len(gallery)} tickets in {time.monotonic() - begun:.1f} s")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "preview", metavar="DIR")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--only", default="", metavar="TEXT", help="tickets with this in their names, such as .bar."
    )
    which.add_argument(
        "--goldens", action="store_true", help="write those anew that the tests compare with"
    )
    return parser


def drawn(cases: Iterable[Case]) -> list[Drawn]:
    """All of them, in their order, on all processors. Raises `Undrawable`."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(draw, cases, chunksize=_AT_ONCE))


def write(gallery: Sequence[Drawn], folder: Path) -> Path:
    """Returns the page. No picture of an earlier gallery is left in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.png"), *folder.glob("*.txt")):
        old.unlink()
    for one in gallery:
        (folder / f"{one.case.name}.png").write_bytes(one.png)
        (folder / f"{one.case.name}.txt").write_text(one.ticket.text() + "\n", "utf-8")
    file = folder / "index.html"
    file.write_text(page(gallery), "utf-8")
    return file


if __name__ == "__main__":
    sys.exit(main())
