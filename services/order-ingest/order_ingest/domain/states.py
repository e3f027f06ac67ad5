"""How far a job is, and what became of a dead letter."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    OPEN = "open"  # no agent has answered for it yet
    RECEIVED = "received"
    WAITING = "waiting"
    PRINTED = "printed"
    DEAD = "dead"


class LetterState(StrEnum):
    UNSETTLED = "unsettled"  # it waits for a person
    REQUEUED = "requeued"
    PRINTED = "printed"  # its job, after all
    OVERTAKEN = "overtaken"  # it spoke of a copy whose job had gone on
    DISCARDED = "discarded"
