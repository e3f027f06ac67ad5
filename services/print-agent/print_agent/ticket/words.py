"""The fixed words of a ticket, in every language that a location can choose.

A language is a value of `Words`: a word that is missing is a type error, not a hole on paper.
Fields with `{}` are filled in by `str.format` with our own numbers and names, never with the
guest's text as the format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bonfire.messages import Language


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    change: str
    cancel: str
    reprint: str
    possible_duplicate: str  # ticket number, time
    duplicate_instruction: str
    test: str
    test_instruction: str
    late: str  # minutes
    pickup: str
    delivery: str
    dine_in: str
    table: str  # table
    method: str
    fulfilment_unknown: str
    asap: str
    asap_until: str  # time
    time_unknown: str
    check_online: str  # order number
    read_rest: str  # order number
    allergy_below: str
    allergy: str
    note: str
    instructions: str
    request: str
    customer: str
    no_name: str
    no_items: str
    items_one: str
    items_many: str  # count
    items_left_out: str  # count
    part: str  # part, parts
    other_station: str  # station name, items
    ordered: str
    promised: str
    printed: str
    copy: str  # copy, copies
    weekdays: tuple[str, str, str, str, str, str, str]
    months: tuple[str, str, str, str, str, str, str, str, str, str, str, str]
    date: str  # weekday, day, month


GERMAN: Final = Words(
    change="ÄNDERUNG: NICHT ZWEIMAL KOCHEN",
    cancel="STOPP! STORNIERT: NICHT KOCHEN",
    reprint="NACHDRUCK: NICHT ZWEIMAL KOCHEN",
    possible_duplicate="MÖGLICHES DUPLIKAT von #{} ({})",
    duplicate_instruction="Nicht zweimal kochen: erst fragen!",
    test="TESTDRUCK",
    test_instruction="Nicht kochen!",
    late="{} MIN VERSPÄTET",
    pickup="ABHOLUNG",
    delivery="LIEFERUNG",
    dine_in="IM LOKAL",
    table="TISCH {}",
    method="Bestellart",
    fulfilment_unknown="ABHOLUNG ODER LIEFERUNG?",
    asap="SOFORT",
    asap_until="SOFORT, bis {}",
    time_unknown="ZEIT NICHT ANGEGEBEN",
    check_online="ONLINE PRÜFEN: Bestellung {}",
    read_rest="REST ONLINE LESEN: Bestellung {}",
    allergy_below="ALLERGIE: Wünsche lesen!",
    allergy="ALLERGIE!",
    note="HINWEIS VOM GAST",
    instructions="HINWEIS ZUR ÜBERGABE",
    request="WUNSCH",
    customer="Name",
    no_name="?? OHNE NAMEN",
    no_items="KEINE ARTIKEL",
    items_one="1 Artikel",
    items_many="{} Artikel",
    items_left_out="UND {} WEITERE ARTIKEL",
    part="Teil {} von {}",
    other_station="{} hat {}",
    ordered="bestellt",
    promised="zugesagt",
    printed="gedruckt",
    copy="Kopie {} von {}",
    weekdays=("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    months=("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"),
    date="{} {}. {}",
)

ENGLISH: Final = Words(
    change="CHANGE: DO NOT COOK TWICE",
    cancel="STOP! CANCELLED: DO NOT COOK",
    reprint="REPRINT: DO NOT COOK TWICE",
    possible_duplicate="POSSIBLE DUPLICATE of #{} ({})",
    duplicate_instruction="Do not cook twice: ask first!",
    test="TEST PRINT",
    test_instruction="Do not cook!",
    late="{} MIN LATE",
    pickup="PICKUP",
    delivery="DELIVERY",
    dine_in="DINE IN",
    table="TABLE {}",
    method="Method",
    fulfilment_unknown="PICKUP OR DELIVERY?",
    asap="ASAP",
    asap_until="ASAP, by {}",
    time_unknown="TIME NOT GIVEN",
    check_online="CHECK ORDER ONLINE: {}",
    read_rest="READ THE REST ONLINE, order {}",
    allergy_below="ALLERGY: read the requests!",
    allergy="ALLERGY!",
    note="NOTE FROM THE GUEST",
    instructions="HANDOVER INSTRUCTIONS",
    request="REQUEST",
    customer="Name",
    no_name="?? NO NAME",
    no_items="NO ITEMS",
    items_one="1 item",
    items_many="{} items",
    items_left_out="AND {} MORE ITEMS",
    part="{} of {}",
    other_station="{} has {}",
    ordered="ordered",
    promised="promised",
    printed="printed",
    copy="copy {} of {}",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    date="{} {} {}",
)

WORDS: Final[Mapping[Language, Words]] = {Language.GERMAN: GERMAN, Language.ENGLISH: ENGLISH}
