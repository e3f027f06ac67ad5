"""The gallery as it is, against the gallery as it was kept. `make goldens` keeps it anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import unified_diff
from itertools import islice

import pytest
from PIL import Image

from escpos_paper import FontMissing
from gallery import goldens
from gallery.cases import Case, all_cases
from gallery.drawing import draw
from gallery.goldens import (
    FOLDER,
    FONTS,
    alphabet_fonts,
    differ,
    has_pictures,
    opened,
    paper_fonts,
    pictured,
    side_by_side,
    texts,
    tickets_in,
)
from print_agent.preview.engine import paper
from print_agent.ticket import render_ticket
from print_agent.ticket.raster import INSTALLED
from tests.support.rabbit import lacking

_SHOWN_LINES = 40


@pytest.fixture(scope="module")
def now() -> dict[str, str]:
    """The text of every ticket, by its name."""
    return {case.name: text_of(case) for case in all_cases()}


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    files = (file.read_text("utf-8") for file in FOLDER.glob("*.txt"))
    return {name: text for file in files for name, text in tickets_in(file).items()}


def text_of(case: Case) -> str:
    return paper(render_ticket(case.job, case.slip, case.look), case.look).text()


def assert_same(now: Mapping[str, str], before: Mapping[str, str], names: set[str]) -> None:
    changed = []
    for name in sorted(names):
        if now.get(name) != before.get(name):
            was, is_ = (one.get(name, "").splitlines() for one in (before, now))
            shown = islice(unified_diff(was, is_, lineterm="", n=2), _SHOWN_LINES)
            changed.append("\n".join((name, *shown)))
    assert not changed, f"{len(changed)} tickets changed:\n" + "\n\n".join(changed[:5])


def with_pictures(now: Mapping[str, str], before: Mapping[str, str]) -> set[str]:
    return {name for texts in (now, before) for name, text in texts.items() if has_pictures(text)}


def require(fonts: Mapping[str, str]) -> None:
    """Letters are drawn alike by the same fonts only."""
    known = json.loads((FOLDER / FONTS).read_text())
    other = [name for name, digest in fonts.items() if known.get(name) != digest]
    if other:
        pytest.skip(f"the kept tickets were drawn with another version of {', '.join(other)}")


def require_alphabets() -> None:
    if missing := INSTALLED.missing():
        lacking("; ".join(missing))
    require(alphabet_fonts())


def test_every_ticket_in_the_printers_own_letters_reads_as_it_did(now, before):
    assert_same(now, before, (set(now) | set(before)) - with_pictures(now, before))


def test_every_ticket_with_other_alphabets_reads_as_it_did(now, before):
    require_alphabets()
    assert_same(now, before, with_pictures(now, before))


@pytest.mark.parametrize("case", pictured(), ids=lambda case: case.name)
def test_a_ticket_looks_as_it_did(case):
    try:
        require(paper_fonts())
    except FontMissing as error:
        lacking(str(error))
    if has_pictures(text_of(case)):
        require_alphabets()
    kept, shown = opened((FOLDER / f"{case.name}.png").read_bytes()), opened(draw(case).png)
    if differ(kept, shown):
        pytest.fail(f"it looks different: see {side_by_side(case.name, kept, shown)}")


def test_every_kept_file_has_its_ticket(now):
    kept = texts((case, now[case.name]) for case in all_cases())
    pictures = {f"{case.name}.png" for case in pictured()}
    assert {file.name for file in FOLDER.iterdir()} == {*kept, *pictures, FONTS}


def test_every_picture_that_is_to_be_kept_is_of_a_ticket_in_the_gallery():
    assert {case.name for case in pictured()} == goldens.PICTURES


def test_kept_texts_are_read_as_they_were_written():
    written = {case.name: f"\n\n{case.station}\n===\n  {case.kind}" for case in all_cases()[:7]}
    files = texts((case, written[case.name]) for case in all_cases()[:7])
    assert {n: text for file in files.values() for n, text in tickets_in(file).items()} == written


def test_a_difference_of_one_dot_is_seen_and_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(goldens, "DIFFERENCES", tmp_path / "differences")
    before, now = Image.new("RGB", (20, 30), "white"), Image.new("RGB", (20, 34), "white")
    same = before.copy()
    assert not differ(before, same)
    same.putpixel((3, 4), (0, 0, 0))
    assert differ(before, same)
    assert differ(before, now)
    with Image.open(side_by_side("ticket", before, now)) as sheet:
        assert sheet.size == (20 * 3 + 32, 34)
