"""Every series of the agent starts at zero, and moves where it should."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest

from bonfire.errors import Reason, ReasonClass, reasons_of
from bonfire.metrics import new_registry
from print_agent.metrics import AgentMetrics
from print_agent.printers import Outcome
from print_agent.printers.fake import CUT_OFF, NO_BYTE_SENT
from tests.integration.agent.conftest import MakeRig
from tests.integration.agent.rig import BAR, KITCHEN, UNPRINTABLE, Rig
from tests.support.jobs import ACCEPTED, job, jobs


def test_every_series_is_there_at_the_start_and_zero():
    registry = new_registry("print-agent")
    AgentMetrics(registry, [KITCHEN, BAR])
    values = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name != "bonfire_build_info"
    }
    assert set(values.values()) == {0}
    for printer in (KITCHEN, BAR):
        by_printer = ("printer", printer)
        for outcome in Outcome:
            assert (
                "bonfire_ticket_attempts_total",
                ("outcome", outcome.value),
                by_printer,
            ) in values
        for reason in reasons_of(ReasonClass.PRINTER):
            labels = (by_printer, ("reason", reason.value))
            assert ("bonfire_printer_troubles_total", *labels) in values
        for reason in reasons_of(ReasonClass.PERMANENT):
            labels = (by_printer, ("reason", reason.value))
            assert ("bonfire_jobs_dead_total", *labels) in values
    for result in ("new", "known", "unreadable", "unknown_printer"):
        assert ("bonfire_jobs_received_total", ("result", result)) in values


async def test_a_printed_ticket_moves_its_counters_and_no_others_printers(rig: Rig):
    await rig.send(job("A1"), job("A1"))
    assert rig.metric("bonfire_jobs_received_total", result="new") == 1
    assert rig.metric("bonfire_jobs_received_total", result="known") == 1
    attempts = "bonfire_ticket_attempts_total"
    assert rig.metric(attempts, printer=KITCHEN, outcome="confirmed") == 1
    assert rig.metric(attempts, printer=BAR, outcome="confirmed") == 0
    assert rig.metric("bonfire_ticket_print_seconds_count", printer=KITCHEN) == 1
    assert rig.metric("bonfire_job_to_paper_seconds_count", printer=KITCHEN) == 1
    assert rig.metric("bonfire_job_to_paper_seconds_sum", printer=KITCHEN) == 60
    assert rig.metric("bonfire_printer_ready", printer=KITCHEN) == 1


async def test_only_tickets_that_printed_count_for_the_time_that_printing_takes(rig: Rig):
    rig.kitchen.script(NO_BYTE_SENT, CUT_OFF)
    await rig.send(job("A1"))
    await rig.wait(5)
    attempts = "bonfire_ticket_attempts_total"
    for outcome in ("failed", "unknown", "confirmed"):
        assert rig.metric(attempts, printer=KITCHEN, outcome=outcome) == 1
    assert rig.metric("bonfire_ticket_print_seconds_count", printer=KITCHEN) == 1


async def test_the_queue_and_its_oldest_job_are_shown_while_a_printer_is_lost(rig: Rig):
    rig.kitchen.refuses = Reason.REFUSED
    await rig.send(*jobs("A1", "A2"))
    assert rig.metric("bonfire_printer_waiting_jobs", printer=KITCHEN) == 2
    oldest = "bonfire_printer_oldest_job_timestamp_seconds"
    assert rig.metric(oldest, printer=KITCHEN) == ACCEPTED.timestamp()
    assert rig.metric("bonfire_printer_ready", printer=KITCHEN) == 0
    assert rig.metric("bonfire_printer_troubles_total", printer=KITCHEN, reason="refused") == 1
    rig.kitchen.refuses = None
    await rig.wait(5)
    assert rig.metric("bonfire_printer_waiting_jobs", printer=KITCHEN) == 0
    assert rig.metric(oldest, printer=KITCHEN) == 0
    assert rig.metric("bonfire_printer_ready", printer=KITCHEN) == 1


async def test_near_end_follows_the_paper(rig: Rig):
    near_end = "bonfire_printer_paper_near_end"
    for is_near in (True, False):
        rig.kitchen.near_end = is_near
        await rig.send(job(f"A{is_near}"))
        assert rig.metric(near_end, printer=KITCHEN) == is_near


@pytest.mark.parametrize(
    ("name", "reason"), [(UNPRINTABLE, "render_error"), ("A1", "still_unknown")]
)
async def test_a_dead_job_is_counted_by_its_reason(rig: Rig, name: str, reason: str):
    rig.kitchen.script(CUT_OFF, CUT_OFF)
    await rig.send(job(name))
    assert rig.metric("bonfire_jobs_dead_total", printer=KITCHEN, reason=reason) == 1


async def test_a_job_from_a_clock_that_is_ahead_takes_no_negative_time(rig: Rig):
    rig.clock.jump(-3_600)
    await rig.send(job("A1"))
    assert rig.metric("bonfire_job_to_paper_seconds_sum", printer=KITCHEN) == 0


async def test_no_metric_names_an_order_or_a_guest(rig: Rig, make_rig: MakeRig):
    await rig.send(job("A1"), job("A2", "grill-9"))
    shown = generate_latest(rig.registry).decode()
    for secret in ("A1", "A2", job("A1").job_id, "grill-9", "Käsespätzle"):
        assert secret not in shown
