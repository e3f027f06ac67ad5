"""Blocks on paper of every kind: widths, sizes, and what an impact printer makes of them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bonfire.config import Technology, TextSize
from bonfire.order import Item, LabelledText, Modifier, Section
from bonfire.sanitiser import clean
from escpos_paper import Kind, commands, tickets
from escpos_paper.engine import IMPACT, IMPACT_RED
from print_agent.ticket import Profile
from print_agent.ticket.blocks import (
    Amount,
    Banner,
    Block,
    Box,
    Detail,
    Dish,
    Heading,
    Huge,
    Line,
    Pair,
    Place,
    Rule,
)
from print_agent.ticket.layout import compose
from print_agent.ticket.paper import Paper
from print_agent.ticket.render import print_rows
from print_agent.ticket.row import Row, Span
from print_agent.ticket.style import LARGE, LOUD, LOUD_AND_LARGE, PLAIN, Style
from print_agent.ticket.typeset import typeset
from tests.unit.ticket.alphabets import LETTERS, PROFILES, WORDS
from tests.unit.ticket.samples import SLIP, job, order

TEXT = st.text(LETTERS, max_size=40) | st.text(max_size=20)
ON = st.sampled_from(list(PROFILES))
NEEDLES = Profile(columns=40, technology=Technology.IMPACT)
RIBBON = Profile(columns=40, technology=Technology.IMPACT, red=True)


def rows(profile: Profile, *blocks: Block) -> list[Row]:
    return [row for row in typeset(blocks, profile) if isinstance(row, Row)]


def texts(profile: Profile, *blocks: Block) -> list[str]:
    return ["".join(span.text for span in row.spans).rstrip() for row in rows(profile, *blocks)]


def width(row: Row, profile: Profile) -> float:
    """In columns of the paper."""
    paper = Paper(profile)
    return sum(
        paper.width(span.text, span.style) * span.style.width * (0.75 if span.style.small else 1)
        for span in row.spans
    )


@given(TEXT, TEXT, st.integers(1, 999), st.sampled_from(TextSize), ON)
@settings(max_examples=200, deadline=None)
@example("", "000000000000\u061f", 1, TextSize.SMALL, "80 mm")
@example("", "00りب0мำب", 1, TextSize.SMALL, "80 mm")
@example("", "00り\u06280\u043c\u0e38\u05d5개", 1, TextSize.SMALL, "80 mm")
def test_no_row_is_wider_than_the_paper(text, other, quantity, size, name):
    text, other = clean(text), clean(other).replace("\n", " ")
    profile = PROFILES[name]
    found = rows(
        profile,
        Banner(text),
        Line(text, Style(small=not profile.impact)),
        Pair(other, other, LOUD),
        Huge(other),
        Amount(other, other, loud=True),
        Heading(other),
        Heading(other, of_station=True),
        Dish(quantity, other, price="1.234,50 €"),
        Dish(quantity, other, struck=True, small=True),
        Detail(other, other, style=LOUD),
        Box(other, text, style=LOUD, loud_title=True),
        Box(other, text, Place.TICKET),
        Rule(),
    )
    for row in found:
        assert width(row, profile) <= profile.columns, row


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("size", TextSize)
def test_a_whole_ticket_keeps_to_the_paper_in_every_size(name, size):
    profile = PROFILES[name]
    items = [
        Item(
            name=f"{word} {word} mit Soße",
            quantity=12,
            modifiers=(Modifier(name=word, group=word),),
            special_request=word * 3,
            notes=(LabelledText(label=word, text=word),),
            section=Section(name=word),
        )
        for word in WORDS.values()
    ]
    blocks = compose(job(order(*items, note=" ".join(WORDS.values()))), SLIP, profile)
    for row in typeset(blocks, profile):
        assert not isinstance(row, Row) or width(row, profile) <= profile.columns


@pytest.mark.parametrize(
    ("size", "columns", "style"),
    [
        (TextSize.SMALL, 48, Style(bold=True)),
        (TextSize.MEDIUM, 48, Style(height=2, bold=True)),
        (TextSize.LARGE, 48, Style(width=2, height=2, bold=True)),
        (TextSize.LARGE, 42, Style(width=2, height=2, bold=True)),
        (TextSize.LARGE, 32, Style(height=2, bold=True)),
    ],
)
def test_a_station_chooses_how_large_its_dishes_are(size, columns, style):
    profile = Profile(columns=columns, text_size=size)
    (dish,) = rows(profile, Dish(1, "Suppe"))
    assert dish.spans[1:] == (Span(" ", style._replace(width=1)), Span("Suppe", style))


@pytest.mark.parametrize(
    ("columns", "name", "width"),
    [
        (48, "Wiener Schnitzel vom Kalb", 2),
        (48, "Kalb mit Petersilienkartoffeln", 1),
        (48, "Kartoffelgratins 100", 2),
        (42, "Preiselbeerkompott", 1),
        (48, "北京烤鸭葱油拌面不要香菜少辣", 2),
    ],
)
def test_large_names_are_wide_unless_that_would_break_a_word_and_then_not_at_all(
    columns, name, width
):
    found = rows(Profile(columns=columns, text_size=TextSize.LARGE), Dish(1, name))
    assert {row.spans[-1].style for row in found} == {Style(width=width, height=2, bold=True)}
    sign = "" if name.startswith("北") else " "  # between two characters a row may end
    assert sign.join(row.spans[-1].text for row in found) == name


def test_all_rows_of_a_large_name_begin_below_each_other():
    first, second = rows(Profile(text_size=TextSize.LARGE), Dish(1, "Gurkensalat mit Dill"))
    assert width(Row(first.spans[:-1]), Profile()) == width(Row(second.spans[:-1]), Profile()) == 9


@pytest.mark.parametrize(("size", "height"), [("S", 1), ("M", 1), ("L", 2)])
def test_what_belongs_to_a_dish_grows_with_it(size, height):
    profile = Profile(text_size=TextSize(size))
    (detail,) = rows(profile, Detail("ohne Salz", style=PLAIN))
    assert detail.spans[-1].style.height == height
    (large,) = rows(profile, Detail("ohne Salz", style=Style(height=2, bold=True)))
    assert large.spans[-1].style.height == (1 if size == "S" else 2)


@pytest.mark.parametrize("size", TextSize)
def test_what_is_loud_is_never_made_smaller_nor_small_print_larger(size):
    profile = Profile(text_size=size)
    loud, small = rows(profile, Detail("a", style=LOUD), Detail("b", style=Style(small=True)))
    assert loud.spans[-1].style == LOUD
    assert small.spans[-1].style == Style(small=True)


def test_a_quantity_is_inverse_from_two_on():
    one, many = rows(Profile(), Dish(1, "a"), Dish(2, "b"))
    assert [row.spans[0].style.inverse for row in (one, many)] == [False, True]


def test_prices_stand_at_the_right_edge():
    assert texts(Profile(columns=32), Dish(2, "Suppe mit viel Brot", price="12,00 €")) == [
        " 2x  Suppe mit viel  12,00 €",
        "         Brot",
    ]


def test_only_the_row_of_the_price_gives_way_to_it():
    assert texts(Profile(columns=32), Dish(1, "Schnitzel mit Petersilienkartoffeln", "24,50")) == [
        " 1x  Schnitzel mit     24,50",
        "         Petersilienkartoffeln",
    ]


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize(
    ("name", "below"),
    [
        ("Petersilienkartoffeln", ["Petersilienkartoffeln", "24,50"]),
        ("Petersilienkartoffeln, Dill", ["Petersilienkartoffeln,", "Dill 24,50"]),
        ("Kartoffelkuchen1", ["Kartoffelkuchen1 24,50"]),
        ("Kartoffelkuchen123", ["Kartoffelkuchen123", "24,50"]),
    ],
)
def test_a_price_never_breaks_a_word_but_stands_below_it(name, below, small):
    found = texts(Profile(columns=32), Dish(1, name, "24,50", small=small))
    assert [" ".join(row.replace("1x ", "").split()) for row in found] == below
    assert found[-1].endswith("24,50")


def test_a_word_that_is_wider_than_the_paper_is_broken_beside_its_price():
    found = texts(Profile(columns=32), Dish(1, "Donaudampfschifffahrtsgesellschaft", "24,50"))
    assert [row.split() for row in found] == [
        ["1x", "Donaudampfschifff", "24,50"],
        ["ahrtsgesellschaft"],
    ]


@pytest.mark.parametrize("text_size", TextSize)
@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_price_ends_where_the_paper_does(text_size, columns):
    profile = Profile(columns=columns, text_size=text_size)
    for row in rows(profile, Dish(2, "北京烤鸭 Duck", price="7 €")):
        if row.spans[-1].text.endswith("€"):
            assert width(row, profile) == columns
            return
    pytest.fail("no price")


def test_a_text_that_fits_one_row_stands_below_its_label_rather_than_in_two_pieces():
    assert texts(Profile(columns=32), Detail("Ohne Röstzwiebeln", "Wünsche")) == [
        "           Wünsche:",
        "             Ohne Röstzwiebeln",
    ]
    assert texts(Profile(columns=32), Detail("0171 3920042", "Tel", Place.TICKET, LARGE)) == [
        "Tel:",
        "  0171 3920042",
    ]


def test_a_text_of_several_rows_begins_beside_its_label():
    assert texts(Profile(columns=32), Detail("Apfelsaftschorle aus Bodenseeäpfeln", "Dazu")) == [
        "           Dazu:",
        "             Apfelsaftschorle",
        "             aus Bodenseeäpfeln",
    ]
    assert texts(Profile(columns=32), Detail("mit viel Dill und Zwiebeln", "Dazu"))[0] == (
        "           Dazu: mit viel Dill"
    )


@pytest.mark.parametrize("label", ["Besteck?", "Allergie !", "Besteck:"])
def test_a_question_needs_no_colon(label):
    assert texts(Profile(), Detail("Ja", label, Place.TICKET)) == [f"{label} Ja"]


def test_what_is_loud_is_one_bar_where_it_takes_two_rows():
    narrow = Profile(columns=32)
    for row in rows(narrow, Pair("KASSIEREN", "134,50 EUR", LOUD_AND_LARGE)):
        assert width(row, narrow) == 32
    quiet, _ = texts(narrow, Pair("KÜCHE + GRILL", "LIEFERUNG", LARGE))
    assert quiet == "KÜCHE + GRILL"


def test_a_slot_breaks_before_its_time():
    assert texts(Profile(columns=32), Line("Sa 7. Mär 12:30-13:00", LARGE)) == [
        "Sa 7. Mär",
        "12:30-13:00",
    ]


def test_a_frame_is_closed_around_every_alphabet():
    found = rows(Profile(), Box("WUNSCH", "\n".join(WORDS.values())))
    assert {width(row, Profile()) for row in found} == {48}
    assert all(row.spans[-1].text.endswith(("┐", "│", "┘")) for row in found)


def test_a_code_page_without_lines_has_frames_of_letters():
    profile = PROFILES["Windows code page"]
    assert texts(profile, Box("A", "b"), Rule())[::3] == [
        "         +- A " + "-" * 33 + "+",
        "-" * 48,
    ]


def test_our_own_words_are_spelled_for_the_code_page_too():
    assert texts(PROFILES["Cyrillic code page"], Banner("ÄNDERUNG"))[0].strip() == "ANDERUNG"


# Impact


def printed(profile: Profile, *blocks: Block) -> str:
    engine = IMPACT_RED if profile.red else IMPACT
    data = print_rows(typeset(blocks, profile), profile)
    assert not [one for one in commands(data, engine) if one.kind is Kind.UNKNOWN]
    (ticket,) = tickets(data, profile.columns, engine)
    return ticket.text()


def test_needles_print_what_is_loud_between_stars():
    assert printed(NEEDLES, Banner("STOPP!")).strip() == "*** STOPP! ***"
    assert texts(NEEDLES, Line("morgen", LOUD)) == ["*** morgen"]
    assert texts(NEEDLES, Detail("ja", "Allergie", style=LOUD)) == [" " * 11 + "Allergie: *** ja"]
    assert texts(NEEDLES, Amount("OFFEN", "34,50 €", loud=True)) == [
        "     * OFFEN *",
        "    * 34,50 € *",
    ]


def test_needles_put_what_is_loud_into_a_frame_of_stars():
    assert texts(NEEDLES, Box("ALLERGIE", "Nüsse", Place.TICKET, LOUD, loud_title=True)) == [
        "** ALLERGIE ****************************",
        "* Nüsse                                *",
        "*" * 40,
    ]


def test_a_ribbon_of_two_colours_prints_it_red_and_nothing_else():
    found = rows(RIBBON, Banner("STOPP!"), Line("heute"), Dish(2, "a"), Dish(2, "b", struck=True))
    assert [row.red for row in found] == [True, False, False, True]
    assert "*" not in printed(RIBBON, Banner("STOPP!"))
    assert not any(row.red for row in rows(NEEDLES, Banner("STOPP!"), Dish(1, "b", struck=True)))


def test_needles_show_a_quantity_from_two_on_by_arrows():
    assert texts(NEEDLES, Dish(1, "a"), Dish(2, "b"), Dish(12, "c")) == [
        " 1x  a",
        ">2x< b",
        ">12x< c",
    ]


def test_needles_know_no_style_beyond_double_and_bold():
    blocks = compose(job(order(Item(name="Suppe", quantity=2), note="Nüsse")), SLIP, NEEDLES)
    for row in rows(NEEDLES, *blocks):
        for span in row.spans:
            style = span.style
            assert max(style.width, style.height) <= 2
            assert not style.inverse
            assert not style.small


@pytest.mark.parametrize(("columns", "font"), [(33, 0), (35, 0), (40, 1), (42, 1)])
def test_the_font_of_needles_is_the_one_of_that_many_columns(columns, font):
    profile = Profile(columns=columns, technology=Technology.IMPACT)
    data = print_rows(typeset([Line("a"), Line("b", Style(2, 2, bold=True))], profile), profile)
    modes = [one.raw[2] for one in commands(data, IMPACT) if one.kind is Kind.PRINT_MODE]
    assert modes == [font, font | 0x38]


def test_colours_change_only_at_the_beginning_of_a_row():
    blocks: list[Block] = [Line("a"), Banner("STOPP!\nja"), Line("b"), Banner("x")]
    data = print_rows(typeset(blocks, RIBBON), RIBBON)
    found = [one for one in commands(data, IMPACT_RED) if one.kind is not Kind.PRINT_MODE]
    for before, one in pairwise(found):
        assert one.kind is not Kind.COLOUR or before.kind is not Kind.TEXT
    assert [one.raw for one in found if one.kind is Kind.COLOUR] == [
        *(b"\x1br\x01", b"\x1br\x00", b"\x1br\x01"),
    ]
