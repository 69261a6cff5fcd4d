"""Typographic characters as people type them, and glyphs that were read from icons."""

import re
import unicodedata

_TYPED = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": ",", "‛": "'", "“": '"', "”": '"', "„": '"', "′": "'", "″": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "·": ".", "•": "•",
        "：": ":", "，": ",", "；": ";", "（": "(", "）": ")", "！": "!", "？": "?", "＄": "$", "％": "%",
        "、": ",", "。": ".", "【": "[", "】": "]", "～": "~", "￥": "¥", "\u00a0": " ", "\u3000": " ",
    }
)  # fmt: skip
_NOUGHT_AMONG_LETTERS = re.compile(r"(?=(?:[^A-Za-z]*[A-Z]){3})[A-Z0]*[A-Z]\W*|0[a-z]{2,}\W*|[A-Z]?[a-z]+0[a-z]+\W*")
_O_AMONG_DIGITS = re.compile(r"[$€£]?(?=[\d.,O]*\d[\d.,O]*\d)\d[\d.,]*[Oo][\dOo.,]*")
_ICONS = frozenset("口囗回日田□■▢▣○●◎◯△▲▽▼◇◆☆★☐☑☒✓✔✗✘※〇凸凹卍")


def typed(text: str) -> str:
    """Write a word with the plain punctuation of a keyboard."""
    return text.translate(_TYPED)


def unmixed(word: str) -> str:
    """Write O for a nought among letters ("0ctober", "T0TAL") and a nought for an O among digits ("1O.50")."""
    if _NOUGHT_AMONG_LETTERS.fullmatch(word):
        return word.replace("0", "O" if word[0] == "0" or word.isupper() else "o")
    return word.replace("O", "0").replace("o", "0") if _O_AMONG_DIGITS.fullmatch(word) else word


def is_alphabetic(line: str) -> bool:
    """Say whether at most half of a line's letters belong to scripts other than Latin, Greek and Cyrillic."""
    foreign = sum(c.isalpha() and not _european(c) for c in line)
    return foreign * 2 <= sum(c.isalnum() for c in line)


def is_icon(word: str) -> bool:
    """Say whether a word is nothing but a glyph that recognisers read from pictograms and boxes."""
    return bool(word) and all(c in _ICONS for c in word)


def _european(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
