"""Calendar facts: spans of days, months, seasons and holidays."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from albumen.library.query.parts import Span

DAY = timedelta(days=1)
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
LUNAR_NEW_YEARS = {
    2000: (2, 5), 2001: (1, 24), 2002: (2, 12), 2003: (2, 1), 2004: (1, 22), 2005: (2, 9), 2006: (1, 29),
    2007: (2, 18), 2008: (2, 7), 2009: (1, 26), 2010: (2, 14), 2011: (2, 3), 2012: (1, 23), 2013: (2, 10),
    2014: (1, 31), 2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16), 2019: (2, 5), 2020: (1, 25),
    2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6),
    2028: (1, 26), 2029: (2, 13), 2030: (2, 3),
}  # fmt: skip


def days(first: date, last: date) -> Span:
    """Return the span from the start of one day to the end of another."""
    end = date.max if last >= date.max - DAY else last + DAY
    return Span(datetime.combine(first, time()), datetime.combine(end, time()))


def month_later(year: int, month: int, by: int) -> date:
    """Return the first of the month `by` months after a month."""
    total = year * 12 + month - 1 + by
    return date(min(max(total // 12, 1), 9998), total % 12 + 1, 1)


def months(year: int, month: int, count: int = 1) -> Span:
    """Return the span of `count` months from a month on."""
    return days(month_later(year, month, 0), month_later(year, month, count) - DAY)


def years(first: int, last: int) -> Span:
    """Return the span of whole years."""
    return days(date(first, 1, 1), date(last, 12, 31))


def season_month(season: str, southern: bool) -> int:
    """Return the month a season begins with."""
    return (SEASONS[season] + (6 if southern else 0) - 1) % 12 + 1


def season(name: str, year: int, southern: bool) -> Span:
    """Return a season of the year that it begins in."""
    return months(year, season_month(name, southern), 3)


def easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian method)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def weekday_of(year: int, month: int, weekday: int, nth: int) -> date:
    """Return the nth such weekday (Monday 0) of a month."""
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def lunar_new_year(year: int) -> Span | None:
    """Return the first week of the Chinese year, for 2000 to 2030."""
    if year not in LUNAR_NEW_YEARS:
        return None
    start = date(year, *LUNAR_NEW_YEARS[year])
    return days(start - DAY, start + 6 * DAY)


def fixed(month: int, day: int, length: int = 1) -> Callable[[int], Span | None]:
    """Return a holiday that begins on the same day every year."""
    return lambda year: days(date(year, month, day), date(year, month, day) + (length - 1) * DAY)


HOLIDAYS: dict[str, Callable[[int], Span | None]] = {
    "christmas": fixed(12, 24, 3),
    "christmas eve": fixed(12, 24),
    "new year's eve": fixed(12, 31),
    "new year": fixed(12, 31, 2),
    "halloween": fixed(10, 31),
    "valentine's day": fixed(2, 14),
    "independence day": fixed(7, 4),
    "epiphany": fixed(1, 6),
    "st patrick's day": fixed(3, 17),
    "thanksgiving": lambda year: days(weekday_of(year, 11, 3, 4), weekday_of(year, 11, 3, 4)),
    "mother's day": lambda year: days(weekday_of(year, 5, 6, 2), weekday_of(year, 5, 6, 2)),
    "easter": lambda year: days(easter(year) - 2 * DAY, easter(year) + DAY),
    "carnival": lambda year: days(easter(year) - 52 * DAY, easter(year) - 47 * DAY),
    "pentecost": lambda year: days(easter(year) + 48 * DAY, easter(year) + 50 * DAY),
    "chinese new year": lunar_new_year,
}


def holiday(name: str, year: int) -> Span | None:
    """Return a holiday of a year."""
    return HOLIDAYS[name](year) if 1 < year < 9998 else None


def last_holiday(name: str, today: date) -> Span | None:
    """Return the latest such holiday that has begun before today."""
    now = datetime.combine(today, time())
    spans = (holiday(name, year) for year in (today.year, today.year - 1))
    return next((s for s in spans if s and s.start and s.start < now), None)
