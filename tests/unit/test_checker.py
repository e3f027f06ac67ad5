"""The judge itself, with a planted violation of each kind."""

from __future__ import annotations

import json

import pytest

from tests.support.checker import ExpectedTicket, PaperSlip, judge, read_paper, tickets_on

KITCHEN = "kitchen-1"


def job(n: int) -> str:
    return f"{n:08x}" + "0" * 24


def ticket(n: int, number: int | str, *, mark: str = "", top: str = "") -> str:
    number = f"{number:04d}" if isinstance(number, int) else number
    lines = [mark, top, "KITCHEN", f"{n} x Pizza", "─" * 20, mark, f"#{number}  job {n:08x}"]
    return "\n".join(line for line in lines if line)


def slips(*texts: str, printer: str = KITCHEN) -> list[PaperSlip]:
    return [PaperSlip(printer, text) for text in texts]


def expect(*jobs: int, printer: str = KITCHEN) -> list[ExpectedTicket]:
    return [ExpectedTicket(job(n), printer, release=n) for n in jobs]


DUPLICATE = "POSSIBLE DUPLICATE of #0002 (12:03)"


def test_paper_as_it_should_be_is_ok():
    verdict = judge(expect(1, 2, 3), slips(ticket(1, 1), ticket(2, 2), ticket(3, 3)))
    assert verdict.ok
    assert verdict.summary() == "OK: 3 expected, 3 on paper, 0 marked, 0 marked doubles"


def test_a_ticket_that_never_came_is_lost():
    verdict = judge(expect(1, 2), slips(ticket(1, 1)))
    assert verdict.lost == ["NEW 00000002 for kitchen-1"]
    assert not verdict.ok


def test_a_ticket_of_no_order_is_invented():
    verdict = judge(expect(1), slips(ticket(1, 1), ticket(9, 2)))
    assert verdict.invented == ["#0002 job 00000009 at kitchen-1"]


def test_a_slip_without_a_footer_is_invented_unless_it_is_a_notice():
    paper = slips(ticket(1, 1), "3 ORDERS WAIT")
    assert len(judge(expect(1), paper).invented) == 1
    assert judge(expect(1), paper, is_notice=lambda text: "ORDERS WAIT" in text).ok


def test_the_same_job_twice_without_a_mark_is_a_violation():
    verdict = judge(expect(1, 2), slips(ticket(1, 1), ticket(2, 2), ticket(2, "0002/2")))
    assert len(verdict.unmarked_doubles) == 1
    assert not verdict.marked_doubles
    assert not verdict.ok


@pytest.mark.parametrize(
    "mark",
    [
        DUPLICATE,
        "MÖGLICHES DUPLIKAT von #0002 (12:03)",
        "DOUBLON POSSIBLE de #0002 (12:03)",
        "POSSIBILE DOPPIONE di #0002 (12:03)",
    ],
)
def test_the_same_job_again_with_a_mark_is_honest_and_counted(mark):
    again = ticket(2, "0002/2", mark=mark)
    verdict = judge(expect(1, 2), slips(ticket(1, 1), ticket(2, 2), again))
    assert verdict.ok
    assert verdict.marks == 1
    assert len(verdict.marked_doubles) == 1


def test_two_marked_copies_of_one_clean_ticket_are_still_honest():
    again = [ticket(1, f"0001/{copy}", mark=DUPLICATE) for copy in (2, 3)]
    assert judge(expect(1), slips(ticket(1, 1), *again)).ok


def test_a_mark_without_another_ticket_is_counted_but_no_double():
    verdict = judge(expect(1), slips(ticket(1, 1, mark=DUPLICATE)))
    assert verdict.ok
    assert (verdict.marks, verdict.marked_doubles) == (1, [])


def test_a_mark_on_the_piece_above_does_not_excuse_the_ticket_below():
    torn = f"{DUPLICATE}\nKITCHEN\nhalf a tick"
    joined = f"{torn}\n{ticket(1, '0001/2')}"
    verdict = judge(expect(1), slips(ticket(1, 1), joined))
    assert len(verdict.unmarked_doubles) == 1


def test_a_later_ticket_before_an_earlier_one_is_out_of_order():
    verdict = judge(expect(1, 2, 3), slips(ticket(1, 1), ticket(3, 2), ticket(2, 3)))
    assert verdict.out_of_order == [
        "#0003 job 00000002 at kitchen-1 came after NEW 00000003 for kitchen-1"
    ]


def test_order_is_judged_for_each_printer_by_itself():
    expected = [*expect(2), *expect(1, printer="bar-1")]
    paper = [*slips(ticket(2, 1)), *slips(ticket(1, 1), printer="bar-1")]
    assert judge(expected, paper).ok


@pytest.mark.parametrize(
    "excuse", ["LATE 14 MIN", "14 MIN VERSPÄTET", "RETARD 14 MIN", "FROM KITCHEN-1"]
)
def test_late_and_diverted_tickets_say_so_and_stand_outside_the_order(excuse):
    late = ticket(1, 2, top=excuse)
    assert not judge(expect(1, 2), slips(ticket(2, 1), late)).out_of_order


def test_a_marked_ticket_stands_outside_the_order():
    paper = slips(ticket(1, 1), ticket(2, 2), ticket(1, "0001/2", mark=DUPLICATE))
    assert judge(expect(1, 2), paper).ok


def test_a_ticket_at_the_wrong_printer_is_found():
    verdict = judge(expect(1), slips(ticket(1, 1), printer="bar-1"))
    assert verdict.misplaced == ["#0001 job 00000001 at bar-1 belongs to kitchen-1"]


def test_a_ticket_at_the_backup_printer_says_where_it_comes_from():
    moved = ticket(1, 1, top="FROM KITCHEN-1")
    assert judge(expect(1), slips(moved, printer="bar-1")).ok
    stray = ticket(1, 1, top="FROM GRILL-1")
    assert judge(expect(1), slips(stray, printer="bar-1")).misplaced


def test_a_number_that_is_missing_is_a_gap():
    verdict = judge(expect(1, 2), slips(ticket(1, 1), ticket(2, 3)))
    assert verdict.gaps == ["#0002 at kitchen-1"]


def test_numbers_begin_with_one():
    assert judge(expect(1), slips(ticket(1, 2))).gaps == ["#0001 at kitchen-1"]


@pytest.mark.parametrize(
    "said",
    [
        "No. 0002 not used here, printed at BAR",
        "Nr. 0002 hier nicht benutzt",
        "N° 0002 non utilisé ici",
        "N. 0002 non usato qui",
    ],
)
def test_a_gap_that_a_later_ticket_explains_is_none(said):
    explains = ticket(2, 3, top=said)
    assert judge(expect(1, 2), slips(ticket(1, 1), explains)).ok


def test_an_explanation_on_another_printer_explains_nothing():
    explains = slips(ticket(3, 1, top="No. 0002 not used here"), printer="bar-1")
    expected = [*expect(1, 2), *expect(3, printer="bar-1")]
    assert judge(expected, [*slips(ticket(1, 1), ticket(2, 3)), *explains]).gaps


def test_a_new_series_counts_by_itself():
    assert judge(expect(1, 2), slips(ticket(1, 1), ticket(2, "A0001"))).ok


def test_one_number_for_two_jobs_is_found():
    verdict = judge(expect(1, 2), slips(ticket(1, 1), ticket(2, 1)))
    assert verdict.shared_numbers == ["#0001 at kitchen-1: 00000001, 00000002"]


def test_two_tickets_on_one_slip_are_two_tickets():
    joined = f"{ticket(1, 1)}\n\n{ticket(2, 2)}"
    assert [t.job for t in tickets_on(PaperSlip(KITCHEN, joined))] == ["00000001", "00000002"]
    assert judge(expect(1, 2), slips(joined)).ok


def test_the_number_inside_a_ticket_is_no_footer():
    assert not list(tickets_on(PaperSlip(KITCHEN, "note: #0417  job 3f9a12bc please")))


def test_the_summary_names_every_violation_and_is_not_endless():
    verdict = judge(expect(*range(1, 30)), slips(ticket(1, 1)))
    assert verdict.summary().startswith("VIOLATED: 29 expected, 1 on paper")
    assert "lost: 28" in verdict.summary()
    assert "… and 18 more" in verdict.summary()


def test_paper_is_read_from_the_printers_logs(tmp_path):
    for printer, text in ((KITCHEN, ticket(1, 1)), ("bar-1", ticket(2, 1))):
        (tmp_path / printer).mkdir()
        entries = [{"event": "started"}, {"event": "ticket_printed", "text": text}]
        log = "".join(json.dumps(entry) + "\n" for entry in entries)
        (tmp_path / printer / "log.jsonl").write_text(log, encoding="utf-8")
    expected = [*expect(1), *expect(2, printer="bar-1")]
    assert judge(expected, read_paper(tmp_path)).ok
