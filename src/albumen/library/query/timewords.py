"""The words for times in English, German, Spanish, French, Italian and Chinese, folded."""

import re
from collections.abc import Iterable


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def table(rows: dict[str, int | str]) -> dict[str, int]:
    """Return word -> value of rows that list several words each."""
    return {word: int(value) for listed, value in rows.items() for word in listed.split()}


def named(rows: dict[str, str]) -> dict[str, str]:
    """Return phrase -> name of rows that list several phrases each, split at bars."""
    return {phrase: name for name, phrases in rows.items() for phrase in phrases.split("|")}


def firsts(words: Iterable[str]) -> frozenset[str]:
    """Return the first word of each phrase in letters, by which a sentence shows that a phrase may be in it."""
    return frozenset(m[0] for w in words if w < "⺀" and (m := re.match(r"\w+", w)))


def either(words: dict[str, int] | dict[str, str]) -> str:
    """Return a pattern of any of the words, longer ones first; words in letters end at a word border."""
    latin = sorted((re.escape(w) for w in words if w.isascii() or w[0] < "⺀"), key=len, reverse=True)
    han = sorted((w for w in words if w[0] >= "⺀"), key=len, reverse=True)
    return "(?:" + "|".join([rf"\b(?:{'|'.join(latin)})\b", *han]) + ")"


MONTHS = table({
    "january jan januar enero janvier gennaio 一月": 1, "february feb februar febrero fevrier febbraio 二月": 2,
    "march mar marz marzo mars 三月": 3, "april apr abril avril aprile 四月": 4, "may mai mayo maggio 五月": 5,
    "june jun juni junio juin giugno 六月": 6, "july jul juli julio juillet luglio 七月": 7,
    "august aug agosto aout 八月": 8, "september sep sept septiembre septembre settembre 九月": 9,
    "october oct oktober okt octubre octobre ottobre 十月": 10, "november nov noviembre novembre 十一月": 11,
    "december dec dezember dez diciembre decembre dicembre 十二月": 12,
})  # fmt: skip
AMBIGUOUS_MONTHS = words("may march mar mars mai april apr june jun august jan sep sept dec juli")
"""Also verbs, names or planets: only a date after a preposition, or with a day or year."""

WEEKDAYS = table({
    "monday montag lunes lundi lunedi 星期一 周一": 0, "tuesday dienstag martes mardi martedi 星期二 周二": 1,
    "wednesday mittwoch miercoles mercredi mercoledi 星期三 周三": 2,
    "thursday donnerstag jueves jeudi giovedi 星期四 周四": 3,
    "friday freitag viernes vendredi venerdi 星期五 周五": 4,
    "saturday samstag sonnabend sabado samedi sabato 星期六 周六": 5,
    "sunday sonntag domingo dimanche domenica 星期天 星期日 周日": 6,
})  # fmt: skip
EVERY_WEEKDAY = table({
    "mondays montags": 0, "tuesdays dienstags": 1, "wednesdays mittwochs": 2, "thursdays donnerstags": 3,
    "fridays freitags": 4, "saturdays samstags sabados sabati": 5, "sundays sonntags domingos dimanches domeniche": 6,
})  # fmt: skip

SEASONS = named(
    {
        "spring": "spring|fruhling|fruhjahr|primavera|printemps|春天|春季",
        "summer": "summer|summertime|sommer|verano|ete|estate|夏天|夏季|暑假",
        "autumn": "autumn|fall|herbst|otono|automne|autunno|秋天|秋季",
        "winter": "winter|wintertime|invierno|hiver|inverno|冬天|冬季|寒假",
    }
)
HOLIDAYS = named({
    "christmas": "christmas|xmas|x-mas|christmas day|christmas time|weihnachten|navidad|navidades"
    "|noel|natale|圣诞节|圣诞",
    "christmas eve": "christmas eve|heiligabend|heiliger abend|heiligen abend|nochebuena|veille de noel"
        "|reveillon de noel"
    "|vigilia di natale|vigilia|平安夜",
    "new year's eve": "new year's eve|new years eve|nye|silvester|nochevieja|saint-sylvestre|san silvestro"
        "|capodanno|除夕",
    "new year": "new year|new year's|new year's day|new years|neujahr|ano nuevo|nouvel an|元旦|新年",
    "halloween": "halloween|万圣节",
    "valentine's day": "valentine's day|valentines day|valentine's|valentinstag|san valentin|saint-valentin"
        "|san valentino|情人节",
    "independence day": "independence day|fourth of july|4th of july",
    "epiphany": "epiphany|dreikonigstag|dia de reyes|epiphanie|befana|epifania",
    "st patrick's day": "st patrick's day|st. patrick's day|saint patrick's day",
    "thanksgiving": "thanksgiving|thanksgiving day|感恩节",
    "mother's day": "mother's day|mothers day|muttertag|母亲节",
    "easter": "easter|easter sunday|ostern|pascua|semana santa|paques|pasqua|复活节",
    "carnival": "carnival|karneval|fasching|carnaval|carnevale|狂欢节",
    "pentecost": "pentecost|whitsun|pfingsten|pentecostes|pentecote|pentecoste",
    "chinese new year": "chinese new year|lunar new year|spring festival|春节|农历新年",
})  # fmt: skip
UNITS = named(
    {
        "day": "day|days|tag|tage|tagen|dia|dias|jour|jours|giorno|giorni|天",
        "week": "week|weeks|woche|wochen|semana|semanas|semaine|semaines|settimana|settimane|周|个星期|星期|个礼拜",
        "month": "month|months|monat|monate|monaten|mes|meses|mois|mese|mesi|个月",
        "year": "year|years|jahr|jahre|jahren|ano|anos|an|ans|annee|annees|anno|anni|年",
    }
)
NUMBERS = table({
    "a an one ein eine einem einer un una uno une einen 一": 1, "two zwei dos deux due couple 两 二": 2,
    "three drei tres trois tre 三": 3, "four vier cuatro quatre quattro 四": 4, "five funf cinco cinq cinque 五": 5,
    "six sechs seis sei 六": 6, "seven sieben siete sept sette 七": 7, "eight acht ocho huit otto 八": 8,
    "nine neun nueve neuf nove 九": 9, "ten zehn diez dix dieci 十": 10, "twelve zwolf doce douze dodici 十二": 12,
    "twenty zwanzig veinte vingt venti 二十": 20,
})  # fmt: skip
DAYS_AGO = named(
    {
        "0": "today|heute|hoy|aujourd'hui|oggi|今天",
        "1": "yesterday|gestern|ayer|hier|ieri|昨天",
        "2": "the day before yesterday|day before yesterday|vorgestern|anteayer|antes de ayer|avant-hier|avantieri"
        "|l'altro ieri|前天",
    }
)
HOURS: dict[str, tuple[int, ...]] = {
    "night": (21, 22, 23, 0, 1, 2, 3, 4),
    "morning": (5, 6, 7, 8, 9, 10),
    "noon": (11, 12, 13),
    "afternoon": (12, 13, 14, 15, 16),
    "evening": (17, 18, 19, 20, 21),
}
DAYTIMES = named({
    "night": "at night|at nighttime|by night|during the night|in the night|nachts|in der nacht|bei nacht"
        "|de noche|por la noche"
    "|la nuit|de nuit|di notte|nella notte|晚上|夜里|夜晚",
    "morning": "in the morning|in the mornings|morgens|am morgen|am vormittag|por la manana|le matin|la mattina"
    "|al mattino|di mattina|早上|早晨|上午",
    "noon": "at noon|at midday|mittags|am mittag|al mediodia|a midi|a mezzogiorno|中午",
    "afternoon": "in the afternoon|in the afternoons|nachmittags|am nachmittag|por la tarde|l'apres-midi|nel pomeriggio"
    "|下午",
    "evening": "in the evening|in the evenings|abends|am abend|le soir|la sera|di sera|傍晚",
})  # fmt: skip
WEEKENDS = (
    r"(?:\b(?:(?:on|at|over) (?:the )?weekends?|wochenends|am wochenende|an wochenenden|los fines de semana"
    r"|el fin de semana|le week-?end|les week-?ends|nel fine settimana|nei weekend)\b|周末)"
)
LAST = r"\b(?:last|previous|letzten|letzte|letztes|letzter|vergangenen|vergangenes|vergangene)"
LAST_ROMANCE = r"\b(?:el pasado|la pasada|lo scorso|la scorsa|l'ultimo|l'ultima)"
LAST_AFTER = r"(?:pasado|pasada|dernier|derniere|passe|passee|scorso|scorsa)\b"
THIS = r"\b(?:this|diesen|dieses|dieser|diesem|este|esta|cet|cette|ce|questo|questa|quest')"
LEAD = re.compile(
    r"(?:\b(?:(?:taken|shot|made|recorded|dated|aufgenommen|tomadas?|prises?|scattate?) )?"
    r"(?:in|ad|on|at|during|over|from|of|for|around|throughout|im|am|an|zu|zum|vom|von|aus|uber|wahrend"
    r"|en|el|del|de|durante|para|por|au|aux|a|pendant|le|la|du|des|nel|nella|di|da|dal|della|per)\s+"
    r"(?:the |year |month of |den |dem |der |das |jahr |el |la |los |ano |l'|le |mese di |mes de |early |late |mid )*"
    r"|\b(?:nell'|dell'|d'|l')|在)$"
)
BETWEEN = re.compile(
    r"(?:\b(?:between|from|zwischen|von|vom|entre|desde|de|du|tra|fra|dal?)\s+(?:the |el |le |il )?|从|在)$"
)
TO = re.compile(
    r"\s*(?:-|–|—|\bto\b|\band\b|\buntil\b|\btill\b|\bthrough\b|\bund\b|\bbis\b|\by\b|\ba\b|\bhasta\b|\bet\b"
    r"|\be\b|\bal?\b|\bau\b"
    r"|到|至|和)\s*(?:the |el |le |il )?"
)
STRICT_TO = re.compile(r"\s*(?:-|–|—|to|until|till|through|bis|hasta|到|至)\s*")
BOTH = re.compile(
    r"\s*(?:,|&|\+|\band\b|\bor\b|\bund\b|\boder\b|\by\b|\bo\b|\bet\b|\bou\b|\be\b|和|或)\s*(?:in |im |en )?"
)
SINCE_ONLY = re.compile(r"\b(?:since|seit|ab|desde|depuis|a partir de|dal)\s+(?:the |el |le |il |l')?$")
BEFORE = re.compile(r"\b(?:before|prior to|vor|antes de|avant|prima del?|prima di)\s+(?:the |el |le |il |l')?$")
AFTER = re.compile(r"\b(?:after|nach|despues de|apres|dopo il|dopo)\s+(?:the |el |le |il |l')?$")
UNTIL = re.compile(r"\b(?:until|till|up to|bis|hasta|jusqu'a|jusqu'en|fino al?|fino a)\s+(?:the |el |le |il |l')?$")
HAN_BEFORE, HAN_AFTER = re.compile(r"(?:之前|以前|前)"), re.compile(r"(?:以来|之后|以后|后)")
