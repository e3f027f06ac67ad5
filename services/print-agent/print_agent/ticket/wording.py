"""Whether the shop's own wording says more than the ticket says anyway.

Every order carries one for its way to the guest ("Abholung") and mostly one for its time ("20.11.25
19:20"). What is not recognised here prints: a line too many is better than a table that is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bonfire.order import Fulfilment, FulfilmentKind, Promise
from bonfire.sanitiser import clean_line
from print_agent.ticket.words import WORDS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# In German, English, French and Italian, as `_letters` writes them.
_KIND: Final[Mapping[FulfilmentKind, frozenset[str]]] = {
    FulfilmentKind.PICKUP: _words(
        """
        abholung abholen abholer selbstabholung selbstabholen selbstabholer abholungimrestaurant
        abholungvorort mitnehmen zummitnehmen pickup pickupinstore storepickup collect collection
        takeaway takeout togo àemporter aemporter retrait retraitsurplace retraitenmagasin
        retraitaurestaurant clickandcollect clickcollect venteàemporter asporto daasporto ritiro
        ritiroinsede ritiroalristorante ritiroinnegozio
        """
    ),
    FulfilmentKind.DELIVERY: _words(
        """
        lieferung lieferungnachhause lieferservice hauslieferung liefern delivery homedelivery
        livraison livraisonàdomicile livraisonadomicile consegna consegnaadomicilio domicilio
        adomicilio
        """
    ),
    FulfilmentKind.DINE_IN: _words(
        """
        imlokal imhaus imgasthaus imrestaurant vorort vorortessen hieressen amtisch tisch
        tischservice dinein eatin table tableservice surplace surplaceaurestaurant àtable
        serviceàtable alristorante alposto tavolo altavolo insala servizioaltavolo
        """
    ),
    FulfilmentKind.UNKNOWN: frozenset(),
}
_TIME: Final = _words(
    """
    a m p am pm uhr um ab bis von den at by from to until on heute today
    h heure heures à de vers entre et le du au avant jusqu aujourd hui
    ore ora alle dalle tra fra e il del al entro fino oggi
    mo mon montag monday di tue tues dienstag tuesday mi wed mittwoch wednesday
    do thu thur thurs donnerstag thursday fr fri freitag friday sa sat samstag saturday
    so sun sonntag sunday
    jan januar january feb februar february mär märz mar march apr april mai may jun juni june
    jul juli july aug august sep sept september okt oktober oct october nov november
    dez dezember dec december
    lun lundi lunedì mardi martedì mer mercredi mercoledì jeu jeudi gio giovedì ven vendredi venerdì
    sam samedi sab sabato dim dimanche dom domenica
    janv janvier gen gennaio févr février febbraio mars marzo avr avril aprile mai mag maggio
    juin giu giugno juil juillet lug luglio août ago agosto septembre set settembre octobre ott
    ottobre novembre déc décembre dic dicembre
    """
)
_ASAP: Final = _words(
    """
    asap sofort as soon possible so schnell wie möglich
    dès que possible le plus tôt rapidement vite au immédiatement
    il prima possibile subito appena
    """
)
_WORD: Final = re.compile(r"[^\W\d_]+")


def title_says_more(fulfilment: Fulfilment) -> bool:
    """Whether `title` is more than a word for the kind or the table."""
    title = _letters(fulfilment.title)
    tables = (_letters(words.table.format(fulfilment.table)) for words in WORDS.values())
    is_table = bool(fulfilment.table) and title in tables
    return bool(title) and not is_table and title not in _KIND[fulfilment.kind]


def promise_says_more(promise: Promise, start: datetime | None) -> bool:
    """Whether `text` is more than the time `start`, which is local, or than as soon as possible."""
    text = clean_line(promise.text).casefold()
    words = set(_WORD.findall(text)) - _TIME
    if promise.asap:
        words -= _ASAP
    is_other_time = any(map(str.isdigit, text)) and not (start and _names(text, start))
    return bool(words) or is_other_time


def _names(text: str, at: datetime) -> bool:
    """Whether the text has this time of the day, by a clock of 24 or of 12 hours."""
    hours = {at.hour, at.hour % 12 or 12}
    return any(re.search(rf"(?<!\d)0?{hour}[:.h]{at:%M}(?!\d)", text) for hour in hours)


def _letters(text: str) -> str:
    """Equal for "Pick-up" and "pick up"."""
    return "".join(filter(str.isalnum, clean_line(text).casefold()))
