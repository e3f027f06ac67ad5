"""`/printers` at the operations port: each printer, how it is, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bonfire.config import EPSON_NUMBERS, Printer
from bonfire.errors import Permanent, Reason
from bonfire.messages import PrinterState
from bonfire.ops_api import OpsApi
from bonfire.web.problem import problem_response
from print_agent.journal import KnownPrinter
from print_agent.printers.advice import advice_on
from print_agent.recognition import Recognition
from print_agent.spooler import Spooler


class ExaminationRefused(Permanent):
    """It would lead to nothing; the message says why."""


class Pages:
    """Nothing that they show holds a word of a guest."""

    def __init__(
        self,
        printers: Sequence[Printer],
        locations: Mapping[str, str],
        spoolers: Mapping[str, Spooler],
        recognition: Recognition,
    ) -> None:
        """`locations` by a printer's id. `spoolers` may still be empty."""
        self._printers = {printer.id: printer for printer in printers}
        self._locations = locations
        self._spoolers = spoolers
        self._recognition = recognition

    def add_to(self, ops: OpsApi) -> None:
        ops.add_get("/printers", self.list)
        ops.add_post("/printers/{id}/examine", self.examine)

    async def list(self, _request: web.Request) -> web.Response:
        return web.json_response({"printers": [self._shown(id_) for id_ in self._spoolers]})

    async def examine(self, request: web.Request) -> web.Response:
        """Ask anew what it can do, once it is idle: after it was set up otherwise."""
        printer = self._printers.get(request.match_info["id"])
        if printer is None:
            known = ", ".join(self._printers)
            detail = f"no such printer; known: {known}"
            return problem_response(HTTPStatus.NOT_FOUND, Reason.UNKNOWN_PRINTER, detail)
        if printer.status == "none":
            detail = 'it is not asked anything, as it has status = "none" in the configuration'
            raise ExaminationRefused(Reason.INVALID_FIELDS, detail)
        self._recognition.examine_anew(printer.id)
        return web.json_response({"printer": printer.id}, status=HTTPStatus.ACCEPTED)

    def _shown(self, id_: str) -> dict[str, Any]:
        printer, location = self._printers[id_], self._locations[id_]
        state = self._spoolers[id_].state(location)
        known = self._recognition.known(id_)
        return {
            "id": id_,
            "location": location,
            "address": str(printer.address),
            "shared": printer.shared,
            "state": _word(state),
            "trouble": _trouble(printer, state),
            "near_end": state.near_end,
            "waiting": state.waiting,
            "oldest_due_at": state.oldest_due_at and state.oldest_due_at.isoformat(),
            "confirmation": _confirmation(printer, known),
            "says": None if known is None else _said(known),
            "configured": _configured(printer),
        }


def _word(state: PrinterState) -> str:
    if state.reason:
        return "trouble"
    return "ready" if state.ready else "not asked yet"


def _trouble(printer: Printer, state: PrinterState) -> dict[str, Any] | None:
    if not state.reason:
        return None
    advice = advice_on(printer.address, Reason(state.reason))
    return {
        "reason": state.reason,
        "since": state.lost_at and state.lost_at.isoformat(),
        "problem": advice.problem,
        "remedy": advice.remedy,
    }


def _confirmation(printer: Printer, known: KnownPrinter | None) -> dict[str, Any]:
    """How it confirms, and by whose word we know that."""
    if printer.confirmation != "auto":
        return {"by": printer.confirmation.value, "source": "configured"}
    if known is None or known.confirmation is None:
        return {"by": None, "source": "not asked yet"}
    return {"by": known.confirmation.value, "source": "asked"}


def _said(known: KnownPrinter) -> dict[str, Any]:
    """What it said of itself; `capabilities` is null as long as it was not asked."""
    can = known.capabilities
    return {
        **asdict(known.fingerprint),
        "capabilities": None if can is None else {**asdict(can), "cutter": can.cutter},
    }


def _configured(printer: Printer) -> dict[str, Any]:
    """What no printer tells: that it is so is the configuration's word alone."""
    names = {"technology", "columns", "code_page", "buzzer", "raster", "red"}
    number = printer.code_page_number
    return {
        **printer.model_dump(mode="json", include=names),
        "code_page_number": EPSON_NUMBERS[printer.code_page] if number is None else number,
    }
