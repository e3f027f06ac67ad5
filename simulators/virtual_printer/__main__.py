"""Command line: `virtual-printer serve | status | tickets | fault | clear`."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from control_port import ControlError
from control_port.arguments import asks_control_port, fault_list, port
from virtual_printer.client import PrinterControl
from virtual_printer.fault import MEANING
from virtual_printer.models import MODELS, model_named
from virtual_printer.place import Place
from virtual_printer.serve import PrinterAt, ServeSettings, run

_DEFAULT_CONTROL = "http://127.0.0.1:9180"
_COLUMNS = {None: None, 80: 48, 58: 32}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "serve":
        return _serve(options)
    try:
        return _control(options)
    except ControlError as error:
        print(f"virtual-printer: {error}", file=sys.stderr)
        return 1


def _serve(options: argparse.Namespace) -> int:
    ports = dict(options.enpc)
    return run(
        ServeSettings(
            printers=[
                PrinterAt(name, place, model or options.model, ports.get(name), columns)
                for name, place, model, columns in options.printer
            ],
            paper=options.paper,
            control=options.control,
            host=options.host,
            speed=options.speed,
            columns=_COLUMNS[options.paper_width],
            second=options.second,
            png=options.png,
        )
    )


def _control(options: argparse.Namespace) -> int:
    client = PrinterControl(options.control)
    match options.command:
        case "status":
            for printer in client.printers():
                print(_status_line(printer))
        case "tickets":
            for ticket in client.tickets(options.printer):
                print(f"── {options.printer} {ticket['seq']:06d} ──\n{ticket['text']}\n")
        case "fault":
            client.set_fault(options.printer, options.fault, options.value, options.at_byte)
        case "clear":
            client.clear(options.printer, options.fault)
    return 0


def _status_line(printer: dict[str, Any]) -> str:
    faults = ", ".join(fault["fault"] for fault in printer["faults"]) or "no faults"
    state = "online" if printer["online"] else "OFFLINE"
    return f"{printer['name']}  {printer['place']}  {state}  {printer['tickets']} tickets  {faults}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="virtual-printer", description="Receipt printers that print into files."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serve(commands.add_parser("serve", help="run printers until Ctrl-C"))
    control = asks_control_port(_DEFAULT_CONTROL)
    commands.add_parser("status", parents=[control], help="show every printer")
    tickets = commands.add_parser("tickets", parents=[control], help="show what was printed")
    tickets.add_argument("printer")
    fault = commands.add_parser(
        "fault",
        parents=[control],
        help="break a printer",
        epilog=fault_list(MEANING),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fault.add_argument("printer")
    fault.add_argument("fault")
    fault.add_argument("--value", type=float, help="seconds or mm/s, where the fault has one")
    fault.add_argument("--at-byte", type=int, help="wait for this byte of a ticket")
    clear = commands.add_parser("clear", parents=[control], help="mend a printer")
    clear.add_argument("printer")
    clear.add_argument("fault", nargs="?", help="all of them, if none is named")
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--printer",
        action="append",
        required=True,
        type=_named_printer,
        metavar="NAME=PLACE[,MODEL][,COLUMNS]",
        help="may be repeated; a place is a TCP port (0 takes a free one), pty:PATH or fifo:PATH",
    )
    parser.add_argument("--model", choices=MODELS, help="of every printer that names none")
    parser.add_argument(
        "--enpc",
        action="append",
        default=[],
        type=_name_and_port,
        metavar="NAME=PORT",
        help="where the printer NAME answers Epson's protocol on UDP; real ones do on 3289",
    )
    parser.add_argument("--paper", type=Path, required=True, metavar="DIR")
    parser.add_argument("--control", type=port, default=9180, metavar="PORT")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--speed", type=_speed, default=250.0, metavar="MM/S", help="or inf")
    parser.add_argument("--paper-width", type=int, choices=(80, 58), metavar="MM")
    parser.add_argument("--second", choices=("block", "refuse"), default="block")
    parser.add_argument("--no-png", dest="png", action="store_false")


def _named_printer(text: str) -> tuple[str, Place, str | None, int | None]:
    name, rest = _named(text, "NAME=PLACE")
    front, comma, number = rest.rpartition(",")
    columns = int(number) if comma and re.fullmatch("[1-9][0-9]{1,2}", number) else None
    if columns:
        rest = front
    place, comma, model = rest.rpartition(",")
    try:
        if comma:
            model_named(model)
            return name, Place.parse(place), model, columns
        return name, Place.parse(rest), None, columns
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _name_and_port(text: str) -> tuple[str, int]:
    name, number = _named(text, "NAME=PORT")
    return name, port(number)


def _named(text: str, form: str) -> tuple[str, str]:
    name, separator, rest = text.partition("=")
    if not separator or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise argparse.ArgumentTypeError(f"{text!r} is not {form}")
    return name, rest


def _speed(text: str) -> float:
    speed = float(text)
    if not speed > 0 or math.isnan(speed):
        raise argparse.ArgumentTypeError("the speed must be above 0 mm/s")
    return speed


if __name__ == "__main__":
    sys.exit(main())
