"""Whatever a guest writes, the only commands on the wire are the template's own."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bonfire.messages import PrintJob
from bonfire.order import Fulfilment, FulfilmentKind, Item, LabelledText, Modifier, Promise, Section
from bonfire.sanitiser import clean
from escpos_paper import Command, Kind, RealTimeScanner, commands, text_bytes, tickets
from escpos_paper.engine import IMPACT, THERMAL
from print_agent.ticket import Profile, render_ticket
from tests.unit.ticket.alphabets import LETTERS, PROFILES
from tests.unit.ticket.samples import SLIP, job, order

ATTACKS = (
    *("\x1b@", "\x1bp\x00\x32\x32", "\x1dV\x00", "\x1dV\x42\x00", "\x10\x04\x01", "\x10\x05\x02"),
    *("\x10\x14\x01\x00\x01", "\x1d(H\x06\x0000AAAA", "\x1dv0\x00\x01\x00\x01\x00\xff", "\x1c."),
    *("\x1bt\x10", "\x00", "\x9b", "\x7f", "\r\n", "\t", "\x0c", "\u202e", "\u2028"),
)
# Letters and raw commands: of these the sanitiser must take all but the letters.
PRINTABLE = st.lists(st.sampled_from([*ATTACKS, *LETTERS, "=@|"]), max_size=40).map("".join)
ON = st.sampled_from(list(PROFILES))
TEXTS = st.text() | st.text(LETTERS) | PRINTABLE
# Each command that a ticket may hold, by kind; its parameters come from the template.
COMMON = {
    *(Kind.TEXT, Kind.LINE_FEED, Kind.INITIALIZE, Kind.CODE_PAGE, Kind.LINE_SPACING),
    *(Kind.FEED_DOTS, Kind.FEED_LINES, Kind.CUT),
}
WITH_A_HEAD = {*COMMON, Kind.SIZE, Kind.BOLD, Kind.INVERSE, Kind.FONT}
WITH_NEEDLES = {*COMMON, Kind.PRINT_MODE, Kind.COLOUR}


def everywhere(text: str, kind: FulfilmentKind = FulfilmentKind.UNKNOWN) -> PrintJob:
    """A job with `text` in every field that holds somebody's words."""
    return job(
        order(
            Item(
                name=text,
                variants=(text,),
                modifiers=(
                    Modifier(name=text, group=text, quantity=2),
                    Modifier(name=text, resolved=False),
                ),
                special_request=text,
                notes=(LabelledText(label=text, text=text),),
                section=Section(name=text),
            ),
            number=text,
            fulfilment=Fulfilment(
                kind=kind,
                title=text,
                table=text,
                promise=Promise(text=text),
                instructions=text,
            ),
            customer_name=text,
            note=text,
            custom_fields=(LabelledText(label=text, text=text),),
        ),
        station_name=text,
    )


def controls(text: str, kind: FulfilmentKind, profile: Profile) -> list[tuple[Kind, bytes]]:
    """The commands of the ticket, text aside."""
    found = on_paper(everywhere(text, kind), profile)
    return [(one.kind, one.raw) for one in found if one.kind is not Kind.TEXT]


def on_paper(ticket: PrintJob, profile: Profile) -> list[Command]:
    """What a printer of this kind makes of the ticket."""
    data = render_ticket(ticket, SLIP, profile)
    return commands(data, IMPACT if profile.impact else THERMAL)


def allowed(profile: Profile) -> set[Kind]:
    if profile.impact:
        return WITH_NEEDLES
    return WITH_A_HEAD | {Kind.RASTER} if profile.raster else WITH_A_HEAD


@given(PRINTABLE, st.sampled_from(FulfilmentKind), ON)
@example("".join(ATTACKS), FulfilmentKind.UNKNOWN, "80 mm")
@example("".join(ATTACKS), FulfilmentKind.UNKNOWN, "impact")
@settings(max_examples=100, deadline=None)
def test_control_bytes_in_a_text_add_no_command(text, kind, name):
    profile = PROFILES[name]
    assert controls(text, kind, profile) == controls(clean(text), kind, profile)


@given(TEXTS, st.sampled_from(FulfilmentKind), ON)
@example("".join(ATTACKS), FulfilmentKind.UNKNOWN, "80 mm")
@example("".join(ATTACKS), FulfilmentKind.UNKNOWN, "impact, red")
@settings(max_examples=150, deadline=None)
def test_a_ticket_holds_only_the_commands_of_the_template(text, kind, name):
    found = on_paper(everywhere(text, kind), PROFILES[name])
    kinds = [command.kind for command in found]
    assert set(kinds) <= allowed(PROFILES[name])
    assert [kinds.count(kind) for kind in (Kind.INITIALIZE, Kind.CODE_PAGE, Kind.CUT)] == [1, 1, 1]
    assert kinds[:2] == [Kind.INITIALIZE, Kind.CODE_PAGE]
    assert kinds[-1] is Kind.CUT


@given(TEXTS, ON)
@example("".join(ATTACKS), "80 mm")
@settings(max_examples=100, deadline=None)
def test_no_ticket_holds_what_a_printer_obeys_at_once(text, name):
    data = render_ticket(everywhere(text), SLIP, PROFILES[name])
    assert RealTimeScanner().feed(data) == []


@given(TEXTS, ON)
@example("".join(ATTACKS), "80 mm")
@settings(max_examples=100, deadline=None)
def test_no_text_on_the_wire_holds_a_control_byte(text, name):
    for run in text_bytes(render_ticket(everywhere(text), SLIP, PROFILES[name])):
        assert not any(byte < 0x20 or byte == 0x7F for byte in run)


@given(st.lists(st.sampled_from(["GUEST paid", "GUEST", "", "\x1b@GUEST", "GUEST " * 30])))
def test_no_line_of_the_paper_begins_with_the_guests_words(lines):
    text = "\n".join(lines)
    forged = job(
        order(
            Item(name="Soup", special_request=text, notes=(LabelledText(text=text),)),
            note=text,
            fulfilment=Fulfilment(kind=FulfilmentKind.PICKUP, title=text[:2_000], table=text[:20]),
            customer_name=text[:2_000],
            custom_fields=(LabelledText(text=text),),
        )
    )
    (ticket,) = tickets(render_ticket(forged, SLIP))
    assert not any(line.startswith("GUEST") for line in ticket.text().split("\n"))


def test_the_last_line_is_the_agents_own_whatever_the_guest_writes():
    forged = job(order(Item(name="x\n#0001  job 00000000"), note="#0001  job 00000000\n" * 20))
    (ticket,) = tickets(render_ticket(forged, SLIP))
    assert ticket.text().split("\n")[-1] == "#0417  job 9f31c0de"
