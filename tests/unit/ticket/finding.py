"""What stands where on a ticket."""

from __future__ import annotations

from typing import TypeVar

from print_agent.ticket.blocks import Block, Line

T = TypeVar("T")


def every(blocks: tuple[Block, ...], kind: type[T]) -> list[T]:
    return [block for block in blocks if isinstance(block, kind)]


def first(blocks: tuple[Block, ...], kind: type[T], index: int = 0) -> T:
    return every(blocks, kind)[index]


def positions(blocks: tuple[Block, ...], *wanted: Block) -> list[int]:
    return [blocks.index(block) for block in wanted]


def lines(blocks: tuple[Block, ...]) -> list[str]:
    return [block.text for block in every(blocks, Line)]
