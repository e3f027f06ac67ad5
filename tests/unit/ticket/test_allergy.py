import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.allergy import mentions_allergy


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe eine NUSSALLERGIE",
        "keine Nüsse bitte",
        "Laktoseintoleranz",
        "Zöliakie!",
        "Fructose-Unverträglichkeit",
        "severe peanut allergy",
        "no nuts please",
        "coeliac",
        "allergique aux arachides",
        "sans noix",
        "maladie cœliaque",
        "intolleranza al lattosio",
        "sono celiaca",
        "niente nocciole",
        "🥜!!",
        "Aller\u200bgie",
    ],
)
def test_an_allergy_is_seen_in_four_languages(text):
    assert mentions_allergy(text)


@pytest.mark.parametrize("text", ["", "Bitte scharf", "donuts", "a minute", "un panino", "Wallnut"])
def test_other_text_gets_no_emphasis(text):
    assert not mentions_allergy(text)


@given(st.text())
def test_any_text_has_an_answer(text):
    assert mentions_allergy(text) in (True, False)
