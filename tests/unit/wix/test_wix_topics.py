"""A telephone, an address or a price in a field that nobody knows is none for a cook."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bonfire.order import Order, Topic
from order_ingest.wix.mapping import map_order
from order_ingest.wix.mapping.topics import topic_at_dish, topic_of, topic_of_answer
from tests.support.wix import raw_line, raw_order, with_options

TEXT = "geheim"
NEW = {"wixNew": TEXT}
CONTACT = raw_order()["recipientInfo"]["contactDetails"]


def topics(order: Order) -> dict[str, Topic]:
    """By the texts themselves."""
    notes = (note for item in order.items for note in item.notes)
    return {field.text: field.topic for field in (*order.custom_fields, *notes)}


def logistics(**fields: Any) -> dict[str, Any]:
    return raw_order(shippingInfo={"code": "DELIVERY|ASAP", "logistics": fields})


def home(**fields: Any) -> dict[str, Any]:
    address = {"addressLine": "Mühlstraße 12a"}
    return logistics(shippingDestination={"address": address} | fields)


@pytest.mark.parametrize(
    "raw",
    [
        home(**NEW),
        home(address={"addressLine": "Mühlstraße 12a"} | NEW),
        home(address={"streetAddress": {"name": "Mühlstraße", "number": "12a"} | NEW}),
        home(contactDetails=CONTACT | NEW),
        home(contactDetails=CONTACT | {"others": [{"number": TEXT}]}),
        logistics(shippingDestination2={"address": {"line": TEXT}}),
        logistics(pickupDetails={"address": NEW}),
        raw_order(recipientInfo={"contactDetails": CONTACT} | NEW),
        raw_order(recipientInfo={"contactDetails": CONTACT | NEW}),
        raw_order(recipientInfo={"contactDetails": CONTACT, "address": NEW}),
        raw_order(driverPhone=TEXT),
        raw_order(extendedFields={"namespaces": {"app": {"second_address": TEXT}}}),
        raw_order(extendedFields={"namespaces": {"_user_fields": {"eMail": TEXT}}}),
    ],
)
def test_what_is_said_of_somebody_or_a_place_is_no_text_for_cooks(raw):
    assert topics(map_order(raw))[TEXT] is Topic.CONTACT


@pytest.mark.parametrize(
    "raw",
    [
        raw_order(**NEW),
        raw_order(kitchenNote=TEXT),
        logistics(**NEW),
        raw_order(extendedFields=NEW),
        raw_order(raw_line(**NEW)),
        raw_order(with_options(streetFoodStyle=TEXT)),
        raw_order(with_options(specialPrice=TEXT)),
    ],
)
def test_any_other_text_is_for_everybody(raw):
    assert topics(map_order(raw))[TEXT] is Topic.ORDER


@pytest.mark.parametrize(
    "option",
    [
        {"specialPrice": "12 EUR"},
        {"specialPrice": 12},
        {"specialPrice": "nur 12,50 €"},
        {"upgrade": "€ 2.-"},
        {"upgrade": {"amount": "2.00", "formattedAmount": "2,00\u00a0€"}},
        {"aufpreis": "CHF 3"},
    ],
    ids=str,
)
def test_a_price_in_an_option_of_a_dish_is_for_who_takes_the_money(option):
    found = topics(map_order(raw_order(with_options(**option))))

    assert found
    assert set(found.values()) == {Topic.PRICE}


def test_a_telephone_in_an_option_of_a_dish_is_for_who_hands_it_over():
    order = map_order(raw_order(with_options(recipientPhone="0171 3920042")))

    assert topics(order) == {"0171 3920042": Topic.CONTACT}


@pytest.mark.parametrize(
    "name",
    [
        *("addressLine3", "buzzerCode", "mobilePhone", "mobile_phone", "whatsapp", "whatsApp"),
        *("EMAIL", "e-mail", "cellphone", "postalCode2", "aptNumber", "floor", "frontDoor", "zip"),
        *("telefon", "Strasse", "HausTelNr", "hausTelNr"),
    ],
)
def test_a_field_that_is_called_like_a_contact_holds_one(name):
    assert topic_of((name,), "x") is Topic.CONTACT
    assert topic_of((name, "value"), "x") is Topic.CONTACT


@pytest.mark.parametrize(
    "name", ["outdoorSeating", "hotelBar", "capacity", "zipped", "customerNote", "napkins", ""]
)
def test_a_field_that_only_holds_the_letters_of_one_does_not(name):
    assert topic_of((name,), "x") is Topic.ORDER


@pytest.mark.parametrize(
    "text", ["12 EUR", "12,50€", "$5", "CHF 1'200.-", "5 Fr.", "-3.00 EUR", " 7 euro "]
)
def test_a_sum_is_a_price_whatever_its_field_is_called(text):
    assert topic_at_dish(("new",), text) is Topic.PRICE
    assert topic_of(("new",), text) is Topic.PRICE


@pytest.mark.parametrize("text", ["12", "12 ml", "2 frites", "12 EUR, ohne Zwiebeln", "€", "EUR"])
def test_more_or_less_than_a_sum_is_none(text):
    assert topic_at_dish(("new",), text) is Topic.ORDER


@pytest.mark.parametrize("name", ["priceNote", "totalWish", "tip"])
def test_words_in_a_field_that_is_called_like_a_price_are_for_everybody(name):
    assert topic_at_dish((name,), "ohne Nüsse, 2 Gabeln") is Topic.ORDER


@pytest.mark.parametrize(
    "question",
    [
        *("Telefonnummer für Rückfragen", "Ihre Handynummer?", "Numéro de téléphone", "Klingel"),
        *("E-Mail", "Abweichende Adresse", "Indirizzo", "Straße", "Türcode", "Digicode"),
        *(
            "Tel.",
            "Tel Nr",
            "TelNr",
            "Tel.-Nr. für Rückfragen",
            "Natel",
            "Rückrufnummer",
            "Kontakt",
        ),
        *("Contact number", "Cell", "Call me at", "Numéro de tél.", "Cellulare", "Recapito"),
        *("Hausnummer / Stockwerk", "Haus-Nr.", "Etage", "Étage", "E\u0301tage", "Wohnungsnummer"),
        *("Floor / Apartment", "Appartement", "PLZ", "Postleitzahl", "Lieferort", "Rue", "Piano"),
        *("Via e numero civico", "Zimmernummer", "Code d'entrée", "Code d\u2019entrée"),
        *("Code porte", "Code de la porte", "Code immeuble"),
    ],
)
def test_an_answer_that_helps_to_find_the_guest_is_for_who_goes_there(question):
    raw = raw_order(customFields=[{"title": question, "value": TEXT}])

    assert topics(map_order(raw)) == {TEXT: Topic.HANDOVER}


@pytest.mark.parametrize(
    "question",
    [
        *("Besteck?", "Allergien?", "Tischnummer", "Tisch", "Table", "Anlass", ""),
        *("Hotel", "Cocktail", "Entrée", "Choix d'entrée", "Etagere?", "If out of stock?"),
    ],
)
def test_any_other_answer_is_for_everybody(question):
    assert topic_of_answer(question, "ja") is Topic.ORDER


@pytest.mark.parametrize(
    "answer",
    [
        *(
            "0171 5550199",
            "+41 79 555 01 99",
            "(030) 55-501-99",
            "06.12.34.56.78",
            "(+41) 795550199",
        ),
        *("Tel. 0171/5550199", "0171\u20135550199", " 0049 171 5550199 "),
    ],
)
@pytest.mark.parametrize("question", ["", "Sonst noch etwas?", "Tischnummer"])
def test_an_answer_that_reads_as_a_telephone_number_is_one_whatever_was_asked(question, answer):
    assert topic_of_answer(question, answer) is Topic.HANDOVER


@pytest.mark.parametrize(
    "answer",
    [
        *("24.12.2025", "24.12.2025 18:30", "2025-12-24", "18.00 - 20.00", "12", "471 147"),
        *("1234567 Nüsse", "++++++++", "2 x 1000000"),
    ],
)
def test_a_day_or_time_or_a_number_among_words_is_no_telephone_number(answer):
    assert topic_of_answer("Sonst noch etwas?", answer) is Topic.ORDER


@given(st.lists(st.text(), max_size=4), st.text())
def test_every_text_has_a_topic(names, text):
    assert topic_of(names, text) in Topic
    assert topic_at_dish(names, text) in Topic


@pytest.mark.parametrize("text", ["1" * 20_000, "1 " * 10_000, "€ " * 10_000, "1, " * 7_000])
def test_a_long_text_is_looked_at_once(text):
    """Would take minutes if each digit were the beginning of a number that ends with the text."""
    assert topic_of(("price" * 10_000,) * 100, text) in Topic


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Besondere Wünsche / Telefonnummer", "Alles ohne Koriander, bitte. 0171 5550199"),
        ("Besondere Wünsche / Telefonnummer", "scharf 0171 5550199"),
        ("Any special requests? (leave a contact number)", "No onions anywhere please"),
        ("Souhaits pour le mobile-home 12", "steak bien cuit"),
        ("City Burger: Garstufe", "rare"),
        ("Mobile Küche: scharf?", "ja, sehr scharf"),
        ("Sonderwunsch für Destination", "ohne Zwiebeln"),
        ("Sauce contact", "no onions please"),
    ],
)
def test_a_wish_that_is_asked_for_beside_a_contact_stays_the_cooks(question, answer):
    assert topic_of_answer(question, answer) is Topic.ORDER


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Tel.-Nr. für Rückfragen", "0171 5550199"),
        ("Besondere Wünsche / Telefonnummer", "0171 5550199 (Handy)"),
        ("Hausnummer / Stockwerk", "12a, 3. OG, Türcode 4711#"),
        ("Klingel", "Hinterhof links"),
        (
            "Damit unser Fahrer Sie abends erreicht, wenn er vor dem Haus ist: welche Handynummer?",
            "Nr. 0171 5550199, Handy",
        ),
        ("Your phone number, please", "call +41 79 555 01 99 or 044"),
    ],
)
def test_an_answer_that_only_finds_the_guest_is_for_who_goes_there(question, answer):
    assert topic_of_answer(question, answer) is Topic.HANDOVER
