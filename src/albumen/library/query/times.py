"""Times in a sentence: points first, then the words around them that make ranges, openings and preferences."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from albumen.library.query import calendar as cal
from albumen.library.query import timewords as tw
from albumen.library.query.parts import Role, Span, Time
from albumen.library.query.sentence import Sentence
from albumen.library.query.timewords import either


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


YEAR = r"(?:19[0-9]{2}|20[0-9]{2})"
MONTH, SEASON, HOLIDAY, UNIT = either(tw.MONTHS), either(tw.SEASONS), either(tw.HOLIDAYS), either(tw.UNITS)
WEEKDAY, NUMBER = either(tw.WEEKDAYS), rf"(?:\b\d{{1,3}}(?!\d)|{either(tw.NUMBERS)})"
DAY = r"\b(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|°|º|\.)?"
OF = r"(?:\s+(?:of|de|del|di|d'))?(?:\s+the)?\s+"
NOT_STYLE = r"(?!\s+(?:style|music|look|fashion|haircut|party|theme|themed|stil|car|cars|rock)\b)"
Rule = tuple[re.Pattern[str], Callable[[Sentence, re.Match[str]], Point | None]]


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


AFTER_A_DATE = frozenset(
    ["in", "at", "on", "with", "and", "or", "from", "of", "by", "near", "for", "to", "the", "a", "without", "mit", "in", "und", "oder", "bei", "am", "im", "von", "con", "en", "y", "o", "de", "a", "sin", "avec", "et", "ou", "dans", "chez", "sans", "e", "con", "nel", "nella", "a", "da", "senza", "photos", "photo", "pictures", "pics", "images", "videos", "video", "fotos", "bilder", "foto", "mit"]
)


def compound(s: Sentence, end: int) -> bool:
    """Tell whether a noun follows directly, which makes the word before it part of a name of a thing."""
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


HAN_YEAR = r"(?:(?P<y>\d{4})年?|(?P<r>今年|去年|前年))的?"
RULES: list[Rule] = []


def rule(pattern: str, read: Callable[[Sentence, re.Match[str]], Point | None]) -> None:
    """Add a rule; earlier rules win."""
    RULES.append((re.compile(pattern), read))


rule(r"(?<![\d-])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d-])", lambda s, m: the_day(m, a_date(m[1], m[2], m[3])))
rule(r"(?<![\d./-])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b", lambda s, m: the_day(m, a_date(m[3], m[2], m[1])))
rule(r"(?<![\d./-])(\d{1,2})[/-](\d{1,2})[/-](\d{4})\b", slashed)
rule(rf"(?<![\d-])({YEAR})[-/](0[1-9]|1[0-2])(?![\d-])", iso_month)
rule(rf"{HAN_YEAR}(?:(?P<s>{SEASON})|(?P<h>{HOLIDAY}))", han_season)
rule(
    r"(?:(?P<y>(?<!\d)\d{4})年|(?P<r>今年|去年|前年))?的?(?:(?P<m>十[一二]?|[一二三四五六七八九]|(?<!\d)\d{1,2})月(?:份|(?P<d>\d{1,2})[日号])?)",
    han_date,
)
rule(r"(?:(?P<y>(?<!\d)(?:19|20)\d{2})年(?!代)|(?P<r>今年|去年|前年))(?P<m>(?!))?(?P<d>(?!))?", han_date)
rule(rf"(?P<d>{DAY}){OF}(?P<m>{MONTH})(?:\.?,?(?:\s+(?:de|del|of))?\s+(?P<y>{YEAR})\b)?", day_month_year)
rule(rf"(?P<m>{MONTH})\.?\s+(?P<d>{DAY})(?!\d)(?!\s*(?:dogs|cats|people))(?:,?\s+(?P<y>{YEAR})\b)?", day_month_year)
rule(rf"(?P<m>{MONTH})\.?,?(?:\s+(?:de|del|of|von))?\s+(?P<y>{YEAR})\b", month_year)
rule(rf"(?P<s>{SEASON}),?(?:\s+(?:of|de|del|dell'|von|des jahres))?\s+(?P<y>{YEAR})\b", season_year)
rule(rf"\b(?P<y>{YEAR})\s+(?P<s>{SEASON})", season_year)
rule(rf"(?P<h>{HOLIDAY}),?(?:\s+(?:of|de|del|von|in))?\s+(?P<y>{YEAR})\b", holiday_year)
rule(rf"\b(?P<y>{YEAR})\s+(?P<h>{HOLIDAY})", holiday_year)
for words, read in ((SEASON, last_season), (HOLIDAY, last_holiday), (MONTH, last_month_named), (WEEKDAY, last_weekday)):
    tag = {SEASON: "s", HOLIDAY: "h", MONTH: "m", WEEKDAY: "w"}[words]
    rule(rf"(?:{tw.LAST}|{tw.LAST_ROMANCE})\s+(?P<{tag}>{words})", read)
    rule(rf"(?:(?:\b(?:el|la|le|les)\s+|\bl'))?(?P<{tag}>{words})\s+{tw.LAST_AFTER}", read)
rule(rf"{tw.THIS}\s*(?P<s>{SEASON})", this_season)
rule(rf"{tw.THIS}\s+(?P<h>{HOLIDAY})", this_holiday)
rule(rf"{tw.THIS}\s+(?P<m>{MONTH})", this_month_named)
rule(rf"\b((?:1[89]|20)\d0)(?:'?s|er(?: jahren?)?)\b{NOT_STYLE}", decade)
rule(rf"(?<![\w'])'?([1-9]0)(?:'?s|er(?: jahren?)?)\b{NOT_STYLE}", decade)
rule(r"\b(?:annees|anni|anos|decada de los|decada de|gli anni)\s+'?((?:19|20)?[0-9]0)\b|((?:19|20)?\d0)年代", decade)
rule(either(tw.DAYS_AGO), days_ago)
rule(
    r"\b(?:last night|gestern nacht|letzte nacht|anoche|la nuit derniere|ieri notte|la notte scorsa)\b|昨晚", last_night
)
rule(rf"(?P<n>{NUMBER})\s*(?P<u>{UNIT})(?:\s+ago\b|\s+fa\b|之?前)", units_ago)
rule(rf"\b(?:vor|hace|il y a)\s+(?P<n>{NUMBER})\s+(?P<u>{UNIT})", units_ago)
rule(
    rf"\b(?:in |en |nei |negli |dans )?(?:the |den |die |los |las |les |gli |le )?"
    rf"(?:last|past|letzten|vergangenen|ultimos|ultimas|derniers|dernieres|ultimi|ultime)\s+(?P<n>{NUMBER})\s+(?P<u>{UNIT})",
    last_units,
)
rule(
    rf"\b(?:les|los|las|gli|le)\s+(?P<n>{NUMBER})\s+(?:ultimos|ultimas|derniers|dernieres|ultimi|ultime)\s+(?P<u>{UNIT})",
    last_units,
)
rule(rf"(?:最近|过去)(?P<n>{NUMBER})(?P<u>{UNIT})", last_units)
rule(
    rf"(?:{tw.LAST}|{tw.LAST_ROMANCE})\s+(?:weekend|week-end|wochenende|fin de semana|fine settimana)\b|上个?周末",
    last_weekend,
)
rule(rf"\b(?:el |le |il |lo )?(?:weekend|week-end|fin de semana|fine settimana)\s+{tw.LAST_AFTER}", last_weekend)
rule(rf"(?:{tw.LAST}|{tw.LAST_ROMANCE})\s+(?P<u>{UNIT})", last_unit)
rule(rf"\b(?:el |la |le |l')?(?P<u>{UNIT})\s+{tw.LAST_AFTER}", last_unit)
rule(r"上(?P<u>个月|周|个星期|星期)", last_unit)
rule(rf"{tw.THIS}\s*(?P<u>{UNIT})", this_unit)
rule(r"[这本](?P<u>个月|周|个星期|星期)", this_unit)
rule(tw.WEEKENDS, weekends)
rule(either(tw.DAYTIMES), daytime)
rule(either(tw.EVERY_WEEKDAY), every_weekday)
rule(rf"(?<![\w.,/:-])({YEAR})(?![\w/:]|[.,]\d|-\d|\s+(?:people|dogs|cats|euros|dollars|meters|pixels)\b)", year)
rule(HOLIDAY, bare_holiday)
rule(SEASON, bare_season)
rule(MONTH, bare_month)
rule(WEEKDAY, bare_weekday)


def find_times(s: Sentence) -> None:
    """Claim every time in the sentence."""
    points = sorted(collect(s), key=lambda p: p.start)
    while points:
        point = points.pop(0)
        if points and (joined := ranged(s, point, points[0])):
            points.pop(0)
            settle(s, joined, lead=False)
        elif points and (both := united(s, point, points[0])):
            points[0] = both
        else:
            settle(s, opened(s, point) or point)


def collect(s: Sentence) -> Iterator[Point]:
    """Yield all points that do not overlap; earlier rules win."""
    seen = bytearray(s.taken)
    for pattern, read in RULES:
        for match in pattern.finditer(s.folded):
            if match.end() > match.start() and not any(seen[match.start() : match.end()]) and (p := read(s, match)):
                seen[p.start : p.end] = b"\1" * (p.end - p.start)
                yield p


def ranged(s: Sentence, first: Point, last: Point) -> Point | None:
    """Join "between A and B", "A to B" and "A-B" into one span."""
    between = s.folded[first.end : last.start]
    before = tw.BETWEEN.search(s.folded, 0, first.start)
    if not ((tw.TO.fullmatch(between) and before) or tw.STRICT_TO.fullmatch(between)):
        return None
    start = before.start() if before else first.start
    if first.time.months and last.time.months:
        run = (last.time.months[-1] - first.time.months[0]) % 12 + 1
        months = tuple((first.time.months[0] + i - 1) % 12 + 1 for i in range(run))
        label = f"{first.time.label.split()[0]} to {last.time.label}"
        return Point(start, last.end, Time(months=months, label=label))
    opening, closing = bounds(first, last), bounds(last, first)
    if not (opening and closing and opening.start and closing.end and opening.start < closing.end):
        return None
    span = Span(opening.start, closing.end)
    return Point(start, last.end, Time(spans=(span,), label=said(span)))


def bounds(point: Point, other: Point) -> Span | None:
    """Return the point's one span; a bare month takes the other's year."""
    if len(point.time.spans) == 1:
        return point.time.spans[0]
    spans = other.time.spans
    if len(spans) == 1 and len(point.time.months) == 1 and spans[0].start:
        return cal.months(spans[0].start.year, point.time.months[0])
    return None


def united(s: Sentence, first: Point, last: Point) -> Point | None:
    """Join "2015 and 2017" into one point that holds either."""
    if not tw.BOTH.fullmatch(s.folded, first.end, last.start):
        return None
    a, b = first.time, last.time
    same = [bool(x) == bool(y) for x, y in zip(shape(a), shape(b), strict=True)]
    if not all(same) or first.shows or last.shows:
        return None
    time = Time(
        (*a.spans, *b.spans), (*a.months, *b.months), (*a.weekdays, *b.weekdays), a.hours, f"{a.label} or {b.label}"
    )
    return Point(first.start, last.end, time, weak=first.weak and last.weak)


def shape(time: Time) -> tuple[object, ...]:
    """Return which kinds of limit a time has."""
    return time.spans, time.months, time.weekdays, time.hours


def opened(s: Sentence, point: Point) -> Point | None:
    """Turn "since A", "before A" and the like into a span open at one end."""
    if len(point.time.spans) != 1:
        return None
    span = point.time.spans[0]
    choices = (
        (tw.SINCE_ONLY, Span(span.start, None), "since"), (tw.BEFORE, Span(None, span.start), "before"),
        (tw.AFTER, Span(span.end, None), "after"), (tw.UNTIL, Span(None, span.end), "until"),
    )  # fmt: skip
    for pattern, span_then, word in choices:
        if match := pattern.search(s.folded, 0, point.start):
            time = Time(spans=(span_then,), label=f"{word} {point.time.label}")
            return replace(point, start=match.start(), time=time, weak=False)
    return opened_after(s, point, span)


def opened_after(s: Sentence, point: Point, span: Span) -> Point | None:
    """Turn Chinese "A之前" and "A以来" into a span open at one end."""
    if match := tw.HAN_BEFORE.match(s.folded, point.end):
        return replace(point, end=match.end(), time=Time((Span(None, span.start),), label=f"before {point.time.label}"))
    if match := tw.HAN_AFTER.match(s.folded, point.end):
        start = span.start if match[0] == "以来" else span.end
        return replace(point, end=match.end(), time=Time((Span(start, None),), label=f"after {point.time.label}"))
    return None


def settle(s: Sentence, point: Point, *, lead: bool = True) -> None:
    """Decide whether a point filters, ranks or means nothing, and claim it."""
    start, end = point.start, point.end
    before = tw.LEAD.search(s.folded, 0, start) if lead else None
    if before and s.free(before.start(), before.end()):
        start = before.start()
    if s.folded[end : end + 1] == "的":
        end += 1
    if point.shows:
        s.claim(point.start, point.end, point.time, role=Role.SCORE, kept=True)
    elif not point.weak or (start < point.start and asks(s, start, point)):
        s.claim_or_not(start, end, point.time)
    elif point.soft:
        s.claim(point.start, point.end, point.time, role=Role.SCORE, kept=True)


def asks(s: Sentence, start: int, point: Point) -> bool:
    """Tell whether a weak point after a preposition is a date, and not the beginning of a thing's name."""
    lead = s.folded[start : point.start].split()
    loose = lead[0] in ("of", "from", "for", "de", "di", "a", "la", "le", "el", "on", "an", "per", "per", "da", "von")
    weekday_or_holiday = bool(point.time.weekdays or point.soft)
    return not compound(s, point.end) and (not loose or weekday_or_holiday)
