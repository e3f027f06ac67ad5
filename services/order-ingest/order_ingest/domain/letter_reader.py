"""Makes a `Letter` of whatever lies in the queues of dead letters, and never fails at it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from pydantic_core import from_json

from bonfire.errors import Reason
from bonfire.messages import (
    GENERATION,
    JOB_ID,
    LOCATION,
    MESSAGES,
    DeadLetter,
    Message,
    OnPaper,
    PrintJob,
    UnreadableMessage,
    decode,
)
from bonfire.sanitiser import clean_line, shorten
from order_ingest.domain.dead_letter import OTHER, Letter, Origin

# The broker's own headers. The first death is the only one: letters die nowhere else.
DEATH: Final = "x-first-death-reason"
DEATH_QUEUE: Final = "x-first-death-queue"

MOST_SAMPLE_BYTES: Final = 16 * 1024
MOST_ATTEMPTS: Final = 20  # the last ones
MOST_GENERATION: Final = 1_000_000  # a person requeues by hand; more is nonsense
LONGEST_DETAIL: Final = 500
LONGEST_WORD: Final = 100

_BROKERS_WORDS: Final[Mapping[str, Origin]] = {
    origin.value: origin for origin in (Origin.REJECTED, Origin.DELIVERY_LIMIT, Origin.MAXLEN)
}
_JOB_ID: Final = re.compile("[0-9a-f]{32}")
_KINDS: Final = frozenset(message.SCHEMA.rsplit("/", 1)[0] for message in MESSAGES)

HeaderValue = str | int


class LetterReader:
    """Knows the names that are ours: what a stranger writes gets no row of its own."""

    def __init__(self, queues: Mapping[str, str], locations: Collection[str]) -> None:
        """`queues` gives the print host whose jobs a queue holds, and nothing for the others."""
        self._queues = queues
        self._locations = locations

    def read(
        self, headers: Mapping[str, HeaderValue], body: bytes, *, key: str, strayed: bool
    ) -> Letter:
        """`strayed` says that no queue wanted it where letters belong.

        `key` is its routing key: `<location>.…` of an agent, whom the broker lets use no other
        location; the queue's name where the broker itself puts a copy there.
        """
        if headers.get(DEATH_QUEUE, key) != key:  # somebody else wrote that it died
            headers = {name: headers[name] for name in headers if name != DEATH_QUEUE}
        try:
            message = decode(body)
        except UnreadableMessage as error:
            return self._brokers(headers, body, strayed, trouble=error)
        if isinstance(message, DeadLetter) and 0 < message.job.generation <= MOST_GENERATION:
            letter = self._agents(message, body)
            ours = key.startswith(f"{message.job.location}.")
            return letter if ours else letter.misattributed()
        return self._brokers(headers, body, strayed, message)

    def _agents(self, letter: DeadLetter, body: bytes) -> Letter:
        job = letter.job
        return Letter(
            origin=Origin.AGENT,
            reason=_short(letter.reason, LONGEST_WORD) or OTHER,
            detail=_short(letter.detail, LONGEST_DETAIL),
            kind=_name(letter),
            location=job.location if job.location in self._locations else "",
            agent=_short(letter.agent, LONGEST_WORD),
            job_id=job.job_id,
            generation=job.generation,
            job=job,
            on_paper=letter.on_paper,
            attempts=letter.attempts[-MOST_ATTEMPTS:],
            sample=body[:MOST_SAMPLE_BYTES],
        )

    def _brokers(
        self,
        headers: Mapping[str, HeaderValue],
        body: bytes,
        strayed: bool,
        message: Message | None = None,
        trouble: UnreadableMessage | None = None,
    ) -> Letter:
        """About a copy of a job that died in its print host's queue, or about anything else."""
        died_in = str(headers.get(DEATH_QUEUE, ""))
        agent = self._queues.get(died_in)
        job = message if isinstance(message, PrintJob) else None
        job_id, generation = "", 0
        # In the queue of a print host that the configuration has no more, too.
        if died_in and (agent or (agent is None and job is not None)):
            job_id, generation = _job_of(headers, job)
        origin, reason, detail = _why(headers, strayed, trouble)
        location = job.location if job is not None else str(headers.get(LOCATION, ""))
        return Letter(
            origin=origin,
            reason=reason,
            detail=detail,
            queue=died_in if agent is not None else "",
            kind=_kind(body) if message is None else _name(message),
            location=location if location in self._locations else "",
            agent=agent or "",
            job_id=job_id,
            generation=generation,
            job=job,
            # It was handed to the agent again and again: who knows what became of it there.
            on_paper=OnPaper.MAYBE if origin is Origin.DELIVERY_LIMIT else OnPaper.NO,
            sample=body[:MOST_SAMPLE_BYTES],
        )


def _job_of(headers: Mapping[str, HeaderValue], job: PrintJob | None) -> tuple[str, int]:
    """Id and generation, from the body or else from beside it; none where one of them is no such.

    Our publishers put both there, so that an unreadable body still tells which ticket it was.
    """
    job_id = job.job_id if job is not None else headers.get(JOB_ID)
    generation = job.generation if job is not None else headers.get(GENERATION)
    if not isinstance(job_id, str) or not _JOB_ID.fullmatch(job_id):
        return "", 0
    if not isinstance(generation, int) or not 0 < generation <= MOST_GENERATION:
        return "", 0
    return job_id, generation


def _why(
    headers: Mapping[str, HeaderValue], strayed: bool, trouble: UnreadableMessage | None
) -> tuple[Origin, str, str]:
    word = headers.get(DEATH)
    unreadable = trouble.reason.value if trouble is not None else ""
    detail = _short(trouble.detail, LONGEST_DETAIL) if trouble is not None else ""
    if word is None:
        origin = Origin.UNROUTABLE if strayed else Origin.OTHER
        return origin, unreadable or (Reason.UNROUTABLE.value if strayed else OTHER), detail
    origin = _BROKERS_WORDS.get(str(word), Origin.OTHER)
    if origin is Origin.REJECTED:
        return origin, unreadable or origin.value, detail
    return origin, origin.value, detail


def _name(message: Message) -> str:
    return message.SCHEMA.rsplit("/", 1)[0]


def _kind(body: bytes) -> str:
    """The name, without its version, of a schema of ours that an unreadable body claims."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        return ""
    said = value.get("schema") if isinstance(value, dict) else None
    name = said.rsplit("/", 1)[0] if isinstance(said, str) else ""
    return name if name in _KINDS else ""


def _short(text: str, most: int) -> str:
    return shorten(clean_line(text), most)
