"""Whether a text speaks of an allergy. A hit only adds emphasis; no hit means nothing, and no
ticket ever says that there is no allergy.

A missed allergy is worse than a false alarm, but alarms on every ticket are read by nobody. So
three kinds of words count: those for the condition; allergens that hardly anybody asks *for*; and
of the other allergens of the European list (egg, milk, fish, soy, celery, mustard) only compounds
like "milchfrei", since "extra egg" and "no mustard" are everyday wishes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from bonfire.sanitiser import clean


class _Signs:
    """What a text is searched for, all of it folded: in lower case and without accents."""

    def __init__(self, stems: Iterable[str], phrases: Iterable[str]) -> None:
        """`stems` count anywhere in a word, `phrases` are expressions that begin with a word."""
        self._stems = tuple(map(_folded, stems))
        self._phrases = re.compile(rf"\b(?:{'|'.join(phrases)})")

    def is_in(self, plain: str) -> bool:
        # Not one expression of everything, which would try each stem at each letter.
        return any(stem in plain for stem in self._stems) or bool(self._phrases.search(plain))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("\u2019", "'"))
    return "".join(part for part in parts if not unicodedata.combining(part))


# In German, English, French and Italian.
_CONDITION_STEMS: Final = (
    # As they are spelled in haste, too: "Alergie", "Allegie", "Allerigie", "Allrgie".
    *("allerg", "alerg", "allegi", "allerig", "allrg", "anaphyla", "anafila", "quincke"),
    *("epipen", "adrenalin", "notfallset"),
    *("intoleran", "intolleran", "unvertrag", "unvertraeg"),
    *("zoliak", "zoeliak", "coeliac", "celiac", "celiach", "coeliaq", "celiaq"),
    # "Allergy" in the alphabets and neighbouring languages that guests write in, too.
    *("αλλεργ", "аллерг", "алерг", "alerji", "uczul", "过敏", "過敏", "アレルギー"),
    *("알레르기", "แพ้", "حساسية", "אלרגי"),
)
_CONDITION_PHRASES: Final = (
    r"(?:vertrag|vertraeg)\w*\s+(?:\w+\s+){0,3}(?:kein|nicht)",
    r"(?:kein\w*|nicht)\s+(?:\w+\s+){0,3}(?:vertrag|vertraeg)",
    r"(?:can'?t|cannot|can not)\s+(?:eat|have|tolerate)\b",
    r"(?:supporte|tolere|digere)s?\s+(?:pas|mal)\b",
    r"non\s+(?:toller|posso mangiare|puo mangiare)",
    rf"{_folded('dị ứng')}\b",
)
_ALLERGEN_STEMS: Final = (
    *("schalenfr", "walnut", "hazelnut", "peanut", "noisette", "cacahu", "arachid"),
    *("fruit a coque", "fruits a coque", "nocciol", "frutta a guscio", "🥜", "🌰"),
    *("mandel", "almond", "mandorl", "pistazi", "pistac", "cashew", "cajou", "anacard"),
    *("pecan", "pekan", "macadamia", "makadamia"),
    *("gluten", "glutine", "laktos", "lactos", "lattos", "fruktos", "fructos", "fruttos"),
    *("istamin", "milcheiwei", "milchprodukt", "casein", "kasein"),
    *("produits laitiers", "latticin", "sulfit", "sulphit", "solfit"),
    *("schalentier", "krebstier", "krustentier", "weichtier", "shellfish", "crustac", "crostace"),
    *("mollusc", "mollusq", "mollusch", "lupin"),
)
_ALLERGEN_PHRASES: Final = (
    r"\w*(?<!ge)(?<!muskat)(?<!kokos)nue?ss",  # and no "Genuss"; nutmeg and coconut are no nuts
    *(r"nuts?\b", r"noix\b(?! de (?:coco|muscade)\b)", r"noci\b", r"dairy\b"),
    *(r"amandes?\b", r"hasel\b", r"(?:no|without) hazel\b"),  # Hazel is a name, too
    r"\w*sesam(?!str)",  # and no street
    r"(?:ei|eier|milch|fisch|soja|sellerie|senf)frei",
    r"(?:egg|milk|fish|soy|soya|celery|mustard|wheat)[\s-]?free\b",
)
_CONDITION: Final = _Signs(_CONDITION_STEMS, _CONDITION_PHRASES)
_ALLERGEN: Final = _Signs(_ALLERGEN_STEMS, _ALLERGEN_PHRASES)
# A question that says "not" itself may be answered with "no" by somebody who has one.
_NEGATED: Final = re.compile(
    r"\b(?:kein|nicht|ohne)|\b(?:no|not|without|sans|aucun|aucune|senza|non)\b|frei\b"
)
# What a name does not hold, and who refuses an allergen does. "No" may be a number's.
_REFUSED: Final = re.compile(
    r"!|\bno\b(?!\W*\d)|\b(?:kein|nicht|ohne)|\b(?:not|without|sans|pas|aucune?|senza|non)\b"
    r"|(?:frei|free)\b"
)
_NONE: Final = re.compile(
    r"(?:nein|nope|no|none|nothing|keine?|nichts|non|aucune?|rien|nessun[ao]?|niente|n/?a|0|[-\u2013\u2014/]+)"
    r"(?:,? (?:danke|thanks|merci|grazie|bekannt\w*|known|connue?s?|allerg\w+|unvertrag\w+))?[.!]*"
)


def mentions_allergy(text: str) -> bool:
    """`text` as the guest wrote it: a word is found around what the sanitiser drops, too."""
    plain = _plain(text)
    return _CONDITION.is_in(plain) or _ALLERGEN.is_in(plain)


def names_allergy(text: str) -> bool:
    """Only by a word for the condition, not by an allergen: for words of the shop, whose dishes
    and choices hold nuts by name.
    """
    return _CONDITION.is_in(_plain(text))


def name_mentions_allergy(text: str) -> bool:
    """As `mentions_allergy`, for what should be a name of people or places: Mrs Nussbaumer of
    Walnut Street has none. So an allergen counts beside a "no" or a "!" only.
    """
    plain = _plain(text)
    return _CONDITION.is_in(plain) or (
        _REFUSED.search(plain) is not None and _ALLERGEN.is_in(plain)
    )


def answer_mentions_allergy(question: str, answer: str) -> bool:
    """As `mentions_allergy` of both, but for "Allergies? None": it comes with every order of a shop
    that asks this. Only a bare "no" to a question that holds no "not" counts as one.
    """
    asked = _plain(question)
    denied = _NONE.fullmatch(_plain(answer).strip())
    if denied and _CONDITION.is_in(asked) and not _NEGATED.search(asked):
        return False
    return mentions_allergy(f"{question} {answer}")


def _plain(text: str) -> str:
    return _folded(clean(text))
