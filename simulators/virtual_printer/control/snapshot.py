"""Printers and their paper as JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from escpos_paper import Barcode, Block, Buzz, Cut, Feed, Line, Picture, QrCode, Run
from virtual_printer.paper_trail import PrintedTicket
from virtual_printer.printer import VirtualPrinter

Json = dict[str, Any]


def printer_snapshot(printer: VirtualPrinter) -> Json:
    """How a printer is now."""
    return {
        "name": printer.name,
        "place": printer.place,
        "port": printer.port,
        "columns": printer.columns,
        "width_dots": printer.mechanism.slip.engine.width_dots(printer.columns),
        "maker": printer.model.maker,
        "model": printer.model.name,
        "serial": printer.identity.serial,
        "online": printer.online,
        "printing": printer.mechanism.is_moving,
        "connected": printer.connected_peer,
        "buffered_bytes": printer.mechanism.buffer.held_bytes,
        "tickets": printer.ticket_count,
        "cutter": printer.model.cutter,
        "red": printer.model.engine.red,
        "impact": printer.model.engine.impact,
        "enpc_port": printer.enpc_port or None,
        "faults": [
            {"fault": fault.name, "value": fault.value, "at_byte": fault.at_byte}
            for fault in printer.faults
        ],
    }


def ticket_snapshot(ticket: PrintedTicket) -> Json:
    return {
        "seq": ticket.seq,
        "text": ticket.text,
        "bytes": len(ticket.data),
        "mm": ticket.height_mm,
        "buzzes": [buzz._asdict() for buzz in ticket.buzzes],
        "red": ticket.is_red,
        "t_first_byte": ticket.first_byte_at,
        "t_printed": ticket.printed_at,
    }


def blocks_snapshot(blocks: Iterable[Block]) -> list[Json]:
    """What came out of the printer, for the page to draw. Widths and heights are dots."""
    return [_block(block) for block in blocks]


def _block(block: Block) -> Json:
    match block:
        case Line(runs=runs):
            return {"kind": "line", "height": block.height_dots, "runs": [_run(r) for r in runs]}
        case Picture(width=width, height=height, bits=bits, align=align):
            return {
                "kind": "picture",
                "width": width,
                "height": height,
                "align": align,
                "red": block.red,
                "bits": base64.b64encode(bits).decode(),
            }
        case QrCode(module_dots=module_dots, align=align):
            rows = ["".join("01"[module] for module in row) for row in block.modules]
            return {"kind": "modules", "rows": rows, "dots": module_dots, "align": align}
        case Barcode(align=align):
            return {
                "kind": "bars",
                "bars": block.bars,
                "dots": block.module_dots,
                "height": block.bars_height_dots,
                "text": block.data.decode("ascii", "replace"),
                "align": align,
            }
        case Feed():
            return {"kind": "feed", "height": block.height_dots}
        case Buzz(sound=sound, times=times, cycle_s=cycle_s):
            return {"kind": "buzz", "sound": sound, "times": times, "cycle_s": cycle_s}
        case Cut():
            return {"kind": "cut"}


def _run(run: Run) -> Json:
    style = run.style
    cell, height = style.cell_dots
    return {
        "text": run.text,
        "x": run.x_dots,
        "cell": cell,
        "height": height,
        "bold": style.bold,
        "underline": style.underline,
        "inverse": style.inverse,
        "upside_down": style.upside_down,
        "red": style.red,
    }
