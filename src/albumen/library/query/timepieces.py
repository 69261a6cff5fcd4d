"""Pieces of times: early 2020, the first week of May, yesterday evening, Friday night, the week before last."""

import re
from datetime import date, datetime, time, timedelta

from albumen.library.query import calendar as cal
from albumen.library.query import timewords as tw
from albumen.library.query.parts import Span, Time
from albumen.library.query.sentence import Sentence
from albumen.library.query.timepoints import Point, every_year, said, spanned, unit_ago
from albumen.library.query.timewords import either, named

THIRDS = named({
    "0": "early|beginning of|start of|anfang|principios de|comienzos de|debut|inizio|初",
    "1": "mid|middle of|mitte|mediados de|mi|milieu de|meta|中",
    "2": "late|end of|ende|finales de|fines de|fin|fine|底|末",
})  # fmt: skip
ORDINALS = named({
    "1": "first|1st|erste|ersten|primera|premiere|prima|第一",
    "2": "second|2nd|zweite|zweiten|segunda|deuxieme|seconda|第二",
    "3": "third|3rd|dritte|dritten|tercera|troisieme|terza|第三",
    "4": "fourth|4th|vierte|vierten|cuarta|quatrieme|quarta|第四",
    "-1": "last|letzte|letzten|ultima|derniere|最后一",
})  # fmt: skip
HOURS_OF = named({
    "morning": "morning|mornings|morgen|fruh|vormittag|manana|matin|mattina|早上|早晨|上午",
    "noon": "noon|midday|mittag|mediodia|midi|mezzogiorno|中午",
    "afternoon": "afternoon|afternoons|nachmittag|tarde|apres-midi|pomeriggio|下午",
    "evening": "evening|evenings|abend|soir|sera|傍晚",
    "night": "night|nights|nacht|noche|nuit|notte|晚上|夜里",
})  # fmt: skip
THIS_PIECE = named({
    "morning": "this morning|heute morgen|heute fruh|heute vormittag|esta manana|ce matin|questa mattina|stamattina"
    "|今天早上|今早|今天上午",
    "noon": "heute mittag|este mediodia|ce midi|今天中午",
    "afternoon": "this afternoon|heute nachmittag|esta tarde|cet apres-midi|questo pomeriggio|今天下午",
    "evening": "this evening|tonight|heute abend|esta noche|ce soir|questa sera|stasera|今晚|今天晚上",
})  # fmt: skip
GERMAN_DAYS = "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
NIGHT_SHOTS = (
    r"\bnight(?:time)?(?=\s+(?:photos|pictures|pics|shots|images|photography)\b)|\bnacht(?=(?:aufnahmen|fotos|bilder)\b)"
    r"|\bnocturnas?\b|\bnotturn[aei]\b"
)


def third(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read early 2020, mid September 2023, Ende Mai: the third of the year or month; a bare month is of any year."""
    number, month = int(THIRDS[m["p"]]), tw.MONTHS.get(m["m"] or "", 0)
    if m["y"] is None:
        spans = [third_of_month(year, month, number) for year in every_year(s)]
        return spanned(m, *spans, label=f"{m['p']} {m['m']} of any year", weak=True)
    year = int(m["y"])
    span = third_of_month(year, month, number) if month else cal.months(year, 1 + 4 * number, 4)
    return spanned(m, span, label=said(span))


def third_of_month(year: int, month: int, number: int) -> Span:
    """Return the first ten days, the next ten, or the rest of a month."""
    first = date(year, month, 1)
    last = cal.month_later(year, month, 1) - cal.DAY
    return cal.days(first + 10 * number * cal.DAY, last if number == 2 else first + (10 * number + 9) * cal.DAY)


def week_of_month(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read first week of May 2024: seven days from the first on, or the last seven."""
    number, month = int(ORDINALS[m["n"]]), tw.MONTHS[m["m"]]
    years = [int(m["y"])] if m["y"] else list(every_year(s))
    spans = [seven_days(year, month, number) for year in years]
    return spanned(m, *spans, label=said(spans[0]) if m["y"] else f"{m[0]} of any year")


def seven_days(year: int, month: int, number: int) -> Span:
    """Return the seven days that are the nth of a month; the -1st are its last."""
    last = cal.month_later(year, month, 1) - cal.DAY
    first = last - 6 * cal.DAY if number < 0 else date(year, month, 1) + 7 * (number - 1) * cal.DAY
    return cal.days(first, first + 6 * cal.DAY)


def day_piece(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read yesterday evening, gestern Abend, hier soir."""
    return piece(m, s.today - int(tw.DAYS_AGO[m["d"]]) * cal.DAY, HOURS_OF[m["t"]])


def this_piece(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read this morning, heute Abend, stamattina."""
    return piece(m, s.today, THIS_PIECE[m[0]])


def piece(m: re.Match[str], day: date, name: str) -> Point:
    """Return the morning, evening or night of a day; its night ends on the next."""
    label = f"{day:%-d %B %Y}, {name}"
    if name == "night":
        dusk = datetime.combine(day, time(18))
        return Point(m.start(), m.end(), Time((Span(dusk, dusk + timedelta(hours=12)),), label=label))
    return Point(m.start(), m.end(), Time((cal.days(day, day),), hours=tw.HOURS[name], label=label))


def weekday_piece(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read Friday evening, Sonntagmorgen: of every week, where a preposition or nothing stands around it."""
    name, day = HOURS_OF[m["t"]], tw.WEEKDAYS[m["w"]]
    return Point(m.start(), m.end(), Time(weekdays=(day,), hours=tw.HOURS[name], label=m[0]), weak=True)


def before_last(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read the week before last, vorletzte Woche."""
    span = unit_ago(s.today, tw.UNITS[m["u"] or m["v"]], 2)
    return spanned(m, span, label=said(span))


def weekend_before_last(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read the weekend before last, vorletztes Wochenende."""
    sunday = s.today - (s.today.weekday() + 8) * cal.DAY
    span = cal.days(sunday - cal.DAY, sunday)
    return spanned(m, span, label=said(span))


def night_shots(s: Sentence, m: re.Match[str]) -> Point | None:
    """Read night photos: by the clock, and as something seen."""
    return Point(m.start(), m.end(), Time(hours=tw.HOURS["night"], label="in the night (21:00 to 5:00)"), shows=True)


YEAR, MONTH, UNIT = r"(?:19[0-9]{2}|20[0-9]{2})", either(tw.MONTHS), either(tw.UNITS)
PIECE = either(HOURS_OF)
THIRD = rf"(?P<p>{either(THIRDS)})[ -]+(?:(?:of|de|d'|di|del)\s*)?(?:the year )?"
RULES = (
    (rf"{THIRD}(?P<m>{MONTH})(?:,?(?:\s+(?:of|de|del))?\s+(?P<y>{YEAR})\b)?", third),
    (rf"{THIRD}(?P<m>(?!))?(?P<y>{YEAR})\b", third),
    (rf"(?P<y>{YEAR})年(?P<m>(?!))?(?P<p>[初底末])", third),
    (rf"(?:\b(?:the|die|der|la) )?(?P<n>{either(ORDINALS)}) (?:week|woche|semana|semaine|settimana) "
     rf"(?:(?:of|in|im|von|vom|de|del|di)\s+|d')(?P<m>{MONTH})(?:,?(?:\s+(?:of|de|del))?\s+(?P<y>{YEAR})\b)?",
     week_of_month),
    (either(THIS_PIECE), this_piece),
    (rf"(?P<d>{either(tw.DAYS_AGO)})\s*(?:in the |at |por la |a |al )?(?P<t>{PIECE})", day_piece),
    (rf"(?P<w>{either(tw.WEEKDAYS)})\s+(?:por la |a la )?(?P<t>{PIECE})", weekday_piece),
    (rf"\b(?P<w>{GERMAN_DAYS})(?P<t>morgen|vormittag|mittag|nachmittag|abend|nacht)\b", weekday_piece),
    (r"\b(?:the )?weekend before last\b|\bvorletzte[ns]? wochenende\b", weekend_before_last),
    (rf"\b(?:the )?(?P<u>{UNIT}) before last\b|\bvorletzte[nsr]? (?P<v>{UNIT})", before_last),
    (NIGHT_SHOTS, night_shots),
)  # fmt: skip
