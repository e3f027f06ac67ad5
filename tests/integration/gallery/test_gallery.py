import re
import struct
from itertools import product

import pytest

from bonfire.errors import Permanent, Reason
from bonfire.messages import Document, JobKind, Language
from gallery import drawing
from gallery.__main__ import main, write
from gallery.cases import all_cases
from gallery.drawing import Undrawable, draw
from gallery.kinds import KINDS
from gallery.orders import RICHEST, WAYS_OUT, opened, revised
from gallery.profiles import PAPERS, PROFILES
from tests.support.order_words import overflowing


def test_every_ticket_has_a_name_of_its_own_that_is_fit_for_a_file():
    names = [case.name for case in all_cases()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[\w.-]{10,120}", name) for name in names)


@pytest.mark.parametrize("document", Document)
def test_every_document_meets_every_kind_on_every_paper_in_every_language(document):
    cases = [case for case in all_cases() if case.document is document]
    met = {(case.kind, case.profile, case.language) for case in cases}
    assert met >= set(product(KINDS, PAPERS, Language))
    assert {case.profile for case in cases} == set(PROFILES)


@pytest.mark.parametrize("language", Language)
def test_every_language_meets_every_way_out_of_the_house_on_every_paper(language):
    cases = [case for case in all_cases() if case.language is language]
    met = {(case.order, case.profile) for case in cases}
    assert met >= set(product((RICHEST, *WAYS_OUT), PAPERS))


def test_every_order_is_shown():
    assert {case.order for case in all_cases()} == set(opened().orders)


def test_a_change_knows_what_stood_on_the_ticket_before():
    (change,) = (
        case for case in all_cases() if case.name.startswith(f"{RICHEST}.kitchen.CHANGE.80mm-48.de")
    )
    assert change.job.kind is JobKind.CHANGE
    assert change.slip.replaces is not None
    before = [item.name for item in change.slip.replaces.order.items]
    assert before != [item.name for item in change.job.order.items]


def test_no_row_of_any_ticket_is_wider_than_its_paper():
    wide = {case.name: overflowing(case.job, case.look, case.slip) for case in all_cases()}
    assert {name: rows for name, rows in wide.items() if rows} == {}


def test_a_revised_order_has_one_dish_less_one_more_often_and_one_new():
    order = opened().orders[RICHEST]
    items = revised(order).items
    assert items[0].name == order.items[1].name
    assert items[0].quantity == order.items[1].quantity + 1
    assert items[1:-1] == order.items[2:]
    assert items[-1] not in order.items


def test_the_page_shows_each_ticket_with_what_it_costs(tmp_path):
    (tmp_path / "old.png").write_bytes(b"of an earlier gallery")
    drawn = draw(all_cases()[0])
    page = write([drawn], tmp_path).read_text()
    assert {file.name for file in tmp_path.iterdir()} == {
        "index.html",
        f"{drawn.case.name}.png",
        f"{drawn.case.name}.txt",
    }
    width, _ = struct.unpack_from(">II", drawn.png, 16)
    assert f'src="{drawn.case.name}.png" width="{width}"' in page
    paper = f"{drawn.ticket.height_mm:.0f} mm"
    assert f"{drawn.size_bytes} bytes · {paper} · {drawn.render_ms:.2f} ms" in page
    assert f'data-document="{drawn.case.document}"' in page


def test_a_ticket_that_cannot_be_drawn_is_named(monkeypatch):
    def render(*_):
        raise Permanent(Reason.RENDER_ERROR, "no such letter")

    monkeypatch.setattr(drawing, "render_ticket", render)
    case = all_cases()[0]
    with pytest.raises(Undrawable, match=re.escape(f"{case.name}: no such letter")):
        draw(case)


def test_the_command_draws_what_it_is_asked_for(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--only", "dine-in-table.bar."]) == 0
    assert "index.html: 12 tickets" in capsys.readouterr().out
    assert len(list(tmp_path.glob("*.png"))) == 12


def test_the_command_says_where_it_cannot_write(tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"")
    assert main(["--out", str(tmp_path / "file"), "--only", "dine-in-table.bar."]) == 1
    assert "gallery: " in capsys.readouterr().err
