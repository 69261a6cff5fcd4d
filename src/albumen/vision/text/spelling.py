"""Typographic characters as people type them, and glyphs that were read from icons."""

import re
import unicodedata

_TYPED = str.maketrans(
    {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}  # full width
    | {
        "‘": "'", "’": "'", "‚": ",", "‛": "'", "“": '"', "”": '"', "„": '"', "′": "'", "″": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "·": ".", "•": "•",
        "、": ",", "。": ".", "【": "[", "】": "]", "￥": "¥",
        "×": "x", "¹": "1", "²": "2", "³": "3", "\u00a0": " ", "\u3000": " ",
    }
)  # fmt: skip
_NOUGHT_AMONG_LETTERS = re.compile(
    r"(?=(?:[^A-Za-z]*[A-Z]){3})[A-Z0]*[A-Z]\W*|0[a-z]{2,}\W*|[A-Z]?[a-z]+0[a-z]+\W*|(0[FRNKP]|[NT]0)\W*"
)
_S_FOR_DOLLARS = re.compile(r"-?S\d{1,3}(,?\d{3})*\.\d\d")
_O_AMONG_DIGITS = re.compile(r"[$€£]?(?=[\d.,O]*\d[\d.,O]*\d)\d[\d.,]*[Oo][\dOo.,]*")
_SIGNS = "$€£¥#%&*+()@-"
ICONS = "口囗回日田□■▢▣○●◎◯△▲▽▼◇◆☆★☐☑☒✓✔✗✘※〇凸凹卍"


def typed(text: str) -> str:
    """Write a word with the plain punctuation of a keyboard."""
    return text.translate(_TYPED)


def unmixed(word: str) -> str:
    """Write O for a nought among letters ("0ctober", "T0TAL"), a nought for an O and a dollar for an S ("S1O.50")."""
    if _NOUGHT_AMONG_LETTERS.fullmatch(word):
        return word.replace("0", "O" if word[0] == "0" or word.isupper() else "o")
    if _O_AMONG_DIGITS.fullmatch(word):
        return word.replace("O", "0").replace("o", "0")
    return word.replace("S", "$") if _S_FOR_DOLLARS.fullmatch(word) else word


def is_alphabetic(line: str) -> bool:
    """Say whether at most half of a line's letters belong to scripts other than Latin, Greek and Cyrillic."""
    foreign = sum(c.isalpha() and not _european(c) for c in line)
    return foreign * 2 <= sum(c.isalnum() for c in line)


def is_icon(word: str) -> bool:
    """Say whether a word is nothing but a glyph that recognisers read from pictograms and boxes."""
    return bool(word) and all(c in ICONS for c in word)


def is_sign(text: str) -> bool:
    """Say whether a text is what stands alone in a cell or before a number: a letter, a figure, a sign, two at most."""
    return 0 < len(text) <= 2 and all(c.isalnum() or c in _SIGNS for c in text)


def _european(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
