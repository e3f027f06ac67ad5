"""Epson's own protocol for finding and watching printers (ENPC, UDP 3289); packets only.

A packet is `EPSON`, its type, a device type (3) and number (0), then function, result and length
as 16-bit numbers, then that many bytes (UB-E02 technical reference guide, 4.7). The basic
information has the model's name 5 bytes into its data, as a TM-T88V answers.
"""

from __future__ import annotations

import struct
from typing import Final

PORT: Final = 3289
# Asks for the basic information. Of the functions, only queries ("Q") are harmless: there are
# commands ("C") that reset a printer or throw away what it has not printed yet.
QUERY: Final = b"EPSONQ\x03\x00" + struct.pack(">HHH", 0, 0, 0)
LONGEST_ANSWER_BYTES: Final = 1024

_HEADER: Final = struct.Struct(">6sBBHHH")
_NAME_AT: Final = 5


def model_in(answer: bytes) -> str | None:
    """The model that an answer to `QUERY` names, "" if it names none; None for anything else."""
    if len(answer) < _HEADER.size:
        return None
    kind, _device, _number, function, result, length = _HEADER.unpack_from(answer)
    data = answer[_HEADER.size :]
    if kind != b"EPSONq" or function != 0 or result != 0 or len(data) < length:
        return None
    name, _, _ = data[_NAME_AT:length].partition(b"\0")
    text = name.decode("ascii", "replace")
    return text if text.isprintable() else ""
