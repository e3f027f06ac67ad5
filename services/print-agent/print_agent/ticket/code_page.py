"""Text in the characters of a printer's code page, one byte each."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import lru_cache
from typing import Final

_UNDEFINED: Final = "\ufffe"  # what a table has for a byte without a character


@lru_cache(maxsize=16)
def encoder(code_page: str, errors: str = "strict") -> Callable[[str], bytes]:
    """What `str.encode` does with the same arguments, five times as fast.

    Python encodes its newer code pages by a table, and the printers' ones, cp437 to cp866, by
    looking up every character in a dictionary: that was a quarter of a ticket's time.
    """
    characters = bytes(range(256)).decode(code_page, "replace").replace("\ufffd", _UNDEFINED)
    table = codecs.charmap_build(characters)
    return lambda text: codecs.charmap_encode(text, errors, table)[0]
