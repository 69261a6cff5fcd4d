"""Places in a sentence: a name after a preposition filters, a name that merely occurs ranks."""

import re
from collections.abc import Iterator
from dataclasses import replace

from albumen.library.places import Spot
from albumen.library.query.parts import Place, Role
from albumen.library.query.sentence import Sentence
from albumen.library.query.timewords import words

NEAR_KM, LEAST_KM, POINT_KM = 30.0, 5.0, 10.0
CITY, WORLD_CITY = 15_000, 500_000  # people a town must have to be meant by a capitalised and by a bare name
NEAR = (
    r"near|near to|close to|around|outside|in der nahe von|nahe|bei|rund um|cerca de|alrededor de|pres de|autour de"
    r"|vicino a|nei pressi di|nei dintorni di|attorno a"
)
IN = (
    r"in|inside|at|from|visiting|aus|nach|auf|en|desde|a|au|aux|de|du|dans|ad|nel|nella|nell'|nei|negli|da|di"
    r"|sul|sulla|im|von|(?<=\btrip )to|(?<=\bholiday )to|(?<=\bvacation )to|(?<=\bvisit )to|(?<=\bjourney )to"
    r"|(?<=\bflight )to|(?<=\btravels )to"
)
LOOSE = words("to at from a au aux de du di da von nach auf ad visiting desde dans sul sulla im outside around bei")
"""Prepositions with many other meanings: only a capital or the library makes what follows a place."""
PREPOSITION = re.compile(
    rf"\b(?:(?P<near>{NEAR})|(?P<in>{IN}))(?:(?<=')|\s+)"
    r"(?P<the>(?:the|der|den|dem|die|la|le|les|los|las|il|lo|el)\s+|l')?"
)
CONTRACTED = words("im au aux du nel nella nell' negli nei sul sulla del")
"""Prepositions with an article in them: the sea and the mountains have one, countries may, towns hardly."""
WORD = re.compile(r"[\w'’.-]+")
HAN_TAIL = re.compile(r"附近的?|拍摄的?|拍的|的|里的?")
POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)")
COMMON = words("beach park bath nice reading mobile orange turkey split china jordan chad mali cuba georgia"
    " savannah florence sofia charlotte victoria lima kent hell bar batman buffalo phoenix cork of eye most sand"
    " field lake river mountain mountains home spring summer snow rain water forest city town church bridge"
    " garden kitchen bed box car boat rome-shoes hat berg see wald stadt strand bad essen hof haus garten halle"
    " mer ville foret plage mare casa playa parque ciudad montana van man male island islands street road house"
    " night day sun fog ice fire gold silver green blue red black white center centre front back love hope"
    " liberty police normal best worms angels paradise eden deal much many black-forest as the this that my our"
    " an anna maria march may june")  # fmt: skip
KIN = words("oma opa mama papa mum mom dad grandma grandpa granny mamie papi nonna nonno abuela abuelo tante onkel")
SURROUNDS = words("background foreground sky air middle")


def find_places(s: Sentence) -> None:
    """Claim every place in the sentence."""
    for match in list(PREPOSITION.finditer(s.folded)):
        if s.free(match.start(), match.end()):
            claim_after(s, match)
    if not s.folded.isascii():
        find_han(s)
    find_bare(s)


def claim_after(s: Sentence, match: re.Match[str]) -> None:
    """Claim the place named after a preposition, if it is one."""
    near = bool(match["near"])
    if near and (point := POINT.match(s.folded, match.end())):
        s.claim(match.start(), point.end(), at_point(point))
        return
    word = (match["in"] or match["near"]).strip()
    for start in dict.fromkeys((match.start("the") if match["the"] else match.end(), match.end())):
        article = (bool(match["the"]) and start == match.end()) or word in CONTRACTED
        for end in ends_of_name(s, start):
            place = meant(s, start, end, near=near, loose=word in LOOSE)
            odd = article and ((place and place.kind == "city") or is_common(s, start, end))
            if place and not odd:
                settle(s, (match.start(), start, end), place)
                return


def settle(s: Sentence, stretch: tuple[int, int, int], place: Place) -> None:
    """Claim preposition and name as a filter; a small town where the library has nothing only ranks."""
    lead, start, end = stretch
    name = s.text[start:end]
    spot = best(s, name)
    if spot and spot.kind == "city" and spot.people < CITY and not known_name(s, name):
        s.claim_or_not(start, end, place, role=Role.SCORE, kept=True)
    else:
        s.claim_or_not(lead, end, place)


def ends_of_name(s: Sentence, start: int) -> Iterator[int]:
    """Yield where a name of at most four words could end, the longest first; `, Italy` belongs to it."""
    ends: list[int] = []
    at = start
    while len(ends) < 4 and (word := WORD.match(s.folded, at)) and s.free(word.start(), word.end()):
        ends.append(word.end() - (word[0][-1] in ".'"))
        at = word.end() + 1
        if s.folded[word.end() : word.end() + 1] == "," and len(ends) < 4:
            at = word.end() + 2
        elif s.folded[word.end() : word.end() + 1] != " ":
            break
    return iter(ends[::-1])


def meant(s: Sentence, start: int, end: int, *, near: bool, loose: bool) -> Place | None:
    """Return the place that a stretch after a preposition names, None where it is likelier a thing."""
    name = s.text[start:end]
    if s.folded[start:end] in KIN or ("," in name and len(name.split(",")[1].split()) > 2):
        return None
    ours = known_name(s, name)
    capital = s.capital(start) and not s.text.isupper()
    if not (ours or capital or (s.shouts and not loose)):
        return None  # no spot would change that, and the first look for one reads the names of all towns
    spot = best(s, name)
    if not spot:
        return Place(name, "named") if ours and not is_common(s, start, end) else None
    big = spot.kind != "city" or spot.people >= CITY
    if is_common(s, start, end) and not capital and (loose or spot.kind == "city" or s.next_word(end)):
        return None
    if ours or (capital and (big or not loose)):
        return placed(s, spot, name, near=near)
    bare = spot.kind != "city" or spot.people >= WORLD_CITY / 5
    return to_place(spot, near=near) if bare and not capital and s.shouts and not loose else None


def is_common(s: Sentence, start: int, end: int) -> bool:
    """Tell whether the name is also an everyday word."""
    return any(s.folded[start:end] in listed for listed in (COMMON, SURROUNDS, KIN))


def known_name(s: Sentence, name: str) -> bool:
    """Tell whether the library has assets at a place of that name."""
    low = name.casefold()
    return any(low == place.casefold() for place in s.known.places)


def best(s: Sentence, name: str) -> Spot | None:
    """Return what a name stands for: a spot of the library before others, else the likeliest."""
    spots = s.known.spots.find(name) if s.known.spots else ()
    cities = [x for x in spots if x.kind == "city"]
    states = [x for x in spots if x.kind == "region"]
    spelled = [x for x in cities if not name.isascii() and x.name.casefold() == name.casefold()]
    if spots and spots[0].kind == "country":
        return spots[0]
    city = next(iter([*owned(s, cities), *spelled, *cities]), None)
    if city and states and not owned(s, [city]):
        inside = city.region_code == states[0].region_code
        return city if inside or city.people > states[0].people else states[0]
    return city or next(iter(spots), None)


def owned(s: Sentence, cities: list[Spot]) -> list[Spot]:
    """Return the namesakes that the library has pictures of, the one with most first."""
    counts = {x: s.known.homes.get((x.name.casefold(), x.region_code), 0) for x in cities}
    return sorted((x for x in cities if counts[x]), key=lambda x: -counts[x])


def other_than(s: Sentence, spot: Spot, name: str) -> str:
    """Return the namesake that most people would mean, where the library's own is taken instead of it; else empty."""
    spots = s.known.spots.find(name) if spot.kind == "city" and s.known.spots else ()
    first = next((x for x in spots if x.kind == "city"), spot)
    return "" if (first.country, first.region_code) == (spot.country, spot.region_code) else first.text()


def placed(s: Sentence, spot: Spot, name: str, *, near: bool = False) -> Place:
    """Return a spot as a filter; one that has a better known namesake says its region, and which was not meant."""
    head, _, rest = name.partition(",")
    other = other_than(s, spot, head)
    place = to_place(spot, near=near)
    if not other:
        return place
    full = ", ".join(dict.fromkeys((spot.name, spot.region, spot.country_name)))
    return replace(place, name=full, other="" if rest else other)


def to_place(spot: Spot, *, near: bool = False) -> Place:
    """Return a spot as a filter."""
    if near or spot.kind == "city":
        km = max(spot.km * 2, NEAR_KM) if near else max(spot.km, LEAST_KM)
        return Place(spot.text(), "city", spot.country, spot.region_code, spot.lat, spot.lon, round(km, 1))
    return Place(spot.text(), spot.kind, spot.country, spot.region_code, spot.lat, spot.lon)


def at_point(match: re.Match[str]) -> Place:
    """Return a coordinate as a filter."""
    lat, lon = float(match[1]), float(match[2])
    return Place(f"{lat:g}, {lon:g}", "point", lat=lat, lon=lon, km=POINT_KM)


def named_place(s: Sentence, name: str, *, near: bool = False) -> Place:
    """Return what `place:NAME` asks for: always a place."""
    if point := POINT.fullmatch(name.strip()):
        return at_point(point)
    spot = best(s, name)
    return placed(s, spot, name, near=near) if spot else Place(name, "named")


def find_han(s: Sentence) -> None:
    """Claim Chinese place names: after 在, or before 的 or 附近."""
    for start in range(len(s.text)):
        if "一" <= s.text[start] <= "鿿":
            claim_han(s, start)


def claim_han(s: Sentence, start: int) -> None:
    """Claim the longest Chinese place name that begins there."""
    for end in range(min(len(s.text), start + 6), start + 1, -1):
        if not s.free(start, end) or not all("一" <= c <= "鿿" or c == "·" for c in s.text[start:end]):
            continue
        spot = best(s, s.text[start:end])
        if spot and (spot.kind != "city" or spot.people >= CITY * 4):
            before = s.folded[start - 1 : start] in ("在", "于", "去") and s.free(start - 1, start)
            tail = HAN_TAIL.match(s.folded, end)
            near = bool(tail and tail[0].startswith("附近"))
            whole = start == 0 and (tail or end == len(s.text))
            if before or whole or tail:
                s.claim_or_not(start - before, tail.end() if tail else end, to_place(spot, near=near))
                return


def find_bare(s: Sentence) -> None:
    """Let a capitalised name of a place that the library or the world knows well rank results."""
    for word in WORD.finditer(s.text):
        if not (word[0][0].isupper() and s.free(*word.span())) or s.text.isupper() or in_a_name(s, word.start()):
            continue
        for end in ends_of_name(s, word.start()):
            spot = best(s, s.text[word.start() : end]) if s.free(word.start(), end) else None
            name = s.text[word.start() : end]
            if spot and not is_common(s, word.start(), end) and famous(s, spot, name):
                sure = "," in name  # who adds the state or the country means the place and nothing else
                role = Role.FILTER if sure else Role.SCORE
                s.claim_or_not(word.start(), end, placed(s, spot, name), role=role, kept=not sure)
                break


def in_a_name(s: Sentence, start: int) -> bool:
    """Tell whether another capitalised word stands right before, as in Hagia Sophia."""
    before = re.search(r"([\w'’]+) $", s.text[:start])
    return bool(before) and before[1][0].isupper() and s.free(*before.span(1))


def famous(s: Sentence, spot: Spot, name: str) -> bool:
    """Tell whether a bare name is surely that place."""
    return "," in name or known_name(s, name) or (spot.kind == "country" and len(name) > 3) or spot.people >= WORLD_CITY
