"""Routes and answers of the control API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web

from control_port import LARGEST_BODY_BYTES, errors_as_json, json_object, number, whole
from virtual_printer.control.live import LiveView
from virtual_printer.control.snapshot import printer_snapshot, ticket_snapshot
from virtual_printer.fault import MEANING
from virtual_printer.paper_trail import PrintedTicket
from virtual_printer.printer import VirtualPrinter

_PAGE: Final = Path(__file__).with_name("page.html")
_PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'"
)

_FAULT_FIELDS: Final = frozenset({"fault", "value", "at_byte"})

PRINTERS: Final = web.AppKey("printers", Mapping[str, VirtualPrinter])


def control_app(printers: Mapping[str, VirtualPrinter]) -> web.Application:
    """The application for these printers, by name."""
    app = web.Application(middlewares=[errors_as_json], client_max_size=LARGEST_BODY_BYTES)
    app[PRINTERS] = printers
    live = LiveView(printers)
    app.router.add_get("/", _page)
    app.router.add_get("/events", live.stream)
    app.router.add_get("/faults", _fault_names)
    app.router.add_get("/printers", _list_printers)
    app.router.add_get("/printers/{printer}", _show_printer)
    app.router.add_get("/printers/{printer}/tickets", _list_tickets)
    app.router.add_get(r"/printers/{printer}/tickets/{seq:\d+}{suffix:\.(?:png|txt|bin)}", _ticket)
    app.router.add_post("/printers/{printer}/faults", _set_fault)
    app.router.add_delete("/printers/{printer}/faults", _clear_all)
    app.router.add_delete("/printers/{printer}/faults/{fault}", _clear_one)
    app.on_shutdown.append(live.close)
    return app


async def _page(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_PAGE, headers={"Content-Security-Policy": _PAGE_POLICY})


async def _fault_names(request: web.Request) -> web.Response:
    return web.json_response({str(name): meaning for name, meaning in MEANING.items()})


async def _list_printers(request: web.Request) -> web.Response:
    printers = request.app[PRINTERS].values()
    return web.json_response([printer_snapshot(printer) for printer in printers])


async def _show_printer(request: web.Request) -> web.Response:
    return web.json_response(printer_snapshot(_printer(request)))


async def _list_tickets(request: web.Request) -> web.Response:
    """`?since=N` leaves out the tickets up to number N."""
    since = request.query.get("since", "0")
    if not since.isdecimal():
        raise web.HTTPBadRequest(text="since must be a ticket's number")
    tickets = [t for t in _printer(request).tickets if t.seq > int(since)]
    return web.json_response([ticket_snapshot(ticket) for ticket in tickets])


async def _ticket(request: web.Request) -> web.StreamResponse:
    printer = _printer(request)
    seq = int(request.match_info["seq"])
    suffix = request.match_info["suffix"]
    ticket = next((ticket for ticket in printer.tickets if ticket.seq == seq), None)
    if suffix == ".png":
        return _png(printer, seq)
    if ticket is None:
        raise web.HTTPNotFound(text=f"{printer.name} has no ticket {seq}")
    return _text_or_bytes(ticket, suffix)


def _png(printer: VirtualPrinter, seq: int) -> web.StreamResponse:
    folder = printer.trail.folder
    path = folder / f"{seq:06d}.png" if folder else None
    if path is None or not path.exists():
        raise web.HTTPNotFound(
            text=f"no picture of ticket {seq}: it does not exist, is being drawn,"
            " or the printer was started with --no-png"
        )
    return web.FileResponse(path)


def _text_or_bytes(ticket: PrintedTicket, suffix: str) -> web.Response:
    if suffix == ".txt":
        return web.Response(text=f"{ticket.text}\n")
    return web.Response(body=ticket.data, content_type="application/octet-stream")


async def _set_fault(request: web.Request) -> web.Response:
    """`{"fault": "paper-out", "value": 2.5, "at_byte": 200}`, the last two where they apply."""
    printer = _printer(request)
    body = await json_object(request, _FAULT_FIELDS)
    printer.set_fault(
        str(body.get("fault", "")),
        value=number(body.get("value"), "value"),
        at_byte=whole(body.get("at_byte"), "at_byte"),
    )
    return web.json_response(printer_snapshot(printer), status=201)


async def _clear_all(request: web.Request) -> web.Response:
    printer = _printer(request)
    printer.clear_fault()
    return web.json_response(printer_snapshot(printer))


async def _clear_one(request: web.Request) -> web.Response:
    printer = _printer(request)
    printer.clear_fault(request.match_info["fault"])
    return web.json_response(printer_snapshot(printer))


def _printer(request: web.Request) -> VirtualPrinter:
    printers = request.app[PRINTERS]
    name = request.match_info["printer"]
    if name not in printers:
        raise web.HTTPNotFound(text=f"no printer {name!r}; there are: {', '.join(printers)}")
    return printers[name]
