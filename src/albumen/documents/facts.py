"""Dates, amounts, telephone numbers and the like, as people write them."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ELSEWHERE = {
    "januar": 1, "janv": 1, "ene": 1, "gen": 1, "sty": 1, "fev": 2, "fév": 2, "lut": 2, "mär": 3, "mrt": 3, "maa": 3,
    "avr": 4, "abr": 4, "kwi": 4, "mai": 5, "mei": 5, "mag": 5, "maj": 5, "juin": 6, "giu": 6, "cze": 6, "juil": 7,
    "lug": 7, "lip": 7, "août": 8, "aou": 8, "ago": 8, "ogos": 8, "sie": 8, "set": 9, "wrz": 9, "okt": 10, "out": 10,
    "ott": 10, "paź": 10, "lis": 11, "dez": 12, "déc": 12, "dic": 12, "gru": 12, "dis": 12,
}  # fmt: skip
"""Months as other languages begin them, where English begins them otherwise."""
_NAMES = "|".join((*MONTHS, *sorted(_ELSEWHERE, key=len, reverse=True)))
_MONTH = rf"(?:{_NAMES})[^\W\d]*\.?"
DATE = re.compile(
    rf"(?<![\d.])(?:(?:19|20)\d{{2}}\s?(?P<a>[-/.])\s?\d{{1,2}}\s?(?P=a)\s?\d{{1,2}}"
    rf"|\d{{1,2}}\s?(?P<b>[-/.])\s?\d{{1,2}}\s?(?P=b)\s?(?:(?:19|20)\d{{2}}|\d{{2}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?[\s/-]*(?:de\s)?{_MONTH}[\s,'/-]*(?:de\s)?(?:(?:19|20)\d{{2}}|\d{{2}})"
    rf"|(?<![^\W\d]){_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s*(?:19|20)\d{{2}})(?!\d(?!\d?:\d\d))",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"(?:(?<![\w.,/-])|(?<=\d[x×X*@]))(?:[-+]\s?)?(?:(?:[$€£¥]|RM|USD|EUR|GBP|CHF|SGD|S\$|A\$|Rs\.?|zł)\s?)?"
    r"-?(?:\d{1,3}(?:[,.'\u00a0\u202f]\d{3})+|\d+)[.,]\d{2}(?!\d|[.,/:-]\d|\s?%)(?:-(?!\d))?(?:\s?(?:€|EUR\b|zł|PLN\b|kr\b|CHF\b))?"
    r"|(?<![\w.,/-])(?:(?:[$€£]|RM)\s?)?\d{1,4}(?:\s[.,]|[.,]\s)\d{2}(?=\s?[A-Z*]{0,2}$)"  # a space that was no space
    r"|(?<!\w)[-+]?(?:[$€£¥]|RM)\s?\d[\d,]*(?:\.\d{1,2})?(?!\d|[.,/]\d|\s?%)",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\w.])(?:(?:\+|00)?\d{1,3}[\s.-]{0,2})?(?:\(\d{1,5}\)[\s-]{0,2}|\d{2,5}\s?[-./]\s?|\d{2,5}\s)"
    r"(?:\d{2,4}[\s.-]{1,2}){0,4}\d{2,8}(?![\w/])"
)
WORD = re.compile(r"[^\W\d]{2}")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
URL = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|de|co\.uk|io)\b", re.IGNORECASE)
NUMBER = re.compile(r"\d")
MOST = 1e15
"""A longer row of digits counts as this amount, which in hundredths fits into 64 bits."""
_CURRENCIES = {
    "s$": "SGD", "a$": "AUD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "rm": "MYR", "chf": "CHF", "eur": "EUR",
    "gbp": "GBP", "usd": "USD", "zł": "PLN", "pln": "PLN", "sgd": "SGD", "rs": "INR",
}  # fmt: skip


def value_of(money: str) -> float:
    """Return the number that an amount stands for; the last comma or point before two digits is the decimal one."""
    sign = -1.0 if "-" in money.strip() else 1.0
    digits = re.sub(r"[^\d.,]", "", money)
    whole, _, cents = digits.replace(",", ".").rpartition(".")
    if not whole or len(cents) > 2:
        return sign * min(float(re.sub(r"\D", "", digits) or 0), MOST)
    return sign * min(float(f"{re.sub(r'[^0-9]', '', whole)}.{cents}"), MOST)


def currency_of(money: str) -> str | None:
    """Return the ISO code of an amount's currency sign, if it has one."""
    return next((code for sign, code in _CURRENCIES.items() if sign in money.casefold()), None)


def to_date(text: str, *, day_first: bool = False) -> date | None:
    """Return the day that a written date names; of 03/04/2020 the month comes first unless told otherwise."""
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    name = re.search(_MONTH, text, re.IGNORECASE)
    if name and len(numbers) >= 2:
        parts = numbers[-1], _month(name.group().casefold()), numbers[0]
    elif len(numbers) >= 3:
        a, b, c = numbers[:3]
        swap = day_first or a > 12
        parts = (a, b, c) if a > 31 else (c, b, a) if swap else (c, a, b)
    else:
        return None
    return _valid(*parts)


def _month(name: str) -> int:
    known = next((number for start, number in _ELSEWHERE.items() if name.startswith(start)), 0)
    return known or MONTHS.index(name[:3]) + 1


def _valid(year: int, month: int, day: int) -> date | None:
    full = year if year > 99 else 2000 + year if year < 70 else 1900 + year
    try:
        return date(full, month, day)
    except ValueError:
        return None
