import pytest

from bonfire.config import Buzzer
from bonfire.messages import JobKind
from bonfire.order import Item
from escpos_paper import Kind, commands
from print_agent.ticket import Profile, Slip, render_ticket
from print_agent.ticket.buzzer import sound
from tests.unit.ticket.samples import PRINTED, SLIP, job, order

AUDIBLE = [Buzzer.ESC_A, Buzzer.ESC_B]
URGENT = [JobKind.CHANGE, JobKind.CANCEL]


@pytest.mark.parametrize("buzzer", AUDIBLE)
def test_a_new_ticket_an_urgent_one_and_a_reprint_sound_different(buzzer):
    new, reprint = sound(buzzer, JobKind.NEW), sound(buzzer, JobKind.REPRINT)
    urgent = {sound(buzzer, kind) for kind in URGENT}
    assert len({new, reprint, *urgent}) == 3
    assert all((new, reprint, *urgent))


@pytest.mark.parametrize("kind", JobKind)
def test_parameters_keep_to_the_ranges_of_the_manuals(kind):
    epson, other = sound(Buzzer.ESC_A, kind), sound(Buzzer.ESC_B, kind)
    assert not epson or (
        epson[:6] == b"\x1b(A\x04\x000"
        and 48 <= epson[6] <= 58
        and 1 <= epson[7] <= 63
        and epson[8] >= 10
        and len(epson) == 9
    )
    assert not other or (other[:2] == b"\x1bB" and all(1 <= each <= 9 for each in other[2:]))


@pytest.mark.parametrize("buzzer", Buzzer)
def test_a_test_is_silent(buzzer):
    assert sound(buzzer, JobKind.TEST) == b""
    trial = render_ticket(job(order()), Slip("1", PRINTED, test=True), Profile(buzzer=buzzer))
    assert not [one for one in commands(trial) if one.kind is Kind.BUZZER]


@pytest.mark.parametrize("buzzer", [Buzzer.NONE, Buzzer.DRAWER])
@pytest.mark.parametrize("kind", JobKind)
def test_nothing_ever_opens_a_drawer(buzzer, kind):
    data = render_ticket(job(order(), kind=kind), SLIP, Profile(buzzer=buzzer))
    assert data == render_ticket(job(order(), kind=kind), SLIP)
    assert not {Kind.BUZZER, Kind.DRAWER} & {one.kind for one in commands(data)}


@pytest.mark.parametrize("buzzer", AUDIBLE)
def test_it_sounds_once_and_before_anything_is_printed(buzzer):
    data = render_ticket(job(order(Item(name="Suppe"))), SLIP, Profile(buzzer=buzzer))
    kinds = [one.kind for one in commands(data)]
    assert kinds[:3] == [Kind.INITIALIZE, Kind.BUZZER, Kind.CODE_PAGE]
    assert kinds.count(Kind.BUZZER) == 1
