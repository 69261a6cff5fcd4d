"""Dates, amounts, telephone numbers and the like, as people write them."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    rf"(?<![\d.])(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[\s-]*{_MONTH}[\s,'-]*(?:\d{{4}}|\d{{2}})"
    rf"|{_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s*\d{{4}})(?!\d)",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"(?<![\w.,/-])(?:[-+]\s?)?(?:[$€£¥]|RM|USD|EUR|GBP|CHF)?\s?-?(?:\d{1,3}(?:[,.' ]\d{3})+|\d+)[.,]\d{2}(?![\d/%])"
    r"|[$€£¥]\s?\d[\d,]*(?:\.\d{1,2})?",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<![\w.])(?:\+?\d{1,3}[\s.-]?)?(?:\(\d{2,4}\)\s?|\d{2,4}[\s.-])\d{3,4}[\s.-]?\d{3,4}(?!\w)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
URL = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|de|co\.uk|io)\b", re.IGNORECASE)
NUMBER = re.compile(r"\d")
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "rm": "MYR", "chf": "CHF"}


def value_of(money: str) -> float:
    """Return the number that an amount stands for; the last comma or point before two digits is the decimal one."""
    sign = -1.0 if "-" in money else 1.0
    digits = re.sub(r"[^\d.,]", "", money)
    whole, _, cents = digits.replace(",", ".").rpartition(".")
    if not whole or len(cents) > 2:
        return sign * float(re.sub(r"\D", "", digits) or 0)
    return sign * float(f"{re.sub(r'[^0-9]', '', whole)}.{cents}")


def currency_of(money: str) -> str | None:
    """Return the ISO code of an amount's currency sign, if it has one."""
    return next((code for sign, code in _CURRENCIES.items() if sign in money.casefold()), None)


def to_date(text: str, *, day_first: bool = False) -> date | None:
    """Return the day that a written date names; of 03/04/2020 the month comes first unless told otherwise."""
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    name = re.search(_MONTH, text, re.IGNORECASE)
    if name and len(numbers) >= 2:
        day, year = numbers[0], numbers[-1]
        parts = year, MONTHS.index(name.group()[:3].casefold()) + 1, day
    elif len(numbers) >= 3:
        a, b, c = numbers[:3]
        swap = day_first or a > 12
        parts = (a, b, c) if a > 31 else (c, b, a) if swap else (c, a, b)
    else:
        return None
    return _valid(*parts)


def _valid(year: int, month: int, day: int) -> date | None:
    full = year if year > 99 else 2000 + year if year < 70 else 1900 + year
    try:
        return date(full, month, day)
    except ValueError:
        return None
