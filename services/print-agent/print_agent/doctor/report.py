"""The file to attach when a printer does what nobody understands.

Markdown, since it is pasted into an issue and read by a person. It is made of what the doctor
asked a moment ago: no ticket is sent for it, and of the journal it has counts and reasons alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from bonfire.config import Printer
from bonfire.config.table import Table
from print_agent.doctor.consultation import Case
from print_agent.memory import Past

_HEAD: Final = """\
# print-agent doctor, {at:%Y-%m-%d %H:%M} UTC

Please read this before you pass it on. It holds the ids, addresses, serial numbers and settings
of your printers, and every byte of the doctor's own conversation with them. It holds nothing of an
order or a guest, no password, and no name of a restaurant or a person. Nothing was printed for it.

## This machine

{software}
"""
_PRINTER: Final = """
## {id}

{told}

{past}

Settings:

```toml
{settings}
```

Conversation: seconds, `>` to the printer, `<` from it.

```text
{trace}
```
"""


def report(cases: Sequence[Case], software: str, at: datetime) -> str:
    printers = "".join(_of(case) for case in cases)
    return _HEAD.format(at=at, software=_list(software.splitlines())) + printers


def _of(case: Case) -> str:
    return _PRINTER.format(
        id=case.printer.id,
        told=_list(case.text().splitlines()),
        past=_past(case.past),
        settings=_settings(case.printer),
        trace=case.trace.text(),
    )


def _past(past: Past | None) -> str:
    if past is None:
        return "No journal was read (`--data`)."
    counted = {"Jobs": past.jobs, "Attempts": past.attempts}
    return _list(
        f"{what}: {', '.join(map(str, counts)) or 'none'}" for what, counts in counted.items()
    )


def _settings(printer: Printer) -> str:
    """What bonfire.toml says and leaves unsaid, in its own words."""
    keys = _keys(printer, {"id", "ticket"}) | {
        f"ticket.{name}": value for name, value in _keys(printer.ticket).items()
    }
    return "\n".join(f"{key} = {json.dumps(value, default=str)}" for key, value in keys.items())


def _keys(table: Table, without: Collection[str] = ()) -> dict[str, object]:
    values = {name: getattr(table, name) for name in type(table).model_fields}
    return {key: value for key, value in values.items() if key not in without and value is not None}


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line.strip()}" for line in lines)
