import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.config import CodePage
from bonfire.sanitiser import clean
from print_agent.ticket.charset import Charset
from print_agent.ticket.raster import INSTALLED, NO_FONTS
from tests.unit.ticket.alphabets import LETTERS, WORDS

PAGES = st.sampled_from([page.value for page in CodePage])
FONTS = st.sampled_from([None, INSTALLED, NO_FONTS])
TEXTS = st.text() | st.text(LETTERS)


@given(TEXTS, PAGES)
def test_without_pictures_fitted_text_is_in_the_code_page(text, page):
    fitted, _ = Charset(page).fit(clean(text))
    assert fitted.encode(page).decode(page) == fitted


@given(TEXTS, PAGES, FONTS)
def test_fitted_text_fits_again_as_it_is(text, page, fonts):
    charset = Charset(page, fonts)
    fitted, _ = charset.fit(clean(text))
    assert charset.fit(fitted) == (fitted, False)


@given(TEXTS, PAGES, FONTS)
def test_fitting_brings_in_no_control_character(text, page, fonts):
    fitted, _ = Charset(page, fonts).fit(clean(text))
    assert fitted.replace("\n", "").isprintable()


@given(st.text(LETTERS), PAGES)
def test_a_machine_without_fonts_spells_the_same_and_says_that_it_had_to(text, page):
    spelled, lost = Charset(page).fit(clean(text))
    assert Charset(page, NO_FONTS).fit(clean(text)) == (spelled, lost or "~" in spelled)


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
    assert Charset("cp858", INSTALLED).fit(clean(text)) == (spelled, False)


@pytest.mark.parametrize(
    ("page", "spelled"),
    [
        ("cp437", "Käse 5 EUR ß ½ - 3 x 4 a·b"),
        ("cp852", "Käse 5 EUR ß (1/2) - 3 \N{MULTIPLICATION SIGN} 4 a-b"),
        ("cp866", "Kase 5 EUR ss (1/2) - 3 x 4 a·b"),
        ("cp1252", "Käse 5 € ß ½ - 3 \N{MULTIPLICATION SIGN} 4 a·b"),
    ],
)
def test_a_smaller_code_page_has_its_own_spellings(page, spelled):
    text = "Käse 5 € ß ½ \N{MINUS SIGN} 3 \N{MULTIPLICATION SIGN} 4 a·b"
    assert Charset(page).fit(text) == (spelled, False)


@pytest.mark.parametrize("alphabet", WORDS)
def test_a_font_prints_other_alphabets_as_they_are(alphabet):
    text = clean(WORDS[alphabet])
    assert Charset("cp858", INSTALLED).fit(f"{text} mit Reis") == (f"{text} mit Reis", False)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("北京烤鸭, 2 Stück", "~BeiJingKaoYa~, 2 Stück"),
        ("Μουσακάς σπέσιαλ!", "~Moysakas spesial~!"),
        ("カレー", "~kare~"),
        ("カレー\nカレー", "~kare~\n~kare~"),
        ("شاي", "~shy~"),
    ],
)
def test_without_pictures_they_stand_in_latin_letters_between_marks(text, spelled):
    assert Charset("cp858").fit(text) == (spelled, False)
    assert Charset("cp858", NO_FONTS).fit(text) == (spelled, True)


@pytest.mark.parametrize("fonts", [None, INSTALLED, NO_FONTS])
@pytest.mark.parametrize(
    ("text", "shown"), [("\ufffd", "?"), ("a\ufffdb", "a?b"), ("\U00012000", "?")]
)
def test_what_nothing_can_show_is_told(text, shown, fonts):
    assert Charset("cp858", fonts).fit(clean(text)) == (shown, True)


def test_a_code_page_of_that_alphabet_needs_no_font():
    assert Charset("cp866", NO_FONTS).fit("Борщ") == ("Борщ", False)


@pytest.mark.parametrize("frame", ["│", "┌", "█", "═", "\uffe8"])
def test_a_guest_cannot_draw_frames(frame):
    assert Charset("cp858", INSTALLED).fit(frame) == ("#", False)
