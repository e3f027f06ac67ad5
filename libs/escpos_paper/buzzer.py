"""The commands that make a printer sound."""

from __future__ import annotations

from escpos_paper.block import Buzz


def buzz(raw: bytes) -> Buzz | None:
    """ESC B n t and ESC ( A with function 48 or 97; None for those that only set something.

    Epson describes function 48 as `30 n c t` (sound n, c times, t tenths of a second each) and
    function 97 as `61 n c t1 t2` (c times t1 tenths of sound and t2 of silence). Most others have
    ESC B n t: n times t twentieths of a second of sound, and as much silence.
    """
    if raw[:2] == b"\x1bB":
        return Buzz(1, raw[2], raw[3] / 10) if raw[2] else None
    body = raw[5:]
    if len(body) == 4 and body[0] == 48:
        _, sound, times, cycle = body
        return Buzz(sound, times, cycle / 10) if times else None
    if len(body) == 5 and body[0] == 97:
        _, sound, times, on, off = body
        return Buzz(sound, times, (on + off) / 10) if times else None
    return None
