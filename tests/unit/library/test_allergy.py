from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.allergy import answer_mentions_allergy, mentions_allergy, names_allergy


@pytest.mark.parametrize(
    "text",
    [
        "Ich habe eine NUSSALLERGIE",
        "keine Nüsse bitte",
        "Laktoseintoleranz",
        "Zöliakie!",
        "Fructose-Unverträglichkeit",
        "ALERGIE gegen Eier",
        "bin allegisch auf Senf",
        "Ich vertrage leider keine Milch",
        "Zwiebeln werden nicht gut vertragen",
        "ohne Schalenfrüchte",
        "Bitte milchfrei",
        "ohne Krustentiere",
        "severe peanut allergy",
        "no nuts please",
        "coeliac",
        "I can't eat eggs",
        "we can\u2019t have mustard",
        "dairy free",
        "egg-free please",
        "no shellfish",
        "allergique aux arachides",
        "sans noix",
        "maladie cœliaque",
        "sans fruits à coque",
        "je ne supporte pas le lait",
        "intolleranza al lattosio",
        "sono celiaca",
        "niente nocciole",
        "non posso mangiare uova",
        "senza frutta a guscio",
        "🥜!!",
        *("ohne Mandeln", "no almonds", "sans amandes", "senza mandorle", "keine Pistazien"),
        *("sans pistaches", "no pistachios", "senza pistacchi", "no cashews", "sans noix de cajou"),
        *("no pecans", "keine Pekannüsse", "no macadamia", "no hazel", "ohne Hasel", "ohne Nuesse"),
        *("senza anacardi", "Allrgie gegen Ei", "Sesam bitte weglassen"),
        "Aller\u200bgie",
    ],
)
def test_an_allergy_is_seen_in_four_languages(text):
    assert mentions_allergy(text)


@pytest.mark.parametrize(
    "text",
    [
        "ΑΛΛΕΡΓΊΑ στους ξηρούς καρπούς",
        "Аллергия на орехи",
        "алергія на горіхи",
        "对花生过敏",
        "卵アレルギーです",
        "땅콩 알레르기",
        "แพ้ถั่ว",
        "حساسية من الفول السوداني",
        "אלרגיה לאגוזים",
        "f\u0131st\u0131k alerjim var",
        "uczulenie na orzechy",
        "Tôi bị dị ứng đậu phộng",
    ],
)
def test_the_word_itself_is_seen_in_other_alphabets_too(text):
    assert mentions_allergy(text)
    assert names_allergy(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bitte scharf",
        "donuts",
        "a minute",
        "un panino",
        "Wallnut",
        "Guten Genuss!",
        *("Genüsse", "Genuesse", "Muskatnuss", "mit Kokosnüssen", "noix de coco", "Sesamstraße 5"),
        *("ma commande", "Happy birthday, Hazel!", "Haselweg 3", "americano", "Mandarine"),
        "extra Ei, mehr Senf",
        "no mustard",
        "mit Sojasauce",
        "fromage allégé",
        "con allegria",
        "Eier bitte frei von Schale",
        "olio d'oliva di Ungheria",
        "Ihr Vertrag mit uns",
    ],
)
def test_other_text_gets_no_emphasis(text):
    assert not mentions_allergy(text)


@pytest.mark.parametrize("text", ["Erdnusssauce", "Haselnusseis", "glutenfreie Pasta", "Sesam"])
def test_an_allergen_in_the_name_of_a_choice_names_no_allergy(text):
    assert mentions_allergy(text)
    assert not names_allergy(text)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Allergien?", "Nein"),
        ("Haben Sie Allergien oder Unverträglichkeiten?", "keine bekannt"),
        ("Allergien", " KEINE Allergien! "),
        ("Any allergies?", "none"),
        ("Food intolerances", "n/a"),
        ("Allergies", "aucune"),
        ("Allergie o intolleranze?", "nessuna, grazie"),
        ("Allergien", "-"),
    ],
)
def test_a_bare_no_to_the_question_for_allergies_is_no_alarm(question, answer):
    assert not answer_mentions_allergy(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Allergien?", "Nüsse"),
        ("Allergien?", "ja"),
        ("Allergien?", ""),
        ("Allergien", "x"),
        ("Allergien?", "keine, außer Erdnuss"),
        ("Allergien?", "nein, aber kein Gluten"),
        ("Keine Allergien?", "nein"),
        ("Are you free of allergies, no?", "no"),
        ("Allergenfrei?", "nein"),
        ("Dürfen Nüsse drin sein?", "nein"),
        ("Gluten ok?", "no"),
        ("Sonst noch etwas?", "Laktoseintoleranz"),
    ],
)
def test_every_other_answer_about_an_allergy_is_seen(question, answer):
    assert answer_mentions_allergy(question, answer)


@given(st.text())
def test_any_text_has_an_answer(text):
    assert mentions_allergy(text) in (True, False)
    assert mentions_allergy(text) or not names_allergy(text)


@given(st.text(), st.sampled_from(["Nussallergie", "no nuts", "cœliaque", "过敏"]), st.text())
def test_no_text_around_a_word_hides_it(before, word, after):
    assert mentions_allergy(f"{before}\n{word}\n{after}")


@pytest.mark.parametrize(
    "text", ["nicht " * 4_000, "kein" * 5_000, "nicht" + " " * 20_000, "a" * 20_000]
)
def test_the_longest_text_takes_no_time(text):
    began = time.process_time()

    assert not mentions_allergy(text)

    assert time.process_time() - began < 0.5
