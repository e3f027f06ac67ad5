"""Printers that one can buy, as far as a host can tell them apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from escpos_paper import IMPACT, IMPACT_RED, THERMAL, Engine


@dataclass(frozen=True, slots=True)
class Model:
    """What a model says of itself, and what it can do.

    `model_id`, `firmware`, `maker`, `name` and `language` answer GS I; None, and it is silent, as
    one with Latin letters alone is about its `language`.
    `process_id`: it confirms by GS ( H. `sensor`: it answers GS r. `clears_buffer`: it knows DLE
    DC4 8. `enpc`: it answers Epson's protocol on UDP.
    """

    maker: str | None
    name: str | None
    firmware: str | None
    language: str | None
    model_id: int | None
    columns: int
    engine: Engine
    cutter: bool = True
    two_byte_characters: bool = False
    process_id: bool = True
    sensor: bool = True
    clears_buffer: bool = True
    enpc: bool = False

    @property
    def type_id(self) -> int:
        """Bit 0: two-byte characters. Bit 1: a knife."""
        return 0x01 * self.two_byte_characters | 0x02 * self.cutter


def _lacking(engine: Engine, *names: bytes) -> Engine:
    return replace(engine, lacks=engine.lacks | frozenset(names))


# Epson's do not know the others' buzzer, and these not Epson's.
_ESC_A: Final = b"\x1b(A"
_ESC_B: Final = b"\x1bB"
_PROCESS_ID: Final = b"\x1d(H"

_BONFIRE: Final = Model(
    maker="BONFIRE",
    name="VP-80",
    firmware="1.00 ESC/POS",
    language=None,
    model_id=0x20,
    columns=48,
    engine=THERMAL,
)
_EPSON: Final = Model(
    maker="EPSON",
    name="TM-T20III",
    firmware="3.01 ESC/POS",
    language=None,
    model_id=0x20,
    columns=48,
    engine=_lacking(THERMAL, _ESC_B),
    enpc=True,
)
_CLONE: Final = Model(
    maker=None,
    name=None,
    firmware=None,
    language=None,
    model_id=None,
    columns=48,
    engine=_lacking(THERMAL, _ESC_A),
    process_id=False,
    clears_buffer=False,
)
_NEEDLES: Final = replace(
    _EPSON,
    name="TM-U220",
    model_id=0x0D,
    columns=40,
    clears_buffer=False,
)

MODELS: Final = {
    "vp-80": _BONFIRE,
    "vp-58": replace(_BONFIRE, name="VP-58", columns=32),
    "tm-t20iii": replace(_EPSON, engine=_lacking(_EPSON.engine, _ESC_A)),
    "tm-m30": replace(
        _EPSON,
        name="TM-m30",
        firmware="11.31 ESC/POS",
        two_byte_characters=True,
        language="KANJI JAPANESE",
    ),
    "tm-u220": replace(_NEEDLES, engine=_lacking(IMPACT_RED, _ESC_A)),
    "tm-u220-black": replace(_NEEDLES, engine=_lacking(IMPACT, _ESC_A)),
    "tm-u230": replace(_NEEDLES, name="TM-U230", model_id=0x2A, engine=IMPACT_RED),
    "generic-80": _CLONE,
    "generic-58": replace(
        _CLONE, columns=32, engine=_lacking(_CLONE.engine, _PROCESS_ID), cutter=False
    ),
}
"""By the name that the command line takes. The first two are nobody's but ours."""


class UnknownModel(ValueError):
    """There is no such model; the message lists those that there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no model {name!r}; there are: {', '.join(MODELS)}")


def model_named(name: str) -> Model:
    """Raises UnknownModel."""
    if name not in MODELS:
        raise UnknownModel(name)
    return MODELS[name]
