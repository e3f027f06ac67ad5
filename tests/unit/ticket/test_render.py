import pytest

from bonfire.errors import Permanent, Reason
from bonfire.order import Item
from escpos_paper import tickets
from print_agent.ticket import Profile, render, render_ticket
from print_agent.ticket.raster import NO_FONTS
from print_agent.ticket.render import print_rows
from print_agent.ticket.style import Style
from print_agent.ticket.typeset import BlankRows, Gap, Output, Row, Span
from tests.unit.ticket.samples import SLIP, job, order

SECRET = "Frau Geheim"


def test_a_ticket_begins_with_a_reset_and_the_code_page_and_ends_with_one_cut():
    data = render_ticket(job(order(Item(name="Suppe"))), SLIP)
    assert data.startswith(b"\x1b@\x1bt\x13\x1bd\x03")
    assert data.endswith(b"#0417  job 9f31c0de\n\x1dV\x42\x00")
    assert data.count(b"\x1dV") == 1


def test_every_ticket_is_rendered_from_scratch():
    one = job(order(Item(name="Suppe")))
    assert render_ticket(one, SLIP) == render_ticket(one, SLIP)


def test_only_a_style_that_changes_is_sent():
    bold = Style(bold=True)
    rows = [Row((Span("a", bold),)), Row((Span("b", bold), Span(""), Span("c")))]
    assert print_rows(rows) == b"\x1b@\x1bt\x13\x1bE\x01a\nb\x1bE\x00c\n\x1dVB\x00"


def test_every_style_has_its_command():
    rows: list[Output] = [
        Row((Span("w", Style(width=3, height=2)), Span("i", Style(inverse=True)))),
        Row((Span("s", Style(small=True)),), solid=True),
        Row((Span("p"),)),
        Gap(dots=7),
        BlankRows(2),
    ]
    assert print_rows(rows) == (
        b"\x1b@\x1bt\x13\x1d!\x21w\x1d!\x00\x1dB\x01i\n\x1b3\x18\x1bM\x01\x1dB\x00s\n"
        b"\x1b2\x1bM\x00p\n\x1bJ\x07\x1bd\x02\x1dVB\x00"
    )


def test_the_last_gate_lets_no_control_byte_through():
    everything = "".join(map(chr, range(0x20))) + "\x7f" + "€北"
    data = print_rows([Row((Span(f"[{everything}]"),))], Profile(raster=False))
    assert data == b"\x1b@\x1bt\x13[\n\xd5?]\n\x1dVB\x00"


def test_an_error_is_permanent_and_does_not_quote_the_guest(monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(render, "compose", fail)
    with pytest.raises(Permanent) as caught:
        render_ticket(job(order()), SLIP)
    assert caught.value.reason is Reason.RENDER_ERROR
    assert "ValueError" in caught.value.detail
    assert SECRET not in caught.value.detail


def test_paper_of_58_millimetres_gets_its_own_layout():
    data = render_ticket(
        job(order(Item(name="Käsespätzle mit Röstzwiebeln und Salat"))), SLIP, Profile(columns=32)
    )
    (ticket,) = tickets(data, 32)
    assert " 1x  Käsespätzle mit\n         Röstzwiebeln und Salat\n" + "─" * 32 in ticket.text()


def test_a_font_that_breaks_costs_its_letters_and_not_the_ticket(monkeypatch):
    one = job(order(Item(name="北京烤鸭")))

    def fail(*_: object) -> None:
        raise OSError("the file is gone")

    monkeypatch.setattr(render, "draw", fail)
    data = render_ticket(one, SLIP)
    assert data == render_ticket(one, SLIP, Profile(fonts=NO_FONTS))
    assert b"~BeiJingKaoYa~" in data
    assert "ONLINE PRÜFEN".encode("cp858") in data
