"""Which process of the system this is: the signature under everything that it tells of itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from bonfire import __version__


class Signature(TypedDict):
    """What every `bonfire.messages.Member` carries, beside what it tells."""

    event_id: str
    at: datetime
    location: str
    service: str
    instance: str
    version: str


@dataclass(frozen=True, slots=True)
class Identity:
    service: str  # "print-agent"
    instance: str  # which one of them: the print host's id, else the service's name
    location: str = ""  # empty: it serves no single one

    @property
    def name(self) -> str:
        """For people, and for the broker's list of connections."""
        return self.service if self.instance == self.service else f"{self.service} {self.instance}"

    def sign(self, at: datetime) -> Signature:
        """The signature under an event of this moment."""
        return Signature(
            event_id=uuid.uuid4().hex,
            at=at,
            location=self.location,
            service=self.service,
            instance=self.instance,
            version=__version__,
        )
