"""What single times mean: a function for each way of writing one, from a match to a point in time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from albumen.library.query import calendar as cal
from albumen.library.query import timewords as tw
from albumen.library.query.parts import Span, Time
from albumen.library.query.sentence import Sentence
from albumen.library.query.timewords import words


@dataclass(frozen=True)
class Point:
    """A recognised time; a weak one filters only after a preposition."""

    start: int
    end: int
    time: Time
    weak: bool = False
    soft: bool = False
    """Where it is not a filter, it still ranks."""
    shows: bool = False
    """Says something visible as well: stays in the content sentence and only ranks."""


def spanned(
    match: re.Match[str], *spans: Span | None, label: str, weak: bool = False, soft: bool = False
) -> Point | None:
    """Return a point of those spans that exist."""
    real = tuple(s for s in spans if s)
    return Point(match.start(), match.end(), Time(spans=real, label=label), weak, soft) if real else None


def the_day(match: re.Match[str], *dates: date | None) -> Point | None:
    """Return a point of single days."""
    real = tuple(dict.fromkeys(d for d in dates if d))
    label = " or ".join(f"{d:%-d %B %Y}" for d in real)
    return spanned(match, *(cal.days(d, d) for d in real), label=label)


def a_date(year: str | int, month: str | int, day: str | int) -> date | None:
    """Return the date if there is such a day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def month_point(match: re.Match[str], year: str | int, month: int) -> Point | None:
    """Return a month of a year."""
    return spanned(match, cal.months(int(year), month), label=f"{date(int(year), month, 1):%B %Y}")


def every_year(s: Sentence) -> range:
    """Return the years that yearly dates are computed for."""
    return range(max(1, min(s.known.first_year, s.today.year)), s.today.year + 1)


def iso_month(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 2019-07."""
    return month_point(m, m[1], int(m[2])) if 1 <= int(m[2]) <= 12 else None


def slashed(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 4/7/2019 both ways where both are dates."""
    return the_day(m, a_date(m[3], m[1], m[2]), a_date(m[3], m[2], m[1]))


def day_month_year(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 4 July 2019, or the day in every year where none is given."""
    return dated(s, m, m["d"], tw.MONTHS[m["m"]], m["y"])


def dated(s: Sentence, m: re.Match[str], day_text: str, month: int, year: str | None) -> Point | None:
    """Return a day of a month, of that year or of every year."""
    day = int(re.sub(r"\D", "", day_text))
    if year:
        return the_day(m, a_date(year, month, day))
    dates = [d for y in every_year(s) if (d := a_date(y, month, day))]
    named = f"every {dates[0]:%-d %B}" if dates else ""
    return spanned(m, *(cal.days(d, d) for d in dates), label=named)


def month_year(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read July 2019."""
    return month_point(m, m["y"], tw.MONTHS[m["m"]])


def bare_month(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read July: the month of every year."""
    word = m[0]
    number = tw.MONTHS[word]
    weak = word in tw.AMBIGUOUS_MONTHS or len(word) <= 4
    label = f"{date(2000, number, 1):%B} of any year"
    return Point(m.start(), m.end(), Time(months=(number,), label=label), weak=weak)


def last_month_named(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read last July: the latest that is over."""
    number = tw.MONTHS[m["m"]]
    year = s.today.year if number < s.today.month else s.today.year - 1
    return month_point(m, year, number)


def this_month_named(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read this July."""
    return month_point(m, s.today.year, tw.MONTHS[m["m"]])


def season_label(name: str, year: int, southern: bool) -> str:
    """Say which season is meant, and by which hemisphere."""
    months = f"{date(2000, cal.season_month(name, southern), 1):%B} on"
    return f"{name} {year}, from {months} in the {'southern' if southern else 'northern'} hemisphere"


def season_year(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read summer 2019."""
    return season_point(s, m, tw.SEASONS[m["s"]], int(m["y"]))


def season_point(s: Sentence, m: re.Match[str], name: str, year: int) -> Point | None:
    """Return a season that begins in a year."""
    label = season_label(name, year, s.known.southern)
    return spanned(m, cal.season(name, year, s.known.southern), label=label)


def last_season(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read last summer: the latest that is over."""
    name = tw.SEASONS[m["s"]]
    now = datetime.combine(s.today, time())
    over = [y for y in (s.today.year - 2, s.today.year - 1, s.today.year) if ended(s, name, y, now)]
    return season_point(s, m, name, over[-1])


def ended(s: Sentence, name: str, year: int, now: datetime) -> bool:
    """Tell whether a season is over."""
    end = cal.season(name, year, s.known.southern).end
    return end is not None and end <= now


def this_season(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read this summer."""
    return season_point(s, m, tw.SEASONS[m["s"]], s.today.year)


def bare_season(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read summer: its months in every year."""
    name = tw.SEASONS[m[0]]
    first = cal.season_month(name, s.known.southern)
    months = tuple((first + i - 1) % 12 + 1 for i in range(3))
    label = season_label(name, 0, s.known.southern).replace(" 0,", " of any year,")
    return Point(m.start(), m.end(), Time(months=months, label=label), weak=True)


def holiday_year(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read Christmas 2019."""
    name = tw.HOLIDAYS[m["h"]]
    return spanned(m, cal.holiday(name, int(m["y"])), label=f"{name} {m['y']}")


def last_holiday(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read last Christmas."""
    name = tw.HOLIDAYS[m["h"]]
    span = cal.last_holiday(name, s.today)
    year = f" {span.start.year}" if span and span.start else ""
    return spanned(m, span, label=f"{name}{year}")


def this_holiday(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read this Christmas."""
    name = tw.HOLIDAYS[m["h"]]
    return spanned(m, cal.holiday(name, s.today.year), label=f"{name} {s.today.year}")


def bare_holiday(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read Christmas: of every year; in front of a noun, as in `christmas tree`, it is no date at all."""
    if compound(s, m.end()):
        return None
    name = tw.HOLIDAYS[m[0]]
    spans = [cal.holiday(name, y) for y in every_year(s)]
    return spanned(m, *spans, label=f"{name} of any year", weak=True, soft=True)


AFTER_A_DATE = words(
    "in at on with and or from of by near for to the a without mit in und oder bei am im von"
    " con en y o de a sin avec et ou dans chez sans e con nel nella a da senza photos photo pictures pics images"
    " videos video fotos bilder foto mit"
)


def compound(s: Sentence, end: int) -> bool:
    """Tell whether a noun follows directly, which makes the word before it part of a name of a thing."""
    if "一" <= s.folded[end : end + 1] <= "鿿" and s.folded[end - 1] > "⺀":
        return s.folded[end] not in "的在和与去年"
    word = s.next_word(end)
    return bool(word) and word not in AFTER_A_DATE and not word.isdigit()


def decade(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 1990s, the 90s, 90er, annees 90."""
    digits = next(g for g in m.groups() if g)
    first = int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) >= 30 else 2000)
    return spanned(m, cal.years(first, first + 9), label=f"the {first}s")


def year(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 2019, unless it counts something or has not come yet."""
    if int(m[1]) > s.today.year + 1 or int(m[1]) < 1826:
        return None
    return spanned(m, cal.years(int(m[1]), int(m[1])), label=m[1])


def relative_year(ago: int) -> Callable[[Sentence, re.Match[str]], Point | None]:
    """Read words for a whole year counted from this one."""

    def read(s: Sentence, m: re.Match[str]) -> Point | None:
        return spanned(m, cal.years(s.today.year - ago, s.today.year - ago), label=str(s.today.year - ago))

    return read


def days_ago(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read today and yesterday."""
    return the_day(m, s.today - int(tw.DAYS_AGO[m[0]]) * cal.DAY)


def last_night(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read last night: from six to six."""
    noon = datetime.combine(s.today, time())
    return spanned(m, Span(noon - timedelta(hours=6), noon + timedelta(hours=6)), label="last night")


def number(word: str) -> int:
    """Return the value of a number in digits or words."""
    return int(word) if word.isdecimal() else tw.NUMBERS[word]


def units_ago(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 2 years ago: that day, week, month or year."""
    count, unit = number(m["n"]), tw.UNITS[m["u"]]
    span = unit_ago(s.today, unit, count)
    return spanned(m, span, label=f"{count} {unit}{'s' * (count != 1)} ago, {said(span)}")


def unit_ago(today: date, unit: str, count: int) -> Span:
    """Return the whole day, week, month or year that lies `count` units back."""
    if unit == "day":
        return cal.days(today - count * cal.DAY, today - count * cal.DAY)
    if unit == "week":
        monday = today - (today.weekday() + 7 * count) * cal.DAY
        return cal.days(monday, monday + 6 * cal.DAY)
    if unit == "month":
        first = cal.month_later(today.year, today.month, -count)
        return cal.months(first.year, first.month)
    year = max(1, today.year - count)
    return cal.years(year, year)


def said(span: Span) -> str:
    """Return a span as dates."""
    start, end = span.start, span.end and span.end - cal.DAY
    if start and end and start.date() == end.date():
        return f"{start:%-d %B %Y}"
    if start and end and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start:%Y}" if start.year == end.year else f"{start:%Y} to {end:%Y}"
    return " ".join(x for x in (f"from {start:%-d %B %Y}" if start else "", f"to {end:%-d %B %Y}" if end else "") if x)


def last_units(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read the last 3 weeks: up to and with today."""
    count, unit = number(m["n"]), tw.UNITS[m["u"]]
    today = s.today
    if unit in ("day", "week"):
        first = today - (count if unit == "day" else 7 * count) * cal.DAY
    else:
        month = cal.month_later(today.year, today.month, -count * (12 if unit == "year" else 1))
        first = month + (min(today.day, 28) - 1) * cal.DAY
    return spanned(m, cal.days(first, today), label=f"the last {count} {unit}{'s' * (count != 1)}")


def last_unit(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read last week."""
    span = unit_ago(s.today, tw.UNITS[m["u"]], 1)
    return spanned(m, span, label=f"last {tw.UNITS[m['u']]}, {said(span)}")


def this_unit(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read this week."""
    span = unit_ago(s.today, tw.UNITS[m["u"]], 0)
    return spanned(m, span, label=f"this {tw.UNITS[m['u']]}, {said(span)}")


def last_weekday(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read last Sunday."""
    back = (s.today.weekday() - tw.WEEKDAYS[m["w"]] - 1) % 7 + 1
    return the_day(m, s.today - back * cal.DAY)


def last_weekend(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read last weekend: the latest that is over."""
    sunday = s.today - (s.today.weekday() + 1) * cal.DAY
    return spanned(
        m, cal.days(sunday - cal.DAY, sunday), label=f"last weekend, {said(cal.days(sunday - cal.DAY, sunday))}"
    )


def every_weekday(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read Sundays."""
    return weekday_point(m, tw.EVERY_WEEKDAY[m[0]], weak=False)


def bare_weekday(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read on Sunday; a bare Sunday, as in `sunday roast`, is no date."""
    return weekday_point(m, tw.WEEKDAYS[m[0]], weak=True)


def weekday_point(m: re.Match[str], day: int, *, weak: bool) -> Point:
    """Return a weekday of every week."""
    names = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
    return Point(m.start(), m.end(), Time(weekdays=(day,), label=names[day]), weak=weak)


def weekends(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read at the weekend."""
    return Point(m.start(), m.end(), Time(weekdays=(5, 6), label="weekends"))


def daytime(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read at night: by the clock, and as something seen."""
    name = tw.DAYTIMES[m[0]]
    hours = tw.HOURS[name]
    label = f"in the {name} ({hours[0]}:00 to {(hours[-1] + 1) % 24}:00)"
    return Point(m.start(), m.end(), Time(hours=hours, label=label), shows=True)


HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九十")} | {"十一": 11, "十二": 12}


def han_date(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 2019年7月4日, 去年7月, 2019年, 7月."""
    back = {"今年": 0, "去年": 1, "前年": 2}
    year = m["y"] or (str(s.today.year - back[m["r"]]) if m["r"] else None)
    month = HAN_DIGITS.get(m["m"] or "") or int(m["m"] or 0)
    if m["d"] and 1 <= month <= 12:
        return dated(s, m, m["d"], month, year)
    if month > 12 or not (month or year):
        return None
    if year and month:
        return month_point(m, year, month)
    if year:
        return spanned(m, cal.years(int(year), int(year)), label=year)
    return Point(m.start(), m.end(), Time(months=(month,), label=f"{date(2000, month, 1):%B} of any year"))


def han_season(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read 去年夏天, 2019年春节."""
    back = {"今年": 0, "去年": 1, "前年": 2}
    year = int(m["y"]) if m["y"] else s.today.year - back[m["r"]]
    if m["s"]:
        return season_point(s, m, tw.SEASONS[m["s"]], year)
    return spanned(m, cal.holiday(tw.HOLIDAYS[m["h"]], year), label=f"{tw.HOLIDAYS[m['h']]} {year}")


def clock(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read before 8 am, nach 18 Uhr, around 17:30: hours of any day."""
    hour = int(m["h"]) % 12 + (12 if m["u"] == "pm" else 0) if m["u"] in ("am", "pm") else int(m["h"])
    if hour > 24:
        return None
    early, late = m["p"] in ("before", "vor", "until"), m["p"] in ("after", "nach")
    hours = tuple(range(hour)) if early else tuple(range(hour, 24)) if late else (hour % 24,)
    said = "before" if early else "after" if late else "around"
    return Point(m.start(), m.end(), Time(hours=hours, label=f"{said} {hour}:00")) if hours else None
