"""Whether a guest's text speaks of an allergy, in German, English, French or Italian.

A hit only adds emphasis. No hit means nothing, and no ticket ever says that there is no allergy.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bonfire.sanitiser import clean

# Beginnings of words or parts of compounds, folded: lower case and without accents.
_STEMS: Final = (
    *(
        "allerg",
        "alerg",
        "anaphyla",
        "epipen",
        "intoleran",
        "intolleran",
        "unvertrag",
        "unvertraeg",
    ),
    *("zoliak", "zoeliak", "coeliac", "celiac", "celiach", "coeliaq", "celiaq"),
    *("gluten", "glutine", "laktos", "lactos", "lattos"),
    *("nuss", "nuess", "peanut", r"\bnuts?\b", r"\bnoix\b", "noisette", r"\bnoci\b", "nocciol"),
    *("cacahu", "arachid", "sesam", "sulfit", "solfit", "🥜", "🌰"),
)
_ALLERGY: Final = re.compile("|".join(_STEMS))


def mentions_allergy(text: str) -> bool:
    """`text` as the guest wrote it: a word is found around what the sanitiser drops, too."""
    return _ALLERGY.search(_folded(clean(text))) is not None


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(part for part in parts if not unicodedata.combining(part))
