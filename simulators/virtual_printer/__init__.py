"""A receipt printer without the printer: real bytes in, paper as files out."""

from __future__ import annotations

from control_port import InvalidFault
from virtual_printer.darkroom import Darkroom
from virtual_printer.fault import Fault, FaultName
from virtual_printer.models import MODELS, Model, UnknownModel
from virtual_printer.paper_trail import PrintedTicket
from virtual_printer.printer import VirtualPrinter

__all__ = [
    "MODELS",
    "Darkroom",
    "Fault",
    "FaultName",
    "InvalidFault",
    "Model",
    "PrintedTicket",
    "UnknownModel",
    "VirtualPrinter",
]
