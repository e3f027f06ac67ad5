"""Random faults, crashes and stops, in virtual time; at the end everything heals, and the paper
and the journal are judged. A failing seed repeats itself: `-k "seed and [7]"`.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

from bonfire.errors import Reason
from bonfire.messages import JobEventType, PrintJob
from print_agent.printers.fake import (
    CUT_OFF,
    CUT_OFF_BUT_PRINTED,
    NO_BYTE_SENT,
    PRINTED,
    SILENT,
    SILENT_BUT_PRINTED,
    STALLED,
)
from print_agent.probing import Pace
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, UNPRINTABLE, Rig, WatchedPrinter
from tests.support.jobs import job

ASKED: Final = Pace(probe_every_s=20)
SEEDS: Final = 25
STEPS: Final = 40
ENDINGS: Final = (
    *(PRINTED,) * 4,
    NO_BYTE_SENT,
    CUT_OFF,
    CUT_OFF_BUT_PRINTED,
    STALLED,
    SILENT,
    SILENT_BUT_PRINTED,
)


class Evening:
    """One agent through its restarts, and all the paper that came out."""

    def __init__(self, seed: int, folder: Path, make_rig: MakeRig) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- to repeat, not to hide
        self.make_rig = make_rig
        self.rig: Rig = make_rig(folder, pace=ASKED)
        self.jobs: dict[str, PrintJob] = {}
        self.paper: dict[str, list[str]] = defaultdict(list)
        self.happened: set[str] = set()
        self._starts = 0

    async def step(self) -> None:
        chosen = self.random.choices(
            [
                self.order,
                self.end_badly,
                self.lose_a_printer,
                self.find_it_again,
                self.hold_a_ticket,
                self.release_it,
                self.fill_the_disk,
                self.free_the_disk,
                self.hear_late,
                self.crash,
                self.stop,
                self.ask_again,
                self.wait,
            ],
            weights=[8, 4, 2, 3, 2, 3, 1, 2, 2, 1, 1, 2, 4],
        )[0]
        self.happened.add(chosen.__name__)
        await chosen()

    @property
    def sent(self) -> list[PrintJob]:
        """Each job as it was asked for last."""
        return list(self.jobs.values())

    @property
    def printer(self) -> WatchedPrinter:
        return self.rig.printers[self.random.choice((KITCHEN, BAR))]

    async def order(self) -> None:
        bad = UNPRINTABLE if self.random.random() < 0.05 else ""
        for name in self.random.sample((KITCHEN, BAR), self.random.randint(1, 2)):
            await self.send(job(f"{bad}A{len(self.jobs)}", name))

    async def send(self, each: PrintJob) -> None:
        self.jobs[each.job_id] = each
        await self.rig.send(each)

    async def ask_again(self) -> None:
        """Sometimes for one that is not dead: whoever asks may know less than the journal."""
        if self.jobs:
            each = self.random.choice(self.sent)
            dead = [job for job in self.sent if self.rig.state(job) == "dead"]
            if dead and self.random.random() < 0.8:
                each = self.random.choice(dead)
            await self.send(each.model_copy(update={"generation": each.generation + 1}))

    async def end_badly(self) -> None:
        self.printer.script(*self.random.choices(ENDINGS, k=2))

    async def lose_a_printer(self) -> None:
        printer = self.printer
        way = self.random.choice(("refuses", "mute", "trouble"))
        setattr(printer, way, self.random.choice((Reason.REFUSED, Reason.COVER_OPEN)))

    async def find_it_again(self) -> None:
        heal(self.printer)

    async def hold_a_ticket(self) -> None:
        self.printer.hold(self.random.choice((None, Reason.PAPER_OUT)))

    async def release_it(self) -> None:
        self.printer.release()

    async def fill_the_disk(self) -> None:
        self.rig.disk.full = True

    async def free_the_disk(self) -> None:
        self.rig.disk.full = False

    async def hear_late(self) -> None:
        """Of a ticket that came out; a word on one that did not would be the printer's lie."""
        printer = self.printer
        printer.late_words |= {
            attempt.process_id for attempt in printer.attempts if attempt.data in printer.paper
        }

    async def wait(self) -> None:
        await self.rig.wait(self.random.choice((0.5, 3, 40)))

    async def stop(self) -> None:
        spoolers = self.rig.spoolers.values()
        draining = asyncio.gather(*(spooler.drain(20) for spooler in spoolers))
        await self.rig.wait(20)
        await draining
        await self.rig.tasks.cancel()
        await self.start_again()

    async def crash(self) -> None:
        await self.start_again()

    async def start_again(self) -> None:
        self._starts += 1
        old, there = self.rig, self.rig.crashed(f"start {self._starts}")
        for printer in old.printers.values():
            held = printer.in_hand
            if held is not None and self.random.random() < 0.5:
                printer.paper.append(held.data)  # it needs us no more
        self.collect()
        self.rig = self.make_rig(there, pace=ASKED)
        for name, printer in self.rig.printers.items():
            printer.late_words = old.printers[name].late_words
        await self.rig.start()
        for each in self.sent:  # the ledger sends again what nobody answered for
            await self.rig.send(each)

    def collect(self) -> None:
        for name, printer in self.rig.printers.items():
            self.paper[name] += printer.numbers
            printer.paper.clear()

    async def heal(self) -> None:
        self.rig.disk.full = False
        for printer in self.rig.printers.values():
            heal(printer)
            printer.release()
        for _ in range(20):
            await self.rig.wait(40)
        self.collect()


def heal(printer: WatchedPrinter) -> None:
    printer.refuses = printer.mute = printer.trouble = None


def judge(evening: Evening) -> None:
    rig = evening.rig
    told = {event.job_id: event for event in rig.events(JobEventType.PRINTED, JobEventType.DEAD)}
    for name, paper in evening.paper.items():
        here = [each for each in evening.sent if each.printer == name]
        tickets = [text.split(maxsplit=2) for text in paper]
        for each in here:
            marks = [len(ticket) > 2 for ticket in tickets if ticket[0] == each.order.number]
            outcomes = rig.outcomes(each)
            assert rig.state(each) in ("done", "dead"), f"{each.order.number} is stuck"
            assert each.job_id in told, f"{each.order.number}: nobody was told"
            last_told = told[each.job_id].generation
            assert last_told == each.generation, f"{each.order.number}: no answer to the last one"
            assert marks.count(False) <= 1, f"{each.order.number}: a silent double"
            assert marks.count(True) <= each.generation, f"{each.order.number}: nobody asked"
            if rig.state(each) == "done":
                assert marks, f"{each.order.number} is lost"
            elif not each.order.number.startswith(UNPRINTABLE):
                doubtful = [outcome for outcome in outcomes if outcome in (None, "unknown")]
                assert 2 <= len(doubtful) <= 1 + each.generation, (
                    f"{each.order.number} died of {outcomes}"
                )
            if True in marks:
                assert {None, "unknown"} & set(outcomes[:-1]), f"{each.order.number}: no reason"
        once = {each.order.number: rig.cell("id", each) for each in here if each.generation == 1}
        order = [once[ticket[0]] for ticket in tickets if ticket[0] in once]
        assert order == sorted(order), f"{name} printed out of order"
        numbers = [rig.cell("ticket_number", each) for each in here]
        given = sorted(number for number in numbers if number is not None)
        assert given == list(range(1, len(given) + 1)), f"{name} has a gap in {given}"
        said = " ".join(event.type.value.split(".")[1] for event in rig.printer_events(name))
        assert re.fullmatch(r"(lost( changed)* back ?)*", said), f"{name} was told as {said}"
        dead = {each.job_id for each in here if rig.state(each) == "dead"}
        assert dead <= {letter.job.job_id for letter in rig.dead_letters()}


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_happens_the_paper_is_right(seed: int, tmp_path: Path, make_rig: MakeRig):
    evening = Evening(seed, tmp_path / "data", make_rig)
    await evening.rig.start()
    for _ in range(STEPS):
        await evening.step()
    await evening.heal()
    assert evening.rig.tasks.dead is None
    assert evening.sent
    judge(evening)
