"""Words in alphabets that no code page of ours has, and profiles that print them or cannot."""

from __future__ import annotations

from typing import Final

from bonfire.config import CodePage, Technology
from print_agent.ticket import Profile
from print_agent.ticket.raster import NO_FONTS

WORDS: Final = {
    "Chinese": "北京烤鸭配薄饼",
    "Japanese": "カレーライス、大盛り",
    "Korean": "김치찌개",
    "Thai": "ข้าวผัดกุ้ง ไม่ใส่น้ำปลา",
    "Arabic": "شاي بالنعناع 2 قطع",
    "Hebrew": "שלום עולם",
    "Greek": "Μουσακάς",
    "Cyrillic": "Борщ со сметаной",  # noqa: RUF001 -- that is Cyrillic
}
LETTERS: Final = "".join(WORDS.values()) + "abc äöüß€ 0123 !?#*"

PROFILES: Final = {
    "80 mm": Profile(),
    "42 columns": Profile(columns=42),
    "58 mm": Profile(columns=32),
    "no fonts": Profile(fonts=NO_FONTS),
    "no raster": Profile(raster=False),
    "impact": Profile(columns=33, technology=Technology.IMPACT),
    "impact, red": Profile(columns=40, technology=Technology.IMPACT, red=True),
    "Cyrillic code page": Profile(code_page=CodePage.CP866, code_page_number=17),
    "Windows code page": Profile(code_page=CodePage.CP1252, code_page_number=16),
}
