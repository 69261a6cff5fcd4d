"""How single times are written, as rules from a pattern to a point in time; earlier rules win."""

import re
from collections.abc import Callable
from functools import cached_property

from albumen.library.query import timepieces
from albumen.library.query import timewords as tw
from albumen.library.query.sentence import Sentence
from albumen.library.query.timepoints import (
    Point,
    a_date,
    bare_holiday,
    bare_month,
    bare_season,
    bare_weekday,
    clock,
    day_month_year,
    days_ago,
    daytime,
    decade,
    every_weekday,
    han_date,
    han_season,
    holiday_year,
    iso_month,
    last_holiday,
    last_month_named,
    last_night,
    last_season,
    last_unit,
    last_units,
    last_weekday,
    last_weekend,
    month_year,
    season_year,
    slashed,
    the_day,
    this_holiday,
    this_month_named,
    this_season,
    this_unit,
    units_ago,
    weekends,
    year,
)
from albumen.library.query.timewords import either

YEAR = r"(?:19[0-9]{2}|20[0-9]{2})"
MONTH, SEASON, HOLIDAY, UNIT = either(tw.MONTHS), either(tw.SEASONS), either(tw.HOLIDAYS), either(tw.UNITS)
WEEKDAY, NUMBER = either(tw.WEEKDAYS), rf"(?:\b\d{{1,3}}(?!\d)|{either(tw.NUMBERS)})"
DAY = r"\b(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|°|º|\.)?"
OF = r"(?:\s+(?:of|de|del|di|d'))?(?:\s+the)?\s+"
NOT_STYLE = r"(?!\s+(?:style|music|look|fashion|haircut|party|theme|themed|stil|car|cars|rock)\b)"
HAN_YEAR = r"(?:(?P<y>\d{4})年?|(?P<r>今年|去年|前年))的?"
Reads = Callable[[Sentence, re.Match[str]], Point | None]
WORDS = {
    either(table): tw.firsts(table)
    for table in (
        tw.MONTHS, tw.SEASONS, tw.HOLIDAYS, tw.UNITS, tw.WEEKDAYS, tw.EVERY_WEEKDAY, tw.DAYS_AGO, tw.DAYTIMES,
        timepieces.THIRDS, timepieces.ORDINALS, timepieces.THIS_PIECE, timepieces.HOURS_OF,
    )
}  # fmt: skip
"""Pattern of a table of words -> the first words of its phrases."""


class Rule:
    """A way of writing a time; compiling one takes long, so that it waits for a sentence that may have it."""

    def __init__(self, written: str, read: Reads) -> None:
        self._written = written
        self.read = read
        self._firsts = frozenset[str]().union(*(firsts for pattern, firsts in WORDS.items() if pattern in written))
        self._digits = "\\d" in written or "[0-9]" in written

    def may_be_in(self, s: Sentence) -> bool:
        """Tell whether a sentence has one of the words, or else digits, that no match goes without."""
        if self._firsts:
            return s.may_have(self._firsts)
        return not self._digits or s.han or any(map(str.isdigit, s.folded))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the rule as a regular expression."""
        return re.compile(self._written)


RULES: list[Rule] = []


def rule(pattern: str, read: Reads) -> None:
    """Add a rule; earlier rules win."""
    RULES.append(Rule(pattern, read))


rule(r"(?<![\d-])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d-])", lambda s, m: the_day(m, a_date(m[1], m[2], m[3])))
rule(r"(?<![\d./-])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b", lambda s, m: the_day(m, a_date(m[3], m[2], m[1])))
rule(r"(?<![\d./-])(\d{1,2})[/-](\d{1,2})[/-](\d{4})\b", slashed)
rule(rf"(?<![\d-])({YEAR})[-/](0[1-9]|1[0-2])(?![\d-])", iso_month)
rule(rf"(?P<h>{HOLIDAY})(?P<y>{YEAR})年", holiday_year)
rule(rf"(?P<s>{SEASON})(?P<y>{YEAR})年", season_year)
rule(rf"{HAN_YEAR}(?:(?P<s>{SEASON})|(?P<h>{HOLIDAY}))", han_season)
rule(
    r"(?:(?P<y>(?<!\d)\d{4})年|(?P<r>今年|去年|前年))?的?(?:(?P<m>十[一二]?|[一二三四五六七八九]|(?<!\d)\d{1,2})月(?:份"
    r"|(?P<d>\d{1,2})[日号])?)",
    han_date,
)
rule(r"(?:(?P<y>(?<!\d)(?:19|20)\d{2})年(?!代)|(?P<r>今年|去年|前年))(?P<m>(?!))?(?P<d>(?!))?", han_date)
for written, means in timepieces.RULES:
    rule(written, means)
rule(rf"(?P<d>{DAY}){OF}(?P<m>{MONTH})(?:\.?,?(?:\s+(?:de|del|of))?\s+(?P<y>{YEAR})\b)?", day_month_year)
rule(rf"(?P<m>{MONTH})\.?\s+(?P<d>{DAY})(?!\d)(?!\s*(?:dogs|cats|people))(?:,?\s+(?P<y>{YEAR})\b)?", day_month_year)
rule(rf"(?P<m>{MONTH})\.?,?(?:\s+(?:de|del|of|von))?\s+(?P<y>{YEAR})\b", month_year)
rule(rf"(?P<s>{SEASON}),?(?:\s+(?:of|de|del|dell'|von|des jahres))?\s+(?P<y>{YEAR})\b", season_year)
rule(rf"\b(?P<y>{YEAR})\s+(?P<s>{SEASON})", season_year)
rule(rf"(?P<h>{HOLIDAY}),?(?:\s+(?:of|de|del|von|in))?\s*(?P<y>{YEAR})(?:\b|年)", holiday_year)
rule(rf"\b(?P<y>{YEAR})\s+(?P<h>{HOLIDAY})", holiday_year)
for listed, read in (
    (SEASON, last_season),
    (HOLIDAY, last_holiday),
    (MONTH, last_month_named),
    (WEEKDAY, last_weekday),
):
    tag = {SEASON: "s", HOLIDAY: "h", MONTH: "m", WEEKDAY: "w"}[listed]
    rule(rf"(?:{tw.LAST}|{tw.LAST_ROMANCE})\s+(?P<{tag}>{listed})", read)
    rule(rf"(?:(?:\b(?:el|la|le|les)\s+|\bl'))?(?P<{tag}>{listed})\s+{tw.LAST_AFTER}", read)
rule(rf"{tw.THIS}\s*(?P<s>{SEASON})", this_season)
rule(rf"{tw.THIS}\s+(?P<h>{HOLIDAY})", this_holiday)
rule(rf"{tw.THIS}\s+(?P<m>{MONTH})", this_month_named)
rule(rf"\b((?:1[89]|20)\d0)(?:'?s|er(?: jahren?)?)\b{NOT_STYLE}", decade)
rule(rf"(?<![\w'])'?([1-9]0)(?:'?s|er(?: jahren?)?)\b{NOT_STYLE}", decade)
rule(r"\b(?:annees|anni|anos|decada de los|decada de|gli anni)\s+'?((?:19|20)?[0-9]0)\b|((?:19|20)?\d0)年代", decade)
rule(
    r"\b(?P<p>before|after|until|at|around|vor|nach|um|gegen)\s+(?P<h>\d{1,2})(?::\d\d)?\s*(?P<u>am|pm|o'clock|uhr)\b",
    clock,
)
rule(either(tw.DAYS_AGO), days_ago)
rule(
    r"\b(?:last night|gestern nacht|letzte nacht|anoche|la nuit derniere|ieri notte|la notte scorsa)\b|昨晚", last_night
)
rule(rf"(?P<n>{NUMBER})\s*(?P<u>{UNIT})(?:\s+ago\b|\s+fa\b|之?前)", units_ago)
rule(rf"\b(?:vor|hace|il y a)\s+(?P<n>{NUMBER})\s+(?P<u>{UNIT})", units_ago)
rule(
    rf"\b(?:in |en |nei |negli |dans )?(?:the |den |die |los |las |les |gli |le )?"
    rf"(?:last|past|letzten|vergangenen|ultimos|ultimas|derniers|dernieres|ultimi"
    rf"|ultime)\s+(?P<n>{NUMBER})\s+(?P<u>{UNIT})",
    last_units,
)
rule(
    rf"\b(?:les|los|las|gli|le)\s+(?P<n>{NUMBER})\s+(?:ultimos|ultimas|derniers|dernieres|ultimi"
    rf"|ultime)\s+(?P<u>{UNIT})",
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
rule(
    rf"(?:(?<![\w.,/:-])|(?<=\b\d{{4}}-))({YEAR})(?![\w/:]|[.,]\d|-(?!{YEAR}\b)\d|\s+(?:people|dogs|cats|euros|dollars|meters|pixels)\b)",
    year,
)
rule(HOLIDAY, bare_holiday)
rule(SEASON, bare_season)
rule(MONTH, bare_month)
rule(WEEKDAY, bare_weekday)
