"""`notifier preview`: what a mail looks like, before anything happens."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bonfire import config
from bonfire.clock import Clock
from bonfire.config import Config, MailLanguage
from bonfire.errors import Permanent, Reason, ReasonClass, reasons_of
from bonfire.messages import Ending
from notifier.domain.circumstances import Circumstances
from notifier.domain.incidents import IncidentType, Phase
from notifier.domain.notices import Notice
from notifier.domain.origin import PRINT_AGENT
from notifier.templates import Letter, Templates

LASTED: Final = timedelta(minutes=13)
_DEFAULT_REASON: Final = {
    IncidentType.PRINTER_LOST: Reason.PAPER_OUT,
    IncidentType.DEAD_LETTER: Reason.RENDER_ERROR,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("type", choices=[kind.value for kind in IncidentType])
    parser.add_argument("--phase", choices=[one.value for one in Phase], default=Phase.START.value)
    parser.add_argument(
        "--language", choices=[one.value for one in MailLanguage], default=MailLanguage.GERMAN.value
    )
    parser.add_argument(
        "--reason",
        choices=[one.value for one in reasons_of(ReasonClass.PRINTER, ReasonClass.PERMANENT)],
        help="of the trouble (default: paper_out, render_error)",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the HTML here")


def preview(given: argparse.Namespace, clock: Clock) -> str:
    """The subject and the text; writes the HTML where that was asked for. Raises `Permanent`."""
    letter = _letter(given, config.load(given.config), clock.now())
    if given.html is not None:
        _write(given.html, letter.html)
    return f"Subject: {letter.subject}\n\n{letter.text}"


def _write(file: Path, html: str) -> None:
    try:
        file.write_text(html, "utf-8")
    except OSError as error:
        detail = f"cannot write {file}: {error.strerror}"
        raise Permanent(Reason.CONFIG_INVALID, detail) from error


def _letter(given: argparse.Namespace, loaded: Config, now: datetime) -> Letter:
    type_ = IncidentType(given.type)
    notice = Notice(
        type=type_,
        phase=Phase(given.phase),
        person="",
        email="",
        language=MailLanguage(given.language),
        circumstances=_example(loaded, given.reason or _DEFAULT_REASON.get(type_, ""), now),
        count=2,
        happened_at=now,
        message_id="",
    )
    return Templates(loaded).letter(notice)


def _example(loaded: Config, reason: str, now: datetime) -> Circumstances:
    """Something that might have happened in the first restaurant of the configuration."""
    location = loaded.default_location
    return Circumstances(
        locations=(location.id,),
        agent=location.agent,
        printer=location.printers[0].id,
        service=PRINT_AGENT,
        instance=location.agent,
        reason=reason,
        order_number="1042",
        before=Ending.CRASHED.value,
        waiting=3,
        unsettled=2,
        since=now - LASTED,
        until=now,
        away_s=12,
    )
