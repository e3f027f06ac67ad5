"""Renders tickets: at once, or beside the loop what is not in the printer's own letters.

A ticket of forty lines takes a millisecond. Letters that have to be drawn take two for each row:
a quarter of a second for a long order from a menu in Chinese, and ten for one that was made to do
harm. So long the loop would look after no other printer, and answer no probe: whoever watches the
agent would kill it, again and again, over the same ticket.
"""

from __future__ import annotations

import asyncio

from bonfire.config import Printer
from bonfire.messages import PrintJob
from print_agent.profiles import Profiles
from print_agent.ticket import Slip, render_ticket


class Renderer:
    """For all printers of an agent."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._beside = asyncio.Lock()

    async def render(self, printer: Printer, job: PrintJob, slip: Slip) -> bytes:
        """The whole ticket. Raises `Permanent`, as `render_ticket` does."""
        profile = self._profiles.of(job, printer)
        if all(map(profile.charset.has, _texts(job, slip))):
            return render_ticket(job, slip, profile)
        async with self._beside:  # one after the other: they share the fonts
            return await asyncio.to_thread(render_ticket, job, slip, profile)


def _texts(job: PrintJob, slip: Slip) -> tuple[str, ...]:
    """All that a ticket may show of what people wrote, and more that does no harm."""
    before = slip.replaces.order.model_dump_json() if slip.replaces else ""
    return job.model_dump_json(), before
