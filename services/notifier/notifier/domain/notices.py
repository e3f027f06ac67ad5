"""Who is told of a verdict: one notice per person and phase, and each person once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bonfire.config import Config, Mail, MailLanguage, Person
from notifier.domain.circumstances import Circumstances
from notifier.domain.incidents import Incident, IncidentType, Phase, Verdict


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail to one person; what it says is fixed here, however late it is sent."""

    type: IncidentType
    phase: Phase
    person: str
    email: str
    language: MailLanguage
    circumstances: Circumstances
    count: int
    happened_at: datetime
    message_id: str
    """Derived, so that a mail that may have been sent is the same mail when sent again."""
    replies_to: str = ""
    """The message id of the mail that told of the start."""


def notices(verdict: Verdict, config: Config) -> Iterator[Notice]:
    """None while nobody can be mailed."""
    if verdict.tell is None or config.mail is None:
        return
    incident = verdict.after
    for person in addressees(incident.circumstances, config):
        start = _message_id(incident, Phase.START, person, config.mail)
        own = _message_id(incident, verdict.tell, person, config.mail)
        yield Notice(
            type=incident.type,
            phase=verdict.tell,
            person=person.name,
            email=person.email,
            language=person.language,
            circumstances=incident.circumstances,
            count=incident.count,
            happened_at=verdict.happened_at or incident.opened_at,
            message_id=own,
            replies_to=start if verdict.tell is Phase.END else "",
        )


def addressees(circumstances: Circumstances, config: Config) -> tuple[Person, ...]:
    """The restaurant's people of every location that it concerns."""
    places = circumstances.locations or ("",)
    return tuple(dict.fromkeys(one for place in places for one in config.people_of(place)))


def _message_id(incident: Incident, phase: Phase, person: Person, mail: Mail) -> str:
    opened_at = incident.opened_at.isoformat()
    parts = (incident.type, incident.target, opened_at, phase, person.email)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"<{digest[:32]}@{mail.sender.rpartition('@')[2]}>"
