"""A printer as bonfire.toml describes it."""

from __future__ import annotations

from bonfire import config
from bonfire.clock import Clock
from print_agent.printers import Printer, PrinterSettings
from print_agent.printers.tcp import TcpPrinter


def configured(printer: config.Printer, clock: Clock, *, interrupted: bool = False) -> Printer:
    """Nothing is connected yet. `interrupted`: its last ticket may have stopped in mid-command."""
    settings = PrinterSettings(
        id=printer.id,
        address=printer.address,
        columns=printer.columns,
        confirmation=printer.confirmation,
        status=printer.status,
        shared=printer.shared,
        accept_weak=printer.accept_weak,
        connect_timeout_s=printer.connect_timeout_s,
        status_timeout_s=printer.status_timeout_s,
        send_timeout_s=printer.send_timeout_s,
        confirm_timeout_s=printer.confirm_timeout_s,
    )
    return TcpPrinter(settings, clock, interrupted=interrupted)
