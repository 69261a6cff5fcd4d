"""Typographic characters as people type them, and glyphs that were read from icons."""

import unicodedata

_TYPED = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": ",", "‛": "'", "“": '"', "”": '"', "„": '"', "′": "'", "″": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "·": ".", "•": "•",
        "：": ":", "，": ",", "；": ";", "（": "(", "）": ")", "！": "!", "？": "?", "＄": "$", "％": "%",
        "、": ",", "。": ".", "【": "[", "】": "]", "～": "~", "￥": "¥", "\u00a0": " ", "\u3000": " ",
    }
)  # fmt: skip
_ICONS = frozenset("口囗回日田□■▢▣○●◎◯△▲▽▼◇◆☆★☐☑☒✓✔✗✘※〇凸凹卍")


def typed(text: str) -> str:
    """Write a word with the plain punctuation of a keyboard."""
    return text.translate(_TYPED)


def is_alphabetic(line: str) -> bool:
    """Say whether at most half of a line's letters belong to scripts other than Latin, Greek and Cyrillic."""
    foreign = sum(c.isalpha() and not _european(c) for c in line)
    return foreign * 2 <= sum(c.isalnum() for c in line)


def is_icon(word: str) -> bool:
    """Say whether a word is nothing but a glyph that recognisers read from pictograms and boxes."""
    return bool(word) and all(c in _ICONS for c in word)


def _european(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "GREEK", "CYRILLIC"))
