"""What an event, a heartbeat or silence says about the targets of incidents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bonfire.config import Config
from bonfire.messages import (
    DeadLetterEvent,
    DeadLetterEventType,
    Ending,
    Event,
    Heartbeat,
    JobEvent,
    JobEventType,
    PrinterEvent,
    PrinterEventType,
    PrinterState,
    ServiceEvent,
    ServiceEventType,
)
from notifier.domain.circumstances import Circumstances, short_line
from notifier.domain.incidents import IncidentType, Meaning, Sign
from notifier.domain.movement import Queue, Queues
from notifier.domain.origin import PRINT_AGENT, is_of_house, may_speak, serves

LATE: Final = timedelta(seconds=120)
"""A ticket that has been due for longer, at a printer that is there and a queue that has not
moved for as long, waits too long."""

_BROKEN: Final = (Ending.RESTART, Ending.CRASHED)


def signs_of(event: Event, config: Config) -> Iterator[Sign]:
    """What an event says; most say nothing that people need to know.

    What strangers say, and what is about strangers, says nothing.
    """
    signs = _signs_of(event, config) if _is_believed(event, config) else ()
    for sign in signs:
        if not is_retired(sign.type, sign.circumstances, config):
            yield sign


def _is_believed(event: Event, config: Config) -> bool:
    if isinstance(event, PrinterEvent):
        return serves(event.agent, event.location, config)
    if isinstance(event, JobEvent):
        return event.agent in config.agents
    if isinstance(event, ServiceEvent):
        known = is_of_house(event.service, event.instance, config)
        return known and may_speak(event, config)
    return True


def _signs_of(event: Event, config: Config) -> Iterator[Sign]:
    if isinstance(event, PrinterEvent):
        yield _printer(event, config)
    elif isinstance(event, DeadLetterEvent):
        yield from _dead_letter(event)
    elif isinstance(event, JobEvent) and event.type is JobEventType.DEAD:
        yield _dead_job(event)
    elif isinstance(event, ServiceEvent):
        yield from _restart(event, config)


def signs_of_heartbeat(heartbeat: Heartbeat, config: Config, queues: Queues) -> Iterator[Sign]:
    """A print host that lives tells how its printers are, whatever became of their events.

    `queues` are those of its printers, after this heartbeat.
    """
    if not (is_print_host(heartbeat, config) and may_speak(heartbeat, config)):
        return
    agent = heartbeat.instance
    alive = Circumstances(until=heartbeat.at)
    yield Sign(IncidentType.AGENT_SILENT, agent, Meaning.OVER, alive, heartbeat.at)
    known = {printer.id for printer in config.printers_of(agent)}
    for printer in (state for state in heartbeat.printers if state.id in known):
        yield from _state(printer, heartbeat, config, queues[printer.id])


def silence(agent: str, last_at: datetime | None, now: datetime, config: Config) -> Sign:
    """Nothing was heard of a print host; `last_at` is its last heartbeat, if there was one."""
    circumstances = Circumstances(
        locations=_locations("", agent, config), agent=agent, since=last_at
    )
    return Sign(IncidentType.AGENT_SILENT, agent, Meaning.TROUBLE, circumstances, now)


def is_print_host(heartbeat: Heartbeat, config: Config) -> bool:
    return heartbeat.service == PRINT_AGENT and heartbeat.instance in config.agents


def is_retired(type_: IncidentType, circumstances: Circumstances, config: Config) -> bool:
    """Is it about something that the configuration does not know, or not any more?"""
    agent, printer = circumstances.agent, circumstances.printer
    if type_ is IncidentType.AGENT_SILENT:
        return agent not in config.agents
    if type_ in (IncidentType.PRINTER_LOST, IncidentType.TICKETS_WAITING):
        return printer not in (known.id for known in config.printers_of(agent))
    if type_ is IncidentType.DEAD_LETTER:
        known = {location.id for location in config.locations}
        return known.isdisjoint(circumstances.locations)
    return False


def _printer(event: PrinterEvent, config: Config) -> Sign:
    back = event.type is PrinterEventType.BACK
    circumstances = Circumstances(
        locations=_locations(event.location, event.agent, config),
        agent=event.agent,
        printer=event.printer,
        reason=event.reason,
        waiting=event.waiting,
        since=event.lost_at or event.at,
        until=event.at if back else None,
    )
    meaning = Meaning.OVER if back else Meaning.TROUBLE
    target = _target(event.agent, event.printer)
    return Sign(IncidentType.PRINTER_LOST, target, meaning, circumstances, event.at)


def _state(
    printer: PrinterState, heartbeat: Heartbeat, config: Config, queue: Queue
) -> Iterator[Sign]:
    target = _target(heartbeat.instance, printer.id)
    due_at = printer.oldest_due_at
    circumstances = Circumstances(
        locations=_locations(printer.location, heartbeat.instance, config),
        agent=heartbeat.instance,
        printer=printer.id,
        reason=printer.reason,
        waiting=printer.waiting,
        since=printer.lost_at or due_at,
        until=heartbeat.at,
    )
    trouble = circumstances.model_copy(update={"until": None})

    def sign(type_: IncidentType, meaning: Meaning) -> Sign:
        said = trouble if meaning is Meaning.TROUBLE else circumstances
        return Sign(type_, target, meaning, said, heartbeat.at)

    if printer.lost_at is not None:
        yield sign(IncidentType.PRINTER_LOST, Meaning.TROUBLE)
    elif printer.ready:
        yield sign(IncidentType.PRINTER_LOST, Meaning.OVER)
    if due_at is None or heartbeat.at - due_at <= LATE:
        yield sign(IncidentType.TICKETS_WAITING, Meaning.OVER)
    elif printer.lost_at is None and heartbeat.at - queue.moved_at > LATE:
        # While it is lost, people know already why nothing prints. While old tickets print, there
        # is nothing to tell, and what was told is not over.
        yield sign(IncidentType.TICKETS_WAITING, Meaning.TROUBLE)


def _dead_letter(event: DeadLetterEvent) -> Iterator[Sign]:
    added = event.type is DeadLetterEventType.ADDED
    if added and not (event.order_number or event.printer):
        return  # it holds no ticket, only something that a program could not read
    if not added and event.unsettled > 0:
        return
    circumstances = Circumstances(
        locations=(event.location,),
        agent=event.agent,
        printer=event.printer,
        reason=event.reason,
        order_number=event.order_number,
        unsettled=event.unsettled,
        since=event.at,
        until=None if added else event.at,
    )
    meaning = Meaning.ANOTHER if added else Meaning.OVER
    target = short_line(event.location) or "-"
    yield Sign(IncidentType.DEAD_LETTER, target, meaning, circumstances, event.at)


def _dead_job(event: JobEvent) -> Sign:
    """An agent gave it up. It tells so itself; of what agents cannot know, the ledger tells.

    The ledger tells as well when none is left.
    """
    circumstances = Circumstances(
        locations=(event.location,),
        agent=event.agent,
        printer=event.printer,
        reason=event.reason,
        order_number=event.order_number,
        since=event.at,
    )
    target = short_line(event.location)
    return Sign(IncidentType.DEAD_LETTER, target, Meaning.ANOTHER, circumstances, event.at)


def _restart(event: ServiceEvent, config: Config) -> Iterator[Sign]:
    if event.type is not ServiceEventType.STARTED or event.before not in _BROKEN:
        return
    agent = event.instance if event.service == PRINT_AGENT else ""
    circumstances = Circumstances(
        locations=_locations(event.location, agent, config),
        agent=agent,
        service=event.service,
        instance=event.instance,
        reason=event.reason,
        before=event.before.value,
        since=event.at,
        away_s=event.away_s,
    )
    target = _target(event.service, event.instance)
    yield Sign(IncidentType.SERVICE_RESTARTED, target, Meaning.PASSED, circumstances, event.at)


def _target(whose: str, which: str) -> str:
    return f"{short_line(whose)}/{short_line(which)}"


def _locations(said: str, agent: str, config: Config) -> tuple[str, ...]:
    """The location that was said, if it is this print host's, else all that it prints for."""
    if said and serves(agent, said, config):
        return (said,)
    return tuple(location.id for location in config.locations_of(agent)) or (said,)
