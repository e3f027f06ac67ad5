import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.sanitiser import clean
from print_agent.ticket.charset import CODE_PAGE, fit


@given(st.text())
def test_fitted_text_is_in_the_code_page_and_fits_again_as_it_is(text):
    fitted, _ = fit(clean(text))
    assert fitted.encode(CODE_PAGE).decode(CODE_PAGE) == fitted
    assert fit(fitted) == (fitted, False)


@given(st.text())
def test_fitting_brings_in_no_control_character(text):
    fitted, _ = fit(clean(text))
    assert fitted.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Käsespätzle für 5 €, ½ Portion, 200 °C", "Käsespätzle für 5 €, ½ Portion, 200 °C"),
        ("\u201eÖl\u201c \u2013 l\u2019été\u2026", '"Öl" - l\'été...'),
        ("Škoda, Łódź, Žluťoučký, Œuf, İstanbul, ẞ", "Skoda, Lódz, Zlutoucký, OEuf, Istanbul, ß"),
        ("Phở Nguyễn", "Pho Nguyen"),
        ("5⅓ und 10⁴ und ①", "5(1/3) und 10(4) und (1)"),
        ("🥜 und 👍🏽", "[peanuts] und [thumbs up sign]"),
        ("❤ 🇩🇪", "<3 DE"),
        ("\ufb01x \uff46ull ™", "fix full TM"),
    ],
)
def test_a_faithful_spelling_is_no_loss(text, spelled):
    assert fit(clean(text)) == (spelled, False)


@pytest.mark.parametrize("text", ["北京烤鸭", "Καφέ", "ガ", "شاي", "\ufffd"])
def test_another_alphabet_keeps_its_length_and_is_told(text):
    assert fit(clean(text)) == ("?" * len(clean(text)), True)


@pytest.mark.parametrize("frame", ["│", "┌", "█", "═", "\uffe8"])
def test_a_guest_cannot_draw_frames(frame):
    assert fit(frame) == ("#", False)
