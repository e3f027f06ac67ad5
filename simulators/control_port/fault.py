"""Faults by the names that people use."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

Name = TypeVar("Name", bound=StrEnum)


class InvalidFault(ValueError):
    """The fault is not known, or its numbers make no sense; the message says which."""


def fault_named(names: type[Name], name: str) -> Name:
    """Raises `InvalidFault`, which lists the names that there are."""
    try:
        return names(name)
    except ValueError as error:
        raise InvalidFault(f"no fault {name!r}; there are: {', '.join(names)}") from error
